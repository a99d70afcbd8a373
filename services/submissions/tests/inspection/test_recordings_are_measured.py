"""A recording is as long as it plays; what is no recording is refused, and why."""

import io
import wave
from fractions import Fraction

import av
import pytest

from submissions.inspection import Limits, Refused, listen
from submissions.inspection.kinds import kind_of, sound_kind_of
from submissions.inspection.sound import measure
from submissions.inspection.unfit import UnfitError

RATE = 16_000
CODERS = {"mp3": ("mp3", "libmp3lame"), "m4a": ("ipod", "aac"), "ogg": ("ogg", "libopus")}
LIMITS = Limits(
    max_seconds=3, max_bytes=10_000_000, max_pixels=1, wall_seconds=20, cpu_seconds=10, memory_bytes=1536 << 20
)


def wav(seconds: float) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)
        opened.setframerate(RATE)
        opened.writeframes(bytes(2 * round(RATE * seconds)))
    return written.getvalue()


def coded(kind: str, seconds: int) -> bytes:
    if kind == "wav":
        return wav(seconds)
    container, codec = CODERS[kind]
    written = io.BytesIO()
    with av.open(written, "w", format=container) as output, av.open(io.BytesIO(wav(seconds))) as heard:
        stream = output.add_stream(codec, rate=48_000 if codec == "libopus" else RATE)
        stream.layout = "mono"
        for frame in heard.decode(audio=0):
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return written.getvalue()


@pytest.mark.parametrize("kind", ["wav", *CODERS])
def test_a_recording_is_as_long_as_it_plays(kind) -> None:
    found = measure(io.BytesIO(coded(kind, 2)))

    assert found.format == kind
    assert abs(found.duration_ms - 2000) < 120


def test_a_header_that_lies_is_not_believed() -> None:
    content = bytearray(wav(4))
    content[40:44] = (RATE // 5).to_bytes(4, "little")  # the length of the sound, said to be a tenth of a second

    found = measure(io.BytesIO(bytes(content)))
    assert found.duration_ms <= 4000


def test_a_file_that_was_cut_is_as_long_as_what_is_left() -> None:
    whole = coded("mp3", 3)

    assert measure(io.BytesIO(whole[: len(whole) // 2])).duration_ms < 1700


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "no-sound"), (b"%PDF-1.7", "no-sound"), (b"RIFF\0\0\0\0WEBP", "no-sound"), (b"<html>" * 99, "no-sound")],
    ids=["empty", "pdf", "webp", "page"],
)
def test_what_does_not_begin_like_a_recording_is_opened_by_nothing(content, reason) -> None:
    with pytest.raises(UnfitError) as told:
        measure(io.BytesIO(content))
    assert told.value.reason == reason


def test_a_film_is_no_recording(coded_film) -> None:
    with pytest.raises(UnfitError) as told:
        measure(io.BytesIO(coded_film("mp4", "libx264", audio="aac")))
    assert told.value.reason == "a-film"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"ID3\x04", "mp3"),
        (b"\xff\xfb\x90\x00", "mp3"),
        (b"\xff\xf3\x90\x00", "mp3"),
        (b"\xff\xd8\xff\xe0", None),  # a JPEG
        (b"\xff\xf1\x50\x80", None),  # ADTS: AAC without a container
        (b"OggS\0\x02", "ogg"),
    ],
)
def test_what_a_recording_begins_like(head, kind) -> None:
    assert sound_kind_of(head) == kind
    assert (kind_of(head) == "sound") == (kind is not None)


async def test_the_child_says_the_same_inside_its_walls_and_the_limit_counts(source_of) -> None:
    found = await listen(source_of(coded("m4a", 2)), limits=LIMITS)
    assert (found.format, abs(found.duration_ms - 2000) < Fraction(120)) == ("m4a", True)

    with pytest.raises(Refused) as told:
        await listen(source_of(wav(5)), limits=LIMITS)
    assert (told.value.refusal, told.value.measured, told.value.allowed) == ("too-long", 5000, 3000)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(b"ID3\x04" + bytes(4000), "unreadable"), (b"no sound at all", "not-allowed")],
    ids=["broken", "other"],
)
async def test_the_child_refuses_in_our_words(source_of, content, refusal) -> None:
    with pytest.raises(Refused) as told:
        await listen(source_of(content), limits=LIMITS)
    assert told.value.refusal == refusal
