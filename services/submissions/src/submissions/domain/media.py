"""A file on its way: how it is cut into parts, what may become of it.

The states, and who moves a file from one to the next:

    uploading ──complete──▶ completing ──the store holds it whole──▶ received ──▶ inspecting ──▶ ready
        │ ▲                      │                                      ▲            │      └──▶ rejected
        │ └────parts missing─────┘                                      └─no verdict─┘
        └──48 h──▶ abandoned                          any that has or may get bytes ──withdrawn──▶ withdrawn
                                                       ready and withdrawn ──kept long enough──▶ deleted
"""

import hashlib
import math
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from chassis.parts import HeldPart, StatedPart
from submissions.problems import BadDigest, NoSuchPart, OtherDigest

MediaState = Literal[
    "uploading", "completing", "received", "inspecting", "ready", "rejected", "abandoned", "withdrawn", "deleted"
]
Rendition = Literal["waiting", "making", "made", "unneeded", "failed"]
"""`unneeded`: the film plays everywhere as it is, and nothing private lies in it."""
PREFIXES = ("quarantine/", "media/", "posters/", "thumbnails/", "shown/", "withheld/")
"""Everything in the store that is a file or was made of one."""
Lock = Literal["wanted", "locked", "not-offered", "releasing"]
"""What the store does about a file that is held: it is to lock a copy, has done so, cannot, is to give it free."""
ViewPurpose = Literal["link", "original", "archive", "thumbnail"]
"""What is shown of it, the file as it was sent, among the files of a directive, or small in a list of files."""
ON_THE_WAY: frozenset[MediaState] = frozenset({"uploading", "completing"})
LIVE: frozenset[MediaState] = ON_THE_WAY | {"received", "inspecting", "ready"}
"""Files whose bytes are kept, or are to come."""

PART_BYTES = 5 << 20
"""The least S3 allows for any part but the last: on a bad line the smallest part loses the least."""
LARGE_FILE_BYTES = 300_000_000
LARGE_PART_BYTES = 16 << 20
MOST_PART_BYTES = 64 << 20
"""A part larger than this loses too much when the line is cut."""
MOST_PARTS = 10_000
"""What S3 allows."""
UPLOADS_AT_ONCE = 20
"""Uploads under way for one obligation; more than that is a programme gone wild."""
UPLOAD_LIFETIME = timedelta(hours=48)
REJECTED_LIFETIME = timedelta(days=30)
"""A person may want to look at what was refused; after that its bytes go."""
WITHHOLD_AGAIN_AFTER = timedelta(minutes=40)
"""Whoever was at work on a file while it was withdrawn may leave objects behind, as long as their lease lasts."""
WITHHELD_LIFETIME = timedelta(days=90)
"""A complaint may still need what was withdrawn; after that nobody does."""
SETTLE_AFTER = timedelta(minutes=2)
"""A completion that is this old was cut off, and somebody else may finish it."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What a file is known by before it is sent: the SHA-256 of each of its parts, in base64, as it will be cut.

    Parts are only ever signed for these, and the store takes no other bytes, so what is joined is what was stated.
    """

    part_bytes: int
    parts: tuple[str, ...]

    @property
    def hexadecimal(self) -> str:
        """Return the SHA-256 of the digests of the parts, one after the other."""
        return hashlib.sha256(b"".join(b64decode(part) for part in self.parts)).hexdigest()


@dataclass(frozen=True, slots=True)
class View:
    """Somebody was let look at a file."""

    person_id: UUID
    purpose: ViewPurpose
    viewed_at: datetime


@dataclass(frozen=True, slots=True)
class Media:
    """One file that belongs to an obligation, and where it stands."""

    id: UUID
    obligation_id: UUID
    uploaded_by: UUID
    file_name: str
    content_type: str
    byte_count: int
    part_bytes: int
    store_upload_id: str
    state: MediaState
    version: int
    opened_at: datetime
    digest: str | None = None
    """`Digest.hexadecimal`; null when the sender stated none."""
    part_digests: tuple[str, ...] | None = None
    stated_parts: list[StatedPart] | None = None
    etag: str | None = None
    received_at: datetime | None = None
    inspected_at: datetime | None = None
    attempts: int = 0
    last_error: str | None = None
    duration_ms: int | None = None
    width: int | None = None
    height: int | None = None
    format: str | None = None
    """What the inspection found it to be."""
    page_count: int | None = None
    scan: str | None = None
    """`clean`, or `not-scanned`: nobody looked for malware."""
    looks_like_pupils: bool = False
    """A hint for the reviewer: names and days of birth of children seem to be listed."""
    has_poster: bool = True
    has_thumbnail: bool = False
    """Files that were inspected before there were thumbnails have none; their posters serve."""
    sha256: str | None = None
    """Of a document or a photograph: of the whole file as its inspection read it, in hex."""
    shown_type: str | None = None
    """What is shown in place of the file, which keeps what the device wrote into it; null: the file itself."""
    rendition: Rendition | None = None
    """Of a film: what becomes of the copy that plays everywhere and says nothing of its device."""
    rendition_percent: int | None = None
    render_attempts: int = 0
    crc32: int | None = None
    """Noted when the file was first sent in a zip, which has to say it."""
    cleared_at: datetime | None = None
    refusal: str | None = None
    measured: int | None = None
    allowed: int | None = None
    held_at: datetime | None = None
    """Since when it is kept whatever the rule says."""
    hold_reason: str | None = None
    lock: Lock | None = None
    deleted_at: datetime | None = None
    deletion_rule: str | None = None
    deletion_confirmed_at: datetime | None = None
    """When the store held nothing of it any more."""
    withdrawn_at: datetime | None = None
    withdrawal_reason: str | None = None

    @property
    def part_count(self) -> int:
        """Return how many parts the file has."""
        return math.ceil(self.byte_count / self.part_bytes)

    @property
    def quarantine_key(self) -> str:
        """Return where the file lies until it has been inspected."""
        return f"quarantine/{self.id}"

    @property
    def final_key(self) -> str:
        """Return where a file lies that passed: the key carries its ETag, so it is never overwritten."""
        return f"media/{self.id}/{self.etag}"

    @property
    def poster_key(self) -> str:
        """Return where the poster of a file lies."""
        return f"posters/{self.id}.jpg"

    @property
    def thumbnail_key(self) -> str:
        """Return where the picture of a file for lists lies."""
        return f"thumbnails/{self.id}.jpg"

    @property
    def shown_key(self) -> str:
        """Return where that lies which is shown in place of the file."""
        return f"shown/{self.id}"

    @property
    def withheld_key(self) -> str:
        """Return where a file lies that was withdrawn; no link is ever signed for it."""
        return f"withheld/{self.id}"

    @property
    def shown_keys(self) -> tuple[str, ...]:
        """Return the keys that a link, or whoever carries a file on, may reach."""
        return (self.final_key, self.poster_key, self.thumbnail_key, self.shown_key, self.quarantine_key)

    @property
    def required_keys(self) -> dict[str, int | None]:
        """Return the keys that must be in the store as things stand, with the length of each where it is known."""
        if self.state in ("received", "inspecting"):
            return {self.quarantine_key: self.byte_count}
        if self.state == "rejected":
            return {} if self.cleared_at is not None else {self.quarantine_key: self.byte_count}
        if self.state == "withdrawn":
            whole = self.cleared_at is not None and self.etag is not None
            return {self.withheld_key: self.byte_count} if whole else {}
        if self.state != "ready":
            return {}
        beside = {self.poster_key: None} if self.has_poster else {}
        small = {self.thumbnail_key: None} if self.has_thumbnail else {}
        shown = {} if self.shown_type is None else {self.shown_key: None}
        return {self.final_key: self.byte_count, **beside, **small, **shown}

    @property
    def allowed_keys(self) -> set[str]:
        """Return every key that may be in the store as things stand, while somebody is at work on the file."""
        if self.state in ("received", "inspecting"):  # an inspector puts what it found before it says so
            return {*self.required_keys, *self.shown_keys}
        waits = self.rendition in ("waiting", "making")
        uncleared = self.cleared_at is None and self.state != "abandoned"
        if self.state == "deleted":
            return {*self.shown_keys, self.withheld_key} if self.deletion_confirmed_at is None else set()
        return {
            *self.required_keys,
            *([self.shown_key] if waits else []),
            *(self.shown_keys if self.state == "withdrawn" and uncleared else []),
            *([self.quarantine_key] if uncleared else []),
        }

    def bytes_of_part(self, number: int) -> int:
        """Return how large the part must be; raise `NoSuchPart` for a number the file does not have."""
        if not 1 <= number <= self.part_count:
            raise NoSuchPart(
                f"Tệp có {self.part_count} phần, không có phần {number}.",
                f"The file has {self.part_count} part(s) and no part {number}.",
                part_count=self.part_count,
            )
        return min(self.part_bytes, self.byte_count - (number - 1) * self.part_bytes)

    def refuse_other_bytes(self, number: int, sha256: str) -> None:
        """Raise `OtherDigest` when the file was opened with another digest for this part."""
        if self.part_digests is not None and self.part_digests[number - 1] != sha256:
            raise OtherDigest(
                f"Phần {number} không giống với tệp đã khai khi bắt đầu tải lên; hãy chọn lại đúng tệp.",
                f"Part {number} is not of the file this upload was opened for.",
                number=number,
            )

    def received_parts(self, held: list[HeldPart]) -> list[HeldPart]:
        """Return the parts that lie whole in the store, each number once: what was sent last counts.

        A store may list a part twice that was sent twice, in the order in which they came.
        """
        newest = {
            part.number: part
            for part in held
            if 1 <= part.number <= self.part_count and part.byte_count == self.bytes_of_part(part.number)
        }
        return [newest[number] for number in sorted(newest)]

    def is_stated_whole(self, stated: Sequence[StatedPart]) -> bool:
        """Say whether every part of the file is stated, and each once."""
        return sorted(part.number for part in stated) == list(range(1, self.part_count + 1))

    def missing_parts(self, stated: Sequence[StatedPart], held: Sequence[HeldPart]) -> list[int]:
        """Return the numbers of the parts that were not stated, or that the store does not hold as stated."""
        whole = {
            (part.number, part.etag)
            for part in held
            if 1 <= part.number <= self.part_count and part.byte_count == self.bytes_of_part(part.number)
        }
        right = {part.number for part in stated if (part.number, part.etag) in whole}
        return [number for number in range(1, self.part_count + 1) if number not in right]


def refuse_odd_digest(digest: Digest, byte_count: int) -> None:
    """Raise `BadDigest` unless a file of that size can be cut like this, and every part has its digest."""
    fits = PART_BYTES <= digest.part_bytes <= MOST_PART_BYTES and len(digest.parts) <= MOST_PARTS
    if not fits or len(digest.parts) != math.ceil(byte_count / digest.part_bytes):
        raise BadDigest(
            f"Mã băm không khớp với cách chia tệp: mỗi phần từ {PART_BYTES >> 20} đến {MOST_PART_BYTES >> 20} MiB, "
            "mỗi phần một mã băm.",
            f"Parts have {PART_BYTES} to {MOST_PART_BYTES} bytes, and each has one digest.",
            part_bytes_least=PART_BYTES,
            part_bytes_most=MOST_PART_BYTES,
        )


def part_bytes_for(byte_count: int) -> int:
    """Return how large the parts of a file of that size are."""
    return PART_BYTES if byte_count <= LARGE_FILE_BYTES else LARGE_PART_BYTES
