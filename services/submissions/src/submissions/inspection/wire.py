"""The words between parent and child, and how the parent reads them: as coming from an enemy."""

import json
import socket
import struct
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from submissions.inspection.verdict import Confinement

if TYPE_CHECKING:
    from contracts.submissions import MediaRefusal

READY = b"C"  # the walls stand; nothing of the file has been read yet
READ = b"R"  # offset and length; answered by exactly so many bytes, or by hanging up
POSTER = b"P"
THUMBNAIL = b"T"  # the poster once more, for lists
MEASURED = b"M"
REFUSED = b"X"
SHOWN = b"S"  # a photograph as it is shown
PAPER = b"D"
SOUND = b"A"
PERCENT = b"%"  # how far a rendition is
PIECE = b"B"  # the next bytes of a rendition
MADE = b"E"  # how many they were
FAILED = b"F"  # the child itself is at fault, not the file

POSTER_BYTES = 512 * 1024
THUMBNAIL_BYTES = 32 * 1024
SHOWN_BYTES = 8 << 20
READ_BYTES = 1 << 20
BLOCK_BYTES = 64 * 1024  # what the child reads at once and the parent keeps
_LONGEST = {
    READY: 256,
    READ: 12,
    POSTER: POSTER_BYTES,
    THUMBNAIL: THUMBNAIL_BYTES,
    SHOWN: SHOWN_BYTES,
    MEASURED: 512,
    PAPER: 256,
    SOUND: 256,
    PERCENT: 1,
    PIECE: READ_BYTES,
    MADE: 64,
    REFUSED: 256,
    FAILED: 4096,
}
_HEAD = struct.Struct(">cI")
_RANGE = struct.Struct(">QI")

VIDEO_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "h263"})
_CODEC_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
_LONGEST_CODEC = 32
_LONGEST_DURATION_MS = 1000 * 3600 * 1000

# Why the child may refuse, and in which words we repeat it: none of the child's own words go further.
REASONS: "dict[str, tuple[MediaRefusal, str]]" = {
    "not-a-video": ("not-a-video", "the first bytes are those of no video"),
    "other-container": ("unsupported", "a video, but not in MP4, QuickTime, 3GP, Matroska or WebM"),
    "other-codec": ("unsupported", "the picture is in a codec that is not taken"),
    "too-many-pixels": ("unsupported", "the picture is too large"),
    "no-picture": ("no-picture", "there is no moving picture in it"),
    "cut-off": ("unreadable", "the file ends before the video does"),
    "no-key-frame": ("unreadable", "no picture in it can be decoded"),
    "broken": ("unreadable", "the file is damaged"),
    "other-kind": ("not-allowed", "not a PDF, an Office document, a photograph or a video"),
    "old-office": ("not-allowed", "an Office document of before 2007, or an encrypted one"),
    "no-sound": ("not-allowed", "there is no sound in it that is taken (MP3, M4A, WAV, OGG)"),
    "a-film": ("not-allowed", "a film where a recording is asked for"),
    "encrypted": ("encrypted", "it can be opened with a password only"),
    "active-content": ("active-content", "it carries programs, or fetches something when it is opened"),
    "bomb": ("bomb", "it unpacks to far more than it is"),
}


class NonsenseError(Exception):
    """The child said what no honest child says."""


@dataclass(frozen=True, slots=True)
class Film:
    """What the child says it measured."""

    duration_ms: int
    width: int
    height: int
    video_codec: str
    audio_codec: str | None


SOUND_FORMATS = frozenset({"mp3", "m4a", "wav", "ogg"})


@dataclass(frozen=True, slots=True)
class Sound:
    """What the child says a recording is."""

    duration_ms: int
    format: str


PAPER_FORMATS = frozenset({"pdf", "docx", "xlsx", "pptx", "jpg", "png", "webp"})
_MOST_PAGES = 100_000


@dataclass(frozen=True, slots=True)
class Paper:
    """What the child says a document or a photograph is."""

    format: str
    page_count: int | None
    looks_like_pupils: bool
    width: int | None = None
    """Of a photograph, upright and as it was taken."""
    height: int | None = None


def send(line: socket.socket, kind: bytes, payload: bytes) -> None:
    """Say one thing to the parent."""
    line.sendall(_HEAD.pack(kind, len(payload)) + payload)


def ask(line: socket.socket, offset: int, length: int) -> bytes:
    """Ask the parent for a range of the file. Raises EOFError when it hung up."""
    send(line, READ, _RANGE.pack(offset, length))
    answer = _exactly(line, length)
    if len(answer) < length:
        raise EOFError
    return answer


def hear(line: socket.socket) -> tuple[bytes, bytes] | None:
    """Wait for what the child says next: its kind and payload; None when it fell silent."""
    head = _exactly(line, _HEAD.size)
    if not head:
        return None
    if len(head) < _HEAD.size:
        raise NonsenseError("stopped within a message")
    kind, length = _HEAD.unpack(head)
    if length > _LONGEST.get(kind, -1):
        raise NonsenseError(f"message of kind {kind!r} and {length} bytes")
    payload = _exactly(line, length)
    if len(payload) < length:
        raise NonsenseError("stopped within a message")
    return kind, payload


def read_range(payload: bytes, *, size: int) -> tuple[int, int]:
    """Give the offset and the length that the child asks for; both lie within the file."""
    if len(payload) != _RANGE.size:
        raise NonsenseError("a range of the wrong length")
    offset, length = _RANGE.unpack(payload)
    if not 0 < length <= READ_BYTES or offset + length > size:
        raise NonsenseError(f"asked for {length} bytes at {offset} of {size}")
    return offset, length


def read_confinement(payload: bytes) -> Confinement:
    """Read which walls stand."""
    names = [field.name for field in fields(Confinement)]
    return Confinement(*(_truth(wall) for wall in _object(payload, names)))


def read_film(payload: bytes) -> Film:
    """Read what the child says it measured; every figure is within what a film can have."""
    duration_ms, width, height, video_codec, audio_codec = _object(
        payload, ["duration_ms", "width", "height", "video_codec", "audio_codec"]
    )
    if not isinstance(video_codec, str) or video_codec not in VIDEO_CODECS:
        raise NonsenseError("a codec that is not taken")
    return Film(
        _whole(duration_ms, most=_LONGEST_DURATION_MS),
        _whole(width, most=1 << 16),
        _whole(height, most=1 << 16),
        video_codec,
        None if audio_codec is None else _codec(audio_codec),
    )


def read_paper(payload: bytes) -> Paper:
    """Read what the child says a document is."""
    names = ["format", "page_count", "looks_like_pupils", "width", "height"]
    kind, page_count, looks_like_pupils, width, height = _object(payload, names)
    if not isinstance(kind, str) or kind not in PAPER_FORMATS:
        raise NonsenseError("a format that is not taken")
    pages = None if page_count is None else _whole(page_count, most=_MOST_PAGES)
    sides = [None if side is None else _whole(side, most=1 << 20) for side in (width, height)]
    return Paper(kind, pages, _truth(looks_like_pupils), *sides)


def read_sound(payload: bytes) -> Sound:
    """Read what the child says a recording is."""
    duration_ms, kind = _object(payload, ["duration_ms", "format"])
    if not isinstance(kind, str) or kind not in SOUND_FORMATS:
        raise NonsenseError("a format that is not taken")
    return Sound(_whole(duration_ms, most=_LONGEST_DURATION_MS), kind)


def read_percent(payload: bytes) -> int:
    """Read how far a rendition is."""
    if len(payload) != 1 or payload[0] > 100:
        raise NonsenseError("more than all of it")
    return payload[0]


def read_made(payload: bytes) -> int:
    """Read how many bytes a rendition has; 0: none was needed."""
    [byte_count] = _object(payload, ["byte_count"])
    return 0 if byte_count == 0 and type(byte_count) is int else _whole(byte_count, most=1 << 40)


def read_refusal(payload: bytes) -> tuple[str, int | None]:
    """Read why the child refuses the file, a key of `REASONS`, and what it measured."""
    reason, measured = _object(payload, ["reason", "measured"])
    if not isinstance(reason, str) or reason not in REASONS:
        raise NonsenseError("a reason that nobody knows")
    return reason, None if measured is None else _whole(measured, most=1 << 40)


def read_poster(payload: bytes) -> bytes:
    """Give a poster, or any other picture, back if it begins and ends as a JPEG does."""
    if not (payload.startswith(b"\xff\xd8\xff") and payload.endswith(b"\xff\xd9")):
        raise NonsenseError("a poster that is no JPEG")
    return payload


def _exactly(line: socket.socket, length: int) -> bytes:
    """Receive so many bytes; fewer only when the other side hung up."""
    received = bytearray()
    while len(received) < length:
        piece = line.recv(min(length - len(received), READ_BYTES))
        if not piece:
            break
        received += piece
    return bytes(received)


def _object(payload: bytes, names: list[str]) -> list[object]:
    try:
        said = json.loads(payload)
    except (ValueError, RecursionError) as nonsense:
        raise NonsenseError("no JSON") from nonsense
    if not isinstance(said, dict) or sorted(said) != sorted(names):
        raise NonsenseError("not the fields that were to come")
    return [said[name] for name in names]


def _whole(number: object, *, most: int) -> int:
    # A bool is an int to Python, but no measure.
    if type(number) is not int or not 0 < number <= most:
        raise NonsenseError("a figure that cannot be")
    return number


def _truth(claim: object) -> bool:
    if not isinstance(claim, bool):
        raise NonsenseError("neither true nor false")
    return claim


def _codec(name: object) -> str:
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_CODEC or not _CODEC_LETTERS.issuperset(name):
        raise NonsenseError("a codec with an impossible name")
    return name
