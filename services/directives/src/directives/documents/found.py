"""What a proposal is made of. What was found says where: `text` is exactly what stands between `start` and `end`."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Flag = Literal[
    "notation-irregular", "date-incomplete", "date-impossible", "year-missing", "day-missing",
    "citation-incomplete",
    "author-and-notation-differ", "type-and-notation-differ", "cited-two-ways", "deadline-before-document",
    "window-backwards", "weekday-differs", "quota-does-not-add-up", "personal-contact", "minors-listed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the normalised text, as written; `value` is the same on one line."""

    text: str
    start: int
    end: int
    confidence: float

    @property
    def value(self) -> str:
        """Return the text without line breaks."""
        return one_line(self.text)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something kept as written that a person should look at."""

    code: Flag
    what_vi: str
    what_en: str
    where: Span


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that a directive has and this document does not say."""

    field: str
    what_vi: str
    what_en: str


@dataclass(frozen=True, slots=True)
class Written:
    """A value that was read off the text, and where it stands."""

    value: str
    source: Span


@dataclass(frozen=True, slots=True)
class Day:
    """A day as written: parts that are not there are null; `on` is null unless all are and the day exists."""

    day: int | None
    month: int | None
    year: int | None
    on: date | None
    source: Span


@dataclass(frozen=True, slots=True)
class Addressee:
    """A line of *Kính gửi*: which post, at which classes of units."""

    source: Span
    post: str | None
    classes: tuple[str, ...]


Purpose = Literal["execute", "inform", "report_to", "coordinate", "monitor", "archive"]


@dataclass(frozen=True, slots=True)
class FoundRecipient:
    """A line of *Nơi nhận*; `purpose` is null where the document says none."""

    source: Span
    name: str
    purpose: Purpose | None
    purpose_source: Span | None
    is_addressees: bool
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: competence (KT., TL., TM., TUQ., Q.; two as `TM., KT.`) and its lines, post and name."""

    competence: str | None
    competence_source: Span | None
    position: Span | None
    name: Span | None


Relation = Literal["basis", "replaces", "refers_to"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A document that is cited, as written; `same_as` is the place of an earlier citation of the same document."""

    source: Span
    document_type: str | None
    number: str
    year: int | None
    notation: str
    dated: Day | None
    author: Span | None
    alias: Span | None
    relation: Relation
    same_as: int | None


DueKind = Literal["before_date", "by_end_of_date", "at_time", "window", "within_days", "periodic"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time the document sets, with its sentence; `due_at` is the first instant that is too late."""

    source: Span
    sentence: Span
    kind: DueKind
    on: date | None
    due_at: datetime | None
    until: date | None
    within_days: int | None
    working_days: bool
    every: str | None
    is_event: bool


@dataclass(frozen=True, slots=True)
class Quota:
    """How many people, and of which role."""

    count: int
    role: Span


RequirementKind = Literal["report", "video", "figures", "registration", "document", "list", "cascade", "task"]


@dataclass(frozen=True, slots=True)
class CandidateRequirement:
    """Something the document asks of a class of units; a person makes it a requirement, or does not."""

    kind: RequirementKind
    sentence: Span
    audience: tuple[str, ...]
    audience_source: Span | None
    deadlines: tuple[int, ...]
    condition: Span | None
    through: Span | None
    quotas: tuple[Quota, ...]
    count: int | None
    longest_seconds: int | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Target:
    """A share that is to be reached."""

    source: Span
    percent: float
    at_least: bool
    of: Span


@dataclass(frozen=True, slots=True)
class OutlineSection:
    """A heading of an attached outline."""

    mark: str
    depth: int
    title: Span


@dataclass(frozen=True, slots=True)
class OutlineIndicator:
    """A figure an attached outline asks for."""

    name: Span
    section: str | None


@dataclass(frozen=True, slots=True)
class Outline:
    """What an attached outline asks for: sections, figures, periods."""

    title: Span | None
    sections: tuple[OutlineSection, ...]
    indicators: tuple[OutlineIndicator, ...]
    periods: tuple[Span, ...]


_VIETNAMESE = [chr(code) for code in (*range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA))]
UPPER = "A-Z" + "".join(letter for letter in _VIETNAMESE if letter.isupper())
"""Capital letters, for a character class: they do not lie side by side in Unicode."""
LOWER = "a-z" + "".join(letter for letter in _VIETNAMESE if letter.islower())


def one_line(text: str) -> str:
    """Return the text with every run of white space as one space."""
    return re.sub(r"\s+", " ", text).strip()


def piece(text: str, start: int, end: int, confidence: float = 0.9) -> Span:
    """Return the span from `start` to `end` without the white space around it."""
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip())
    inner = inner.strip()
    return Span(inner, start, start + len(inner), confidence)


def part(text: str, match: re.Match[str], group: int | str = 0, confidence: float = 0.9) -> Span:
    """Return what a group of a match took."""
    return piece(text, match.start(group), match.end(group), confidence)


def pattern(written: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """Compile a pattern in which a space stands for any white space, line breaks included; ` ?` for that or nothing."""
    written = re.sub(r"\(\?<[!=][^()]*\)", lambda behind: behind[0].replace(" ", r"\s"), written)  # of a fixed width
    spaces = written.replace(" ?", r"\s*").replace(" *", r"\s*").replace(" ", r"\s+")
    return re.compile(spaces, flags)
