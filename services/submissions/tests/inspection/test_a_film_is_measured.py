"""A film that may come in: what is measured of it, and at what cost."""

import asyncio
import io
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image

from submissions.inspection import Limits, Measured, inspect

Film = Callable[..., bytes]


async def test_length_picture_and_codecs_are_measured(film: Film, source_of: type, limits: Limits) -> None:
    content = film(7.5, 1.0, width=1280, height=720)

    measured = await inspect(source_of(content), limits=limits)

    assert measured == Measured(
        duration_ms=7500,
        width=1280,
        height=720,
        video_codec="h264",
        audio_codec="aac",
        byte_count=len(content),
        poster_jpeg=measured.poster_jpeg,
        thumbnail_jpeg=measured.thumbnail_jpeg,
        confinement=measured.confinement,
    )


async def test_the_poster_shows_the_film_at_640_pixels(film: Film, source_of: type, limits: Limits) -> None:
    measured = await inspect(source_of(film(7.5, 1.0, width=1280, height=720)), limits=limits)

    with Image.open(io.BytesIO(measured.poster_jpeg)) as poster:
        assert (poster.format, poster.size) == ("JPEG", (640, 360))
        assert len(measured.thumbnail_jpeg) < 16 * 1024
        with Image.open(io.BytesIO(measured.thumbnail_jpeg)) as thumbnail:
            assert (thumbnail.format, thumbnail.size) == ("JPEG", (240, 135))
        shades = poster.convert("L").getcolors()
    # Drifting bars above, noise in the middle: a picture, not one flat colour.
    assert shades is not None
    assert len(shades) > 100


async def test_a_small_picture_is_not_blown_up(film: Film, source_of: type, limits: Limits) -> None:
    measured = await inspect(source_of(film(3)), limits=limits)

    with Image.open(io.BytesIO(measured.poster_jpeg)) as poster:
        assert poster.size == (320, 180)


async def test_a_film_of_58_seconds_and_20_megabytes_may_come_in(film: Film, source_of: type, limits: Limits) -> None:
    measured = await inspect(source_of(film(58, 20, width=1280, height=720)), limits=limits)

    assert measured.duration_ms == 58_000


async def test_a_camera_stopped_at_sixty_seconds_may_run_a_moment_over(
    film: Film, source_of: type, limits: Limits
) -> None:
    measured = await inspect(source_of(film(60.5)), limits=limits)

    assert measured.duration_ms == 60_500


async def test_a_film_held_upright_is_measured_upright(film: Film, source_of: type, limits: Limits) -> None:
    measured = await inspect(source_of(_turned(film(3))), limits=limits)

    assert (measured.width, measured.height) == (180, 320)
    with Image.open(io.BytesIO(measured.poster_jpeg)) as poster:
        assert poster.size == (180, 320)
    with Image.open(io.BytesIO(measured.thumbnail_jpeg)) as thumbnail:
        assert thumbnail.size == (135, 240)


@pytest.mark.parametrize(
    ("container", "codec", "audio", "live", "named"),
    [
        ("mp4", "libx265", "aac", False, ("hevc", "aac")),
        ("mov", "libx264", None, False, ("h264", None)),
        ("3gp", "mpeg4", None, False, ("mpeg4", None)),
        ("matroska", "libx264", "aac", False, ("h264", "aac")),
        ("webm", "libvpx-vp9", "libopus", False, ("vp9", "opus")),
        ("webm", "libvpx", "libopus", True, ("vp8", "opus")),
        ("mp4", "libsvtav1", None, False, ("av1", None)),
    ],
)
async def test_what_phones_and_browsers_record_is_measured(
    coded_film: Film,
    source_of: type,
    limits: Limits,
    container: str,
    codec: str,
    audio: str | None,
    live: bool,
    named: tuple[str, str | None],
) -> None:
    measured = await inspect(source_of(coded_film(container, codec, audio=audio, live=live)), limits=limits)

    assert (measured.video_codec, measured.audio_codec) == named
    assert measured.duration_ms == pytest.approx(4000, abs=60)


async def test_a_recording_in_fragments_is_measured_to_its_last_fragment(
    coded_film: Film, source_of: type, limits: Limits
) -> None:
    fragments = "frag_keyframe+empty_moov+default_base_moof"
    content = coded_film("mp4", "libx264", seconds=70, live=True, movflags=fragments)

    measured = await inspect(source_of(content), limits=replace(limits, max_seconds=90))

    assert measured.duration_ms == pytest.approx(70_000, abs=100)


async def test_two_hundred_megabytes_cost_two_and_three_seconds(film: Film, source_of: type, limits: Limits) -> None:
    source = source_of(film(60, 200, width=1920, height=1080))
    assert source.size > 190_000_000
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    measured = await inspect(source, limits=limits)

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert measured.duration_ms == 60_000
    assert source.bytes_read < 2_000_000
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3


async def test_several_films_are_measured_at_once(film: Film, source_of: type, limits: Limits) -> None:
    lengths = [3, 4, 5, 6]

    measured = await asyncio.gather(*(inspect(source_of(film(seconds)), limits=limits) for seconds in lengths))

    assert [each.duration_ms for each in measured] == [3000, 4000, 5000, 6000]


def test_the_worker_itself_never_loads_ffmpeg_nor_pillow() -> None:
    asked = "import sys, submissions.inspection; print({'av', 'PIL', 'pyseccomp'} & set(sys.modules))"

    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True)

    assert answer.stdout == "set()\n"


def _turned(content: bytes) -> bytes:
    """Turn the picture by a quarter, as a phone held upright writes it: in the track's matrix."""
    straight = b"\0\1\0\0" + bytes(12) + b"\0\1\0\0" + bytes(12) + b"\x40\0\0\0"
    quarter = bytes(4) + b"\0\1\0\0" + bytes(4) + b"\xff\xff\0\0" + bytes(16) + b"\x40\0\0\0"
    track = content.index(b"tkhd")
    at = content.index(straight, track)
    assert at - track < 60
    return content[:at] + quarter + content[at + len(straight) :]
