"""Real videos for the demo and the tests: H.264 and AAC in MP4, made in a second or two."""

import math
import random
from array import array
from collections.abc import Iterator
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import cast

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

_FRAMES_PER_SECOND = 24
# Only this much is encoded; the rest of the film repeats it, each time from its own key frame.
_LOOP_FRAMES = 2 * _FRAMES_PER_SECOND
_SAMPLES_PER_SECOND = 48_000
_AAC_SAMPLES = 1024  # in every AAC packet
_AUDIO_BITS_PER_SECOND = 96_000
_LEAST_VIDEO_BITS_PER_SECOND = 150_000  # less than this x264 cannot hold even with a grey picture
_NOISE_BYTES = 1 << 21


def make_video(
    path: Path, *, seconds: float, megabytes: float, seed: int, width: int = 1280, height: int = 720
) -> None:
    """Write an MP4 of this length and roughly this size (10^6 bytes); the same seed gives the same bytes.

    Width and height must be even. The index (`moov`) comes last, as phones write it.
    """
    bits_per_second = int(megabytes * 8_000_000 / seconds) - _AUDIO_BITS_PER_SECOND
    chance = random.Random(seed)  # noqa: S311 -- a picture, not a secret
    with av.open(str(path), "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        picture = _picture_stream(
            container, width, height, bits_per_second=max(bits_per_second, _LEAST_VIDEO_BITS_PER_SECOND)
        )
        sound = container.add_stream("aac", rate=_SAMPLES_PER_SECOND, layout="stereo")
        sound.bit_rate = _AUDIO_BITS_PER_SECOND
        # Encoders are opened before the header is written, so that the header knows them.
        pictures = _picture_loop(picture, chance, width, height)
        sounds = _sound_loop(sound, hertz=chance.randrange(5, 15) * _SAMPLES_PER_SECOND / _AAC_SAMPLES)
        container.start_encoding()
        film = _repeat(
            picture,
            pictures,
            count=round(seconds * _FRAMES_PER_SECOND),
            step=Fraction(1, _FRAMES_PER_SECOND),
        )
        track = _repeat(
            sound,
            sounds,
            count=int(seconds * _SAMPLES_PER_SECOND) // _AAC_SAMPLES,
            step=Fraction(_AAC_SAMPLES, _SAMPLES_PER_SECOND),
        )
        for _, packet in merge(film, track, key=lambda timed: timed[0]):
            container.mux(packet)


def _picture_stream(container: OutputContainer, width: int, height: int, *, bits_per_second: int) -> VideoStream:
    rate = str(bits_per_second)
    stream = container.add_stream(
        "libx264",
        rate=_FRAMES_PER_SECOND,
        options={
            "preset": "ultrafast",
            "threads": "1",  # with more, rate control depends on which of them finishes first
            "g": str(_LOOP_FRAMES),
            "bf": "0",  # decoding order is showing order, so that packets repeat by adding to one clock
            "nal-hrd": "cbr",  # an easy picture is filled up to the wanted size
            "maxrate": rate,
            "bufsize": str(bits_per_second // 8),  # a full buffer is spent in every loop: keep it small
        },
    )
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    stream.bit_rate = bits_per_second
    return stream


def _picture_loop(stream: VideoStream, chance: random.Random, width: int, height: int) -> list[bytes]:
    noise = chance.randbytes(_NOISE_BYTES)
    colours = chance.randrange(64, 192), chance.randrange(64, 192)
    packets: list[Packet[VideoStream]] = []
    for number in range(_LOOP_FRAMES):
        frame = VideoFrame(width, height, "yuv420p")
        start = chance.randrange(_NOISE_BYTES - width * height // 4)
        _paint(frame, 0, _rows(width, height, shift=number * 4, noise=noise[start:]))
        for plane, colour in enumerate(colours, start=1):
            _paint(frame, plane, [bytes([colour]) * (width // 2)] * (height // 2))
        frame.pts = number
        frame.time_base = Fraction(1, _FRAMES_PER_SECOND)
        packets += cast("list[Packet[VideoStream]]", stream.encode(frame))
    packets += cast("list[Packet[VideoStream]]", stream.encode(None))
    return [bytes(packet) for packet in packets]


def _rows(width: int, height: int, *, shift: int, noise: bytes) -> list[bytes]:
    """Draw grey bars that drift to the left, and a box of noise in the middle, which is what costs bits."""
    ramp = bytes((x * 2) % 256 for x in range(256)) * (width // 256 + 2)
    bars = ramp[shift % 256 :][:width]
    left, box = width // 4, width // 2
    top, bottom = height // 4, height * 3 // 4
    return [
        bars[:left] + noise[(row - top) * box :][:box] + bars[left + box :] if top <= row < bottom else bars
        for row in range(height)
    ]


def _paint(frame: VideoFrame, plane: int, rows: list[bytes]) -> None:
    canvas = frame.planes[plane]
    padding = bytes(canvas.line_size - len(rows[0]))
    canvas.update(padding.join(rows) + padding)


def _sound_loop(stream: AudioStream, *, hertz: float) -> list[bytes]:
    """Encode a steady tone whose wave fits a packet exactly, so that any packet may follow any other."""
    wave = array(
        "f",
        (0.2 * math.sin(2 * math.pi * hertz * sample / _SAMPLES_PER_SECOND) for sample in range(_AAC_SAMPLES)),
    ).tobytes()
    packets: list[Packet[AudioStream]] = []
    for number in range(_SAMPLES_PER_SECOND // _AAC_SAMPLES):
        frame = AudioFrame("fltp", "stereo", _AAC_SAMPLES)
        for plane in frame.planes:
            plane.update(wave)
        frame.sample_rate = _SAMPLES_PER_SECOND
        frame.pts = number * _AAC_SAMPLES
        frame.time_base = Fraction(1, _SAMPLES_PER_SECOND)
        packets += stream.encode(frame)
    packets += stream.encode(None)
    # The first packets fade in and the last out; the ones between are the steady tone.
    return [bytes(packet) for packet in packets[4:-4]]


def _repeat(
    stream: Stream, payloads: list[bytes], *, count: int, step: Fraction
) -> "Iterator[tuple[Fraction, Packet[Stream]]]":
    """Give `count` packets, each with its moment, going round the payloads; the first is a key frame."""
    for number in range(count):
        packet: Packet[Stream] = Packet(payloads[number % len(payloads)])
        packet.stream = stream
        packet.time_base = step
        packet.pts = packet.dts = number
        packet.duration = 1
        packet.is_keyframe = stream.type == "audio" or number % len(payloads) == 0
        yield number * step, packet
