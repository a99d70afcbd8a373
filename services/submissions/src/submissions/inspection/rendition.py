"""Making a film that plays everywhere: H.264 and AAC in MP4, its index first, 720p at most.

Only the child imports this.

What a device wrote beside the picture (place, make, further tracks) is not taken along.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from submissions.inspection import film
from submissions.inspection.unfit import UnfitError

SHORT_SIDE = 720
LONG_SIDE = 1280
MOST_BITS_PER_SECOND = 4_000_000
"""A film that takes more is made smaller even when it is small to look at."""
MOST_SECONDS = 600
FRAMES_PER_SECOND = 30
_SOUND_RATE = 48_000
_MOST_DAMAGED = 200
_INDEX_BYTES_PER_SECOND = 4000
"""Room kept for the index, at its beginning: two tracks of a hundred packets, each with size, time and place."""
_INDEX_BYTES = 64 << 10
_BITS_PER_SECOND = 2_500_000
_PLAIN_TAGS = frozenset(
    {
        "major_brand",
        "minor_version",
        "compatible_brands",
        "encoder",
        "language",
        "handler_name",
        "vendor_id",
        "duration",
    }
)

Told = Callable[[int], None]
"""Hears how far it is, in per cent."""


def make(
    file: io.RawIOBase | io.BytesIO, *, size: int, max_pixels: int, told: Told, always: bool = False
) -> bytes | None:
    """Return the film as MP4 that plays everywhere; null when it is one already and carries nothing private.

    Raises UnfitError, or whatever FFmpeg makes of the file.
    """
    kind = film.container_kind(file.read(512) or b"")
    index_first = kind == "mov" and _index_first(file, size)
    with film.opened(file, kind, {}) as container:
        streams = film.film_streams(container)
        picture = film.picture_of(streams)
        film.refuse_pixels(picture.width, picture.height, max_pixels)
        picture.codec_context.thread_count = 1  # the walls let no thread be made
        picture.codec_context.options = {"max_pixels": str(max_pixels)}
        sound = next((each for each in streams if isinstance(each, AudioStream)), None)
        seconds = Fraction(container.duration or 0, 1_000_000)
        if seconds > MOST_SECONDS:
            return None
        plays = not always and _plays(picture, sound, size, seconds)
        if plays and index_first and not _is_tagged(container):
            return None
        made = io.BytesIO()
        room = _INDEX_BYTES + int(seconds * _INDEX_BYTES_PER_SECOND)
        with av.open(made, "w", format="mp4", options={"moov_size": str(room)}) as target:
            if plays:
                _carry(container, target, [picture, *([sound] if sound else [])], seconds, told)
            else:
                _encode(container, target, picture, sound, seconds, told)
        return made.getvalue()


def _plays(picture: VideoStream, sound: AudioStream | None, size: int, seconds: Fraction) -> bool:
    context = picture.codec_context
    return (
        context.codec.canonical_name == "h264"
        and context.pix_fmt in ("yuv420p", "yuvj420p")
        and min(picture.width, picture.height) <= SHORT_SIDE
        and max(picture.width, picture.height) <= LONG_SIDE
        and (sound is None or sound.codec_context.codec.canonical_name == "aac")
        and size * 8 <= MOST_BITS_PER_SECOND * max(seconds, Fraction(1))
    )


def _is_tagged(container: InputContainer) -> bool:
    tags = {*container.metadata, *(tag for stream in container.streams for tag in stream.metadata)}
    return len(container.streams) > 2 or bool({tag.lower() for tag in tags} - _PLAIN_TAGS)


def _index_first(file: io.RawIOBase | io.BytesIO, size: int) -> bool:
    """Say whether the index comes before the pictures, so that a player need not look for it at the end."""
    at = 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(16) or b""
        length, name = int.from_bytes(head[:4], "big"), head[4:8]
        if name in (b"moov", b"mdat"):
            return name == b"moov"
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length < 8:
            return False
        at += length
    return False


def _carry(
    source: InputContainer, target: OutputContainer, streams: Sequence[Stream], seconds: Fraction, told: Told
) -> None:
    """Put the same packets into another container."""
    carried = {stream.index: target.add_stream_from_template(stream) for stream in streams}
    for packet in source.demux(list(streams)):
        if packet.dts is None or packet.is_corrupt:
            continue
        _tell(told, packet.dts * packet.time_base, seconds)
        packet.stream = carried[packet.stream_index]
        target.mux(packet)


def _encode(
    source: InputContainer,
    target: OutputContainer,
    picture: VideoStream,
    sound: AudioStream | None,
    seconds: Fraction,
    told: Told,
) -> None:
    width, height = _size(picture)
    video = target.add_stream(
        "libx264",
        rate=FRAMES_PER_SECOND,
        options={
            "preset": "veryfast",
            "crf": "25",
            "threads": "1",
            "maxrate": str(_BITS_PER_SECOND),
            "bufsize": str(2 * _BITS_PER_SECOND),
            "g": str(FRAMES_PER_SECOND * 4),
        },
    )
    video.width, video.height, video.pix_fmt = width, height, "yuv420p"
    video.codec_context.thread_count = 1
    video.codec_context.time_base = picture.time_base or Fraction(1, 90_000)
    heard = None if sound is None else target.add_stream("aac", rate=_SOUND_RATE, layout="stereo")
    if heard is not None:
        heard.bit_rate = 96_000
    resampler = AudioResampler(format="fltp", layout="stereo", rate=_SOUND_RATE, frame_size=1024)
    damaged = 0
    last: Fraction | None = None
    for packet in source.demux([picture, *([sound] if sound else [])]):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            damaged += 1
            if damaged > _MOST_DAMAGED:
                raise
            continue
        for frame in frames:
            if isinstance(frame, VideoFrame):
                if frame.pts is None or frame.time_base is None:
                    continue
                moment = frame.pts * frame.time_base
                if last is None:
                    video.set_display_rotation(frame.rotation)
                elif moment - last < Fraction(9, 10 * FRAMES_PER_SECOND):
                    continue  # a phone's slow motion has four times as many, which nobody sees
                last = moment
                target.mux(video.encode(_small(frame, width, height)))
                _tell(told, moment, seconds)
            elif heard is not None and isinstance(frame, AudioFrame):
                _mux_all(target, heard, resampler.resample(frame))
    if last is None:
        raise UnfitError("no-key-frame")
    target.mux(video.encode(None))
    if heard is not None:
        _mux_all(target, heard, resampler.resample(None))
        target.mux(heard.encode(None))


def _mux_all(target: OutputContainer, heard: AudioStream, frames: Iterable[AudioFrame]) -> None:
    for frame in frames:
        packets: list[Packet[AudioStream]] = heard.encode(frame)
        target.mux(packets)


def _size(picture: VideoStream) -> tuple[int, int]:
    """Return the size to encode: even, within 720p whichever way it is held, never larger than it was."""
    short, long = sorted((picture.width, picture.height))
    scale = min(Fraction(1), Fraction(SHORT_SIDE, short), Fraction(LONG_SIDE, long))
    return max(2, int(picture.width * scale) // 2 * 2), max(2, int(picture.height * scale) // 2 * 2)


def _small(frame: VideoFrame, width: int, height: int) -> VideoFrame:
    small = frame.reformat(width=width, height=height, format="yuv420p", threads=1)
    small.pict_type = 0  # the encoder decides, not the film it comes from
    return small


def _tell(told: Told, moment: Fraction, seconds: Fraction) -> None:
    if seconds > 0:
        told(max(0, min(99, int(100 * moment / seconds))))
