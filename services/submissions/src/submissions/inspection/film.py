"""Measuring a film with FFmpeg. Only the child imports this."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import av.subtitles.codeccontext
import av.subtitles.stream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard, Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from submissions.inspection.kinds import MOV_STARTS, STILL_BRANDS
from submissions.inspection.pictures import jpeg_of, thumbnail_of
from submissions.inspection.unfit import UnfitError
from submissions.inspection.wire import BLOCK_BYTES, POSTER_BYTES, VIDEO_CODECS, Film

# PyAV's subtitles above and Pillow's formats here are loaded on first use otherwise: too late for the child.
Image.preinit()

POSTER_WIDTH = 640
_POSTER_HEIGHT = 1280  # of a film held upright
_POSTER_SECOND = 1  # the very first picture is often black
_POSTER_TRIES = 4

_MATROSKA_START = b"\x1a\x45\xdf\xa3"
_OTHER_STARTS = (
    b"FLV\x01",
    b"OggS",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # Windows Media
    b"\x00\x00\x01\xba",  # MPEG programme stream
    b"\x00\x00\x01\xb3",  # MPEG video
)
_TRANSPORT_PACKET = 188  # MPEG transport stream: every packet begins with 0x47

AUDIO_CODECS = ("aac", "mp3", "mp3float", "opus", "libopus", "vorbis", "amrnb", "amrwb")
_OPEN_WITH = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm",
    "protocol_whitelist": "none",
    "codec_whitelist": ",".join([*sorted(VIDEO_CODECS), "libdav1d", "libvpx-vp9", *AUDIO_CODECS]),
}
_NO_FILM = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails

# Further than any film goes, in microseconds, and still far from overflowing any time base.
_FAR_END = 1000 * 3600 * 1_000_000
# Pictures are stored in decoding order: the last one shown is among the last few stored.
_REORDERED = Fraction(1, 5)
# A phone that trims without encoding again cuts at a key frame and hides up to two seconds by an edit list.
# What is hidden beyond that is hidden from us, not from every player, and is counted.
_LEAD_IN = 2
# An index may round, and a last packet may be missing; what is missing beyond that was cut off.
_SLACK = 2


@dataclass(frozen=True, slots=True)
class _Span:
    """From the first moment to the end of the last packet, in seconds."""

    start: Fraction
    end: Fraction

    @property
    def length(self) -> Fraction:
        return self.end - self.start


def measure(file: io.RawIOBase | io.BytesIO, *, max_pixels: int) -> tuple[Film, bytes, bytes]:
    """Give what the film is, its poster and its thumbnail as JPEG.

    Raises UnfitError, or whatever FFmpeg makes of the file.
    """
    kind = container_kind(file.read(512) or b"")
    carried = None
    if kind == "mov":
        with opened(file, kind, {"ignore_editlist": "1"}) as container:
            carried = _measure_span(container, film_streams(container))
    with opened(file, kind, {}) as container:
        streams = film_streams(container)
        picture = picture_of(streams)
        refuse_pixels(picture.width, picture.height, max_pixels)
        played = _measure_span(container, streams)
        frame = _key_frame(container, picture, played, max_pixels=max_pixels)
        poster, thumbnail, upright = _pictures(frame)
        sound = next((stream for stream in streams if stream.type == "audio"), None)
        span = played if carried is None or carried.length - played.length <= _LEAD_IN else carried
        film = Film(
            duration_ms=max(1, round(span.length * 1000)),
            width=frame.width if upright else frame.height,
            height=frame.height if upright else frame.width,
            video_codec=_codec_name(picture),
            audio_codec=None if sound is None else _codec_name(sound),
        )
    return film, poster, thumbnail


def container_kind(head: bytes) -> str:
    """Say which demuxer may open the file, from its first bytes alone, so that no other one ever sees it."""
    if head[4:8] in MOV_STARTS:
        if head[4:8] == b"ftyp" and head[8:12] in STILL_BRANDS:
            raise UnfitError("not-a-video")
        return "mov"
    if head.startswith(_MATROSKA_START):
        return "matroska"
    transport = head[:1] == head[_TRANSPORT_PACKET : _TRANSPORT_PACKET + 1] == b"\x47"
    avi = head.startswith(b"RIFF") and head[8:12] == b"AVI "
    raise UnfitError("other-container" if transport or avi or head.startswith(_OTHER_STARTS) else "not-a-video")


def opened(file: io.RawIOBase | io.BytesIO, kind: str, options: dict[str, str]) -> InputContainer:
    """Open a film with the one demuxer its first bytes call for, and nothing but the codecs that are taken."""
    file.seek(0)
    return av.open(
        file,
        "r",
        format=kind,
        container_options=_OPEN_WITH | options,
        metadata_errors="replace",
        buffer_size=BLOCK_BYTES,
    )


def film_streams(container: InputContainer) -> Sequence[Stream]:
    """Give the tracks one sees and hears; the others are not even read."""
    streams = []
    for stream in container.streams:
        if stream.type == "audio" or (stream.type == "video" and not stream.disposition & _NO_FILM):
            streams.append(stream)
        else:
            stream.discard = Discard.all
    return streams


def picture_of(streams: Sequence[Stream]) -> VideoStream:
    """Return the track one sees; raise UnfitError when there is none, or none that is taken."""
    picture = next((stream for stream in streams if isinstance(stream, VideoStream)), None)
    if picture is None:
        raise UnfitError("no-picture")
    if _codec_name(picture) not in VIDEO_CODECS:
        raise UnfitError("other-codec")
    return picture


def _codec_name(stream: Stream) -> str:
    # No context: FFmpeg has no decoder for it.
    context = stream.codec_context
    return "unknown" if context is None else context.codec.canonical_name


def refuse_pixels(width: int, height: int, max_pixels: int) -> None:
    """Raise UnfitError for a picture that is too large."""
    if width * height > max_pixels:
        raise UnfitError("too-many-pixels", width * height)


def _measure_span(container: InputContainer, streams: Sequence[Stream]) -> _Span:
    """Go to the end of the file and see when its last packets end."""
    if not streams:
        raise UnfitError("no-picture")
    # QuickTime knows every sample by its index and need not go back to a key frame; Matroska has to.
    indexed = container.format.name.startswith("mov")
    ends = _last_ends(container, _FAR_END, any_frame=indexed)
    if not ends:
        raise UnfitError("cut-off")
    if indexed:
        before = math.floor((max(ends.values()) - _REORDERED) * 1_000_000)
        for index, end in _last_ends(container, before, any_frame=True).items():
            ends[index] = max(end, ends.get(index, end))
        for stream in streams:
            if _seconds(stream, stream.duration) - (ends.get(stream.index, 0) - _start(stream)) > _SLACK:
                raise UnfitError("cut-off")
    end = max(ends.values())
    return _Span(min(end, *map(_start, streams)), end)


def _last_ends(container: InputContainer, microseconds: int, *, any_frame: bool) -> dict[int, Fraction]:
    """Seek there and read to the end; say for each track when its latest packet ends."""
    container.seek(microseconds, backward=True, any_frame=any_frame)
    ends: dict[int, Fraction] = {}
    for packet in container.demux():
        moment = packet.pts if packet.pts is not None else packet.dts
        if moment is not None and packet.size and not packet.is_discard:
            end = (moment + (packet.duration or 0)) * packet.time_base
            ends[packet.stream_index] = max(end, ends.get(packet.stream_index, end))
    return ends


def _start(stream: Stream) -> Fraction:
    return _seconds(stream, stream.start_time)


def _seconds(stream: Stream, ticks: int | None) -> Fraction:
    return Fraction(0) if ticks is None or stream.time_base is None else ticks * stream.time_base


def _key_frame(container: InputContainer, picture: VideoStream, span: _Span, *, max_pixels: int) -> VideoFrame:
    """Decode one key frame near the first second."""
    for stream in container.streams:
        if stream.index != picture.index:
            stream.discard = Discard.all
    picture.codec_context.thread_count = 1  # the walls let no thread be made
    picture.codec_context.options = {"max_pixels": str(max_pixels)}
    second = span.start + min(Fraction(_POSTER_SECOND), span.length / 2)
    container.seek(math.floor(second * 1_000_000), backward=True)
    tries = 0
    for packet in container.demux(picture):
        if not (packet.is_keyframe and packet.size):
            continue
        frame = _decoded(picture, packet)
        if frame is not None:
            refuse_pixels(frame.width, frame.height, max_pixels)
            return frame
        tries += 1
        if tries == _POSTER_TRIES:
            break
    raise UnfitError("no-key-frame")


def _decoded(picture: VideoStream, packet: "Packet[VideoStream]") -> VideoFrame | None:
    """Decode this packet alone: draining gives its picture at once, without reading the ones after it."""
    context = picture.codec_context
    try:
        frames = context.decode(packet) + context.decode(None)
    except av.FFmpegError:
        frames = []
    context.flush_buffers()
    return frames[0] if frames else None


def _tight(frame: VideoFrame) -> bytes:
    """Give the RGB rows without the padding between them."""
    plane = frame.planes[0]
    rows = memoryview(plane)
    return b"".join(
        rows[start : start + 3 * frame.width] for start in range(0, plane.line_size * frame.height, plane.line_size)
    )


def _pictures(frame: VideoFrame) -> tuple[bytes, bytes, bool]:
    """Make the poster and the thumbnail, upright; say whether the frame was."""
    turned = frame.rotation % 360
    upright = turned % 180 == 0
    shown = (frame.width, frame.height) if upright else (frame.height, frame.width)
    scale = min(Fraction(POSTER_WIDTH, shown[0]), Fraction(_POSTER_HEIGHT, shown[1]), Fraction(1))
    small = frame.reformat(
        width=max(1, round(frame.width * scale)),
        height=max(1, round(frame.height * scale)),
        format="rgb24",
        threads=1,
    )
    image = Image.frombytes("RGB", (small.width, small.height), _tight(small))
    if turned:
        image = image.rotate(turned, expand=True)
    poster = jpeg_of(image, POSTER_BYTES)
    thumbnail = thumbnail_of(image)
    if poster is None or thumbnail is None:
        raise UnfitError("no-key-frame")
    return poster, thumbnail, upright
