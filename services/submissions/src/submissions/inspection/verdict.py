"""What an inspection is given and what it may answer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the child imports this package too and has no use for the contracts
    from contracts.submissions import MediaRefusal
    from submissions.inspection.wire import Paper


class ByteSource(Protocol):
    """A file somewhere else: its size, and a blocking read that is called in a thread."""

    @property
    def size(self) -> int: ...

    def read_at(self, offset: int, length: int) -> bytes:
        """Give exactly `length` bytes from `offset`; never asked to go past the end. Raises when it cannot."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What a video may be, and what finding out may cost."""

    max_seconds: float
    max_bytes: int
    max_pixels: int
    wall_seconds: float
    cpu_seconds: int
    memory_bytes: int
    # A camera stopped at 60 s writes a little more: whole frames, AAC padded to 1024 samples, rounded time bases.
    tolerance_ms: int = 1000

    @property
    def max_ms(self) -> int:
        return round(self.max_seconds * 1000)


@dataclass(frozen=True, slots=True)
class Confinement:
    """Which walls stood around the child. One that is missing is no failure, but worth seeing."""

    rlimits: bool
    no_new_privs: bool
    network_namespace: bool
    seccomp: bool
    unprivileged: bool  # runs as nobody when the worker is root, else as the worker's own user


@dataclass(frozen=True, slots=True)
class Measured:
    """A video as it plays: the picture upright, codecs by FFmpeg's names, a JPEG poster 640 pixels wide at most.

    `thumbnail_jpeg` is the same picture, small enough for a list of many.
    """

    duration_ms: int
    width: int
    height: int
    video_codec: str
    audio_codec: str | None
    byte_count: int  # of the file
    poster_jpeg: bytes
    thumbnail_jpeg: bytes
    confinement: Confinement


@dataclass(frozen=True, slots=True)
class ExaminedPaper:
    """A document or a photograph: what it is, a JPEG of its first page, a smaller one, one of what is shown of it."""

    paper: "Paper"
    preview_jpeg: bytes | None
    thumbnail_jpeg: bytes | None
    shown_jpeg: bytes | None
    confinement: Confinement


class Refused(Exception):
    """The file itself is at fault; asking again gives the same answer.

    `measured` and `allowed` are milliseconds for "too-long", bytes for "too-large", pixels for a picture
    that is "unsupported" for its size, else None. `detail` is English, for the log.
    """

    def __init__(
        self, refusal: "MediaRefusal", detail: str, *, measured: int | None = None, allowed: int | None = None
    ) -> None:
        super().__init__(f"{refusal}: {detail}")
        self.refusal = refusal
        self.measured = measured
        self.allowed = allowed
        self.detail = detail


class InspectionUnavailable(Exception):
    """No verdict: the store or the child failed, not the file. Ask again later."""
