"""Films to inspect, and the source they are read from."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import pytest
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from congvan.demo.videos import make_video
from submissions.inspection import Limits

if TYPE_CHECKING:  # Python has it from 3.12 on
    from typing_extensions import Buffer


@dataclass
class Bytes:
    """A file in memory that counts what is read of it."""

    content: bytes
    bytes_read: int = field(default=0, init=False)

    @property
    def size(self) -> int:
        return len(self.content)

    def read_at(self, offset: int, length: int) -> bytes:
        assert offset >= 0
        assert offset + length <= self.size
        self.bytes_read += length
        return self.content[offset : offset + length]


Film = Callable[..., bytes]


@pytest.fixture(scope="session")
def limits() -> Limits:
    return Limits(
        max_seconds=60,
        max_bytes=500_000_000,
        max_pixels=4096 * 2304,
        wall_seconds=30,
        cpu_seconds=20,
        memory_bytes=1500 << 20,
    )


@pytest.fixture(scope="session")
def source_of() -> type[Bytes]:
    return Bytes


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """Make a film as the demo does; the same one is made once."""
    folder = tmp_path_factory.mktemp("films")

    def make(seconds: float, megabytes: float = 0.3, *, width: int = 320, height: int = 180) -> bytes:
        path = folder / f"{seconds}-{megabytes}-{width}x{height}.mp4"
        if not path.exists():
            make_video(path, seconds=seconds, megabytes=megabytes, seed=7, width=width, height=height)
        return path.read_bytes()

    return make


_QUICKLY = {
    "libx264": {"preset": "ultrafast"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
    "libsvtav1": {"preset": "12"},
}


class _NoSeeking(io.RawIOBase):
    """A recording that is sent as it is made: nothing can be written to its beginning afterwards."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: "Buffer") -> int:
        self.written += memoryview(piece)
        return memoryview(piece).nbytes


@pytest.fixture(scope="session")
def coded_film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """Make a grey film of a few seconds in any codec and container; `live` writes it without seeking back."""
    path = tmp_path_factory.mktemp("coded") / "film"

    @cache
    def make(
        container: str,
        codec: str | None,
        *,
        seconds: int = 4,
        width: int = 160,
        height: int = 90,
        audio: str | None = None,
        audio_seconds: int | None = None,
        live: bool = False,
        movflags: str | None = None,
    ) -> bytes:
        recording = _NoSeeking()
        options = {"movflags": movflags} if movflags else {}
        with (
            _as_scheduled_before(),
            av.open(recording if live else str(path), "w", format=container, options=options) as output,
        ):
            pictures = None
            if codec is not None:
                pictures = cast("VideoStream", output.add_stream(codec, rate=24, options=_QUICKLY.get(codec, {})))
                pictures.width, pictures.height, pictures.pix_fmt = width, height, "yuv420p"
                pictures.gop_size = 24
            sound = None
            if audio is not None:
                sound = cast("AudioStream", output.add_stream(audio, rate=48_000, layout="stereo"))
            output.start_encoding()
            if pictures is not None:
                _film_grey(output, pictures, seconds)
            if sound is not None:
                _record_silence(output, sound, audio_seconds or seconds)
        return bytes(recording.written) if live else path.read_bytes()

    return make


@contextmanager
def _as_scheduled_before() -> Iterator[None]:
    # The AV1 encoder makes whoever runs it as root a real-time process, and so everything it starts from then on: the
    # servers of later tests would starve the machine.
    if not hasattr(os, "sched_getscheduler"):
        yield
        return
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, *before)


def _film_grey(output: OutputContainer, stream: VideoStream, seconds: int) -> None:
    for number in range(seconds * 24):
        frame = VideoFrame(stream.width, stream.height, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([number * 3 % 256]) * plane.buffer_size)
        frame.pts, frame.time_base = number, Fraction(1, 24)
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def _record_silence(output: OutputContainer, stream: AudioStream, seconds: int) -> None:
    samples = stream.codec_context.frame_size
    for number in range(seconds * 48_000 // samples):
        frame = AudioFrame("fltp", "stereo", samples)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate = 48_000
        frame.pts, frame.time_base = number * samples, Fraction(1, 48_000)
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """Write a program to put in the child's place."""

    def write(text: str) -> Path:
        path = tmp_path / "program.py"
        path.write_text(text, encoding="utf-8")
        return path

    return write
