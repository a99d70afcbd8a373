"""What people send to the front door about headings, and about the files an answer is made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.text import Line
from contracts.directives import EvidenceAsked, FileFormat, MediaAsked, SectionAsked, SectionKind
from directives.domain.files import MOST_FILES
from directives.domain.requirement import MOST_BYTES, MOST_MEDIA, MOST_SECONDS

SectionCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
MOST_PIXELS_OF_A_SIDE = 8_000


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EvidenceIn(_In):
    """Which files stand under a heading."""

    at_least: int = Field(default=0, strict=True, ge=0, le=MOST_FILES)
    at_most: int = Field(default=1, strict=True, ge=1, le=MOST_FILES)
    formats: list[FileFormat] = Field(default=["pdf"], min_length=1, max_length=20)
    max_bytes: int = Field(default=MOST_BYTES, strict=True, ge=1, le=MOST_BYTES)
    max_seconds: int = Field(default=MOST_SECONDS, strict=True, ge=1, le=MOST_SECONDS)


class SectionIn(_In):
    """A heading to be written under, or to put evidence under."""

    code: SectionCode
    title: Line
    kind: SectionKind
    evidence: EvidenceIn | None = None

    def asked(self) -> SectionAsked:
        """Return it as it is told."""
        evidence = self.evidence and EvidenceAsked(**self.evidence.model_dump())
        return SectionAsked(code=self.code, title=self.title, kind=self.kind, evidence=evidence)


class MediaIn(_In):
    """How many files, how long and how large; of pictures and recordings, in which formats."""

    count: int = Field(strict=True, ge=1, le=MOST_MEDIA)
    max_seconds: int = Field(default=MOST_SECONDS, strict=True, ge=1, le=MOST_SECONDS)
    max_bytes: int = Field(default=MOST_BYTES, strict=True, ge=1, le=MOST_BYTES)
    formats: list[FileFormat] = Field(default=[], max_length=10)
    least_pixels: int | None = Field(default=None, strict=True, ge=1, le=MOST_PIXELS_OF_A_SIDE)

    def asked(self) -> MediaAsked:
        """Return it as it is told."""
        return MediaAsked(**self.model_dump())
