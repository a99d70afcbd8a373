"""A file that may not come in: why, and with which figures; nothing it does reaches the parent."""

import asyncio
import io
import struct
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from random import Random

import av
import pytest

from submissions.inspection import Limits, Measured, Refused, inspect

Film = Callable[..., bytes]

# From the name of a box to the field its duration is in (ISO/IEC 14496-12, version 0 boxes).
_DURATION_FIELDS = {b"mvhd": 20, b"tkhd": 24, b"mdhd": 20, b"elst": 12}


def _facts(refusal: Refused) -> tuple[str, int | None, int | None]:
    return refusal.refusal, refusal.measured, refusal.allowed


async def _refusal(source: object, limits: Limits) -> tuple[str, int | None, int | None]:
    with pytest.raises(Refused) as refused:
        await inspect(source, limits=limits)  # type: ignore[arg-type]  # a source is any class that reads
    return _facts(refused.value)


async def test_seventy_five_seconds_are_too_long(film: Film, source_of: type, limits: Limits) -> None:
    refused = await _refusal(source_of(film(75)), limits)

    assert refused == ("too-long", 75_000, 60_000)


async def test_the_tolerance_ends_somewhere(film: Film, source_of: type, limits: Limits) -> None:
    refused = await _refusal(source_of(film(61.25)), limits)

    assert refused == ("too-long", 61_250, 60_000)


@pytest.mark.parametrize("boxes", [(b"mvhd", b"tkhd", b"mdhd"), (b"mvhd", b"tkhd", b"mdhd", b"elst")])
async def test_a_header_that_claims_thirty_seconds_is_not_believed(
    film: Film, source_of: type, limits: Limits, boxes: tuple[bytes, ...]
) -> None:
    honest = film(75)

    lying = _with_duration(honest, boxes, seconds=30)

    assert lying != honest
    assert await _refusal(source_of(lying), limits) == ("too-long", 75_000, 60_000)


async def test_a_matroska_header_that_claims_thirty_seconds_is_not_believed(
    coded_film: Film, source_of: type, limits: Limits
) -> None:
    honest = coded_film("matroska", "libx264", seconds=75)
    at = honest.index(b"\x44\x89\x88") + 3  # Duration, a float of eight bytes, in milliseconds
    assert struct.unpack_from(">d", honest, at)[0] == pytest.approx(75_000, abs=100)

    lying = honest[:at] + struct.pack(">d", 30_000.0) + honest[at + 8 :]

    refusal, measured, allowed = await _refusal(source_of(lying), limits)
    assert (refusal, allowed) == ("too-long", 60_000)
    assert measured == pytest.approx(75_000, abs=100)


async def test_what_a_phone_trimmed_away_at_the_start_does_not_count(
    film: Film, source_of: type, limits: Limits
) -> None:
    trimmed = _with_edit(film(61.5), start=1.5, seconds=60)

    measured = await inspect(source_of(trimmed), limits=limits)

    assert measured.duration_ms == pytest.approx(60_000, abs=50)


async def test_what_an_edit_list_hides_beyond_a_lead_in_counts(film: Film, source_of: type, limits: Limits) -> None:
    hiding = _with_edit(film(75), start=20, seconds=55)

    assert await _refusal(source_of(hiding), limits) == ("too-long", 75_000, 60_000)


async def test_too_many_bytes_are_refused_without_reading_one(source_of: type, limits: Limits) -> None:
    source = source_of(bytes(1001))

    refused = await _refusal(source, replace(limits, max_bytes=1000))

    assert refused == ("too-large", 1001, 1000)
    assert source.bytes_read == 0


async def test_more_pixels_than_allowed_are_refused(film: Film, source_of: type, limits: Limits) -> None:
    refused = await _refusal(source_of(film(3)), replace(limits, max_pixels=320 * 180 - 1))

    assert refused == ("unsupported", 320 * 180, 320 * 180 - 1)


async def test_huge_dimensions_are_refused_though_the_header_plays_them_down(
    coded_film: Film, source_of: type, limits: Limits
) -> None:
    content = coded_film("mp4", "libx264", seconds=1, width=1920, height=1080)

    refused = await _refusal(source_of(_with_dimensions(content, 64, 64)), replace(limits, max_pixels=1280 * 720))

    assert refused == ("unsupported", 1920 * 1080, 1280 * 720)


async def test_huge_dimensions_that_only_the_header_declares_are_not_believed(
    film: Film, source_of: type, limits: Limits
) -> None:
    measured = await inspect(source_of(_with_dimensions(film(3), 65_000, 65_000)), limits=limits)

    assert (measured.width, measured.height) == (320, 180)


async def test_a_picture_that_grows_beyond_all_bounds_is_refused_before_it_is_drawn(
    coded_film: Film, source_of: type, limits: Limits
) -> None:
    """Every VP8 key frame has its own dimensions; the decoder is told not to begin one of this size."""
    content = _one_after_the_other(
        coded_film("webm", "libvpx", seconds=1), coded_film("webm", "libvpx", seconds=2, width=480, height=270)
    )

    refused = await _refusal(source_of(content), replace(limits, max_pixels=320 * 180))

    # Drawn and then measured, it would have been "unsupported" with its figures.
    assert refused == ("unreadable", None, None)


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("index_first", [False, True])
async def test_a_file_that_was_cut_off_is_unreadable(
    coded_film: Film, source_of: type, limits: Limits, index_first: bool, kept: float
) -> None:
    movflags = "+faststart" if index_first else None
    whole = coded_film("mp4", "libx264", seconds=20, width=320, height=180, audio="aac", movflags=movflags)

    refused = await _refusal(source_of(whole[: int(len(whole) * kept)]), limits)

    assert refused == ("unreadable", None, None)


@pytest.mark.parametrize(("audio_seconds", "kept"), [(4, 0.8), (40, 0.93)])
async def test_a_film_whose_longer_track_was_cut_off_is_unreadable(
    coded_film: Film, source_of: type, limits: Limits, audio_seconds: int, kept: float
) -> None:
    """The end of the shorter track is still there, and its length would pass."""
    whole = coded_film(
        "mp4",
        "libx264",
        seconds=20,
        width=320,
        height=180,
        audio="aac",
        audio_seconds=audio_seconds,
        movflags="+faststart",
    )
    assert (await inspect(source_of(whole), limits=limits)).duration_ms == max(20, audio_seconds) * 1000

    refused = await _refusal(source_of(whole[: int(len(whole) * kept)]), limits)

    assert refused == ("unreadable", None, None)


_RANDOM = Random(3)  # noqa: S311 -- noise, not a secret
_PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n"
_PAGE = b"<!doctype html><html><body><video src='file:///etc/passwd'></video></body></html>"
_CONCAT = b"ffconcat version 1.0\nfile '/etc/passwd'\n"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\0", id="one byte"),
        pytest.param(_RANDOM.randbytes(200_000), id="random bytes"),
        pytest.param("Báo cáo ngày hội STEM. ".encode() * 500, id="text"),
        pytest.param(_PAGE, id="a page"),
        pytest.param(_PLAYLIST, id="a playlist"),
        pytest.param(_CONCAT, id="a list of files"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(500), id="a photograph"),
        pytest.param(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500), id="a phone's photograph"),
    ],
)
async def test_what_is_no_video_is_called_so(source_of: type, limits: Limits, content: bytes) -> None:
    assert await _refusal(source_of(content), limits) == ("not-a-video", None, None)


async def test_an_archive_with_a_film_inside_is_no_video(film: Film, source_of: type, limits: Limits) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("film.mp4", film(3))

    assert await _refusal(source_of(archive.getvalue()), limits) == ("not-a-video", None, None)


async def test_a_film_box_around_nothing_is_unreadable(source_of: type, limits: Limits) -> None:
    content = b"\0\0\0\x18ftypisom\0\0\2\0isommp42" + _PLAYLIST * 50

    assert await _refusal(source_of(content), limits) == ("unreadable", None, None)


@pytest.mark.parametrize(
    ("container", "codec"),
    [("avi", "mpeg4"), ("mpegts", "libx264"), ("flv", "libx264"), ("matroska", "ffv1"), ("mp4", "mpeg2video")],
)
async def test_a_video_we_do_not_take_is_unsupported(
    coded_film: Film, source_of: type, limits: Limits, container: str, codec: str
) -> None:
    content = coded_film(container, codec, seconds=1)

    assert await _refusal(source_of(content), limits) == ("unsupported", None, None)


@pytest.mark.parametrize(("container", "audio"), [("mp4", "aac"), ("matroska", "aac"), ("webm", "libopus")])
async def test_sound_alone_has_no_picture(
    coded_film: Film, source_of: type, limits: Limits, container: str, audio: str
) -> None:
    content = coded_film(container, None, audio=audio)

    assert await _refusal(source_of(content), limits) == ("no-picture", None, None)


async def test_fuzzed_files_get_a_verdict_in_bounded_time(
    film: Film, coded_film: Film, source_of: type, limits: Limits
) -> None:
    chance = Random(20261122)  # noqa: S311 -- damage, not a secret
    originals = [film(3), coded_film("webm", "libvpx", live=True), coded_film("matroska", "libx264", audio="aac")]
    at_once = asyncio.Semaphore(2)

    async def verdict(content: bytes) -> str:
        async with at_once:
            began = time.monotonic()
            try:
                given: Measured | Refused = await inspect(source_of(content), limits=limits)
            except Refused as refused:
                given = refused
            assert time.monotonic() - began < 15
            return type(given).__name__

    verdicts = await asyncio.gather(*(verdict(_fuzzed(originals[number % 3], chance, number)) for number in range(40)))

    # Both kinds, or the fuzz was too weak or too strong to show anything.
    assert set(verdicts) == {"Measured", "Refused"}


def _with_duration(content: bytes, boxes: tuple[bytes, ...], *, seconds: int) -> bytes:
    """Write this duration over the ones in these boxes, wherever they are."""
    patched = bytearray(content)
    movie_scale = struct.unpack_from(">I", content, content.index(b"mvhd") + 16)[0]
    for box in boxes:
        at = content.find(box)
        assert at > 0, box
        while at > 0:
            scale = struct.unpack_from(">I", content, at + 16)[0] if box == b"mdhd" else movie_scale
            struct.pack_into(">I", patched, at + _DURATION_FIELDS[box], seconds * scale)
            at = content.find(box, at + 4)
    return bytes(patched)


def _one_after_the_other(first: bytes, second: bytes) -> bytes:
    """Put two films into one track, as they are coded."""
    joined = io.BytesIO()
    with av.open(joined, "w", format="webm") as output:
        track = None
        for content, offset in ((first, 0), (second, 1000)):
            with av.open(io.BytesIO(content), "r") as part:
                pictures = part.streams.video[0]
                track = track or output.add_stream_from_template(pictures)
                for packet in part.demux(pictures):
                    if packet.pts is None or packet.dts is None:
                        continue
                    packet.pts, packet.dts = packet.pts + offset, packet.dts + offset
                    packet.stream = track
                    output.mux(packet)
    return joined.getvalue()


def _with_dimensions(content: bytes, width: int, height: int) -> bytes:
    """Write these dimensions over the ones that the sample description declares."""
    at = content.index(b"avc1", content.index(b"stsd")) + 28
    return content[:at] + struct.pack(">HH", width, height) + content[at + 4 :]


def _with_edit(content: bytes, *, start: float, seconds: int) -> bytes:
    """Let every track's edit list show so many seconds from this moment on."""
    patched = bytearray(_with_duration(content, (b"mvhd", b"tkhd", b"elst"), seconds=seconds))
    at = content.find(b"elst")
    while at > 0:
        scale = struct.unpack_from(">I", content, content.index(b"mdhd", at) + 16)[0]
        struct.pack_into(">I", patched, at + 16, int(start * scale))
        at = content.find(b"elst", at + 4)
    return bytes(patched)


def _fuzzed(content: bytes, chance: Random, number: int) -> bytes:
    """Spoil some bytes: anywhere, or where the index is."""
    spoilt = bytearray(content)
    first = max(0, len(spoilt) - 6000) if number % 2 else 0
    for _ in range(chance.choice([2, 20, 400])):
        spoilt[chance.randrange(first, len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)
