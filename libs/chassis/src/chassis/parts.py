"""Parts a large file is sent in, as whoever sends it knows them and as the store holds them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatedPart:
    """A part as its sender knows it: its number, and the ETag the store gave for it."""

    number: int
    etag: str


@dataclass(frozen=True, slots=True)
class HeldPart:
    """A part as the store holds it."""

    number: int
    etag: str
    byte_count: int
