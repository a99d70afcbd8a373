"""What an outline is made of, as directives tells it: figures, rules, targets, periods, headings, files."""

from datetime import date
from typing import Literal

from contracts.event import Fact

IndicatorType = Literal["bool", "int", "money", "ratio"]
"""A ratio is stated by nobody: it is worked out from two other figures, at every level as sum over sum."""
Comparison = Literal["at_most", "equals", "at_least"]
SectionKind = Literal["text", "list", "evidence"]
"""`evidence`: files that show what is reported (minh chứng)."""
FileFormat = Literal["pdf", "docx", "xlsx", "pptx", "jpg", "png", "webp", "mp4", "mov", "mp3", "m4a", "wav", "ogg"]
"""By what is found in a file; `mp4` and `mov` stand for films, whichever of the formats of phones they are in."""


class IndicatorAsked(Fact):
    """One figure a report must state, for each period of its requirement."""

    code: str
    name: str
    type: IndicatorType
    unit_of_measure: str
    at_most: str | None = None
    """The code of another indicator that this one may not exceed."""
    only_if: str | None = None
    """The code of a bool indicator that must be true when this one is above zero."""
    of_which: str | None = None
    """The code of the indicator this one is a part of (trong đó): it may not exceed it."""
    numerator: str | None = None
    """Of a ratio, and of nothing else: the code of the figure above the line."""
    denominator: str | None = None
    per_level: bool = False
    """Stated once for each education level the unit teaches; the whole is the sum of its levels."""
    levels: tuple[str, ...] = ()
    """Of one that is asked per level: the levels it is asked of; none named: all that the unit teaches."""
    is_sensitive: bool = False
    """Small totals of it would tell of single people: they are kept back before anything leaves the house."""
    previous_percent: int | None = None
    """Whoever states a figure that differs by more than so many percent from that of the period before is told so."""
    ceiling: str | None = None
    """The code of a figure the unit states for another requirement, as its enrolment: what it stated of it last.
    Whoever states more than that is told so."""
    needs_explanation: bool = False
    """Whoever is told something about this figure and sends it all the same says why."""


class TermAsked(Fact):
    """A figure, as often as it counts; without an indicator, the number itself."""

    indicator: str | None = None
    times: int = 1


class RuleAsked(Fact):
    """What must hold between the figures of one period: the sum on the left against the sum on the right."""

    code: str
    left: tuple[TermAsked, ...]
    holds: Comparison
    right: tuple[TermAsked, ...]
    message_vi: str
    message_en: str
    only_warns: bool = False
    """An answer that breaks it is taken all the same; whoever sends it is told."""
    needs_explanation: bool = False
    """Of one that only warns: whoever sends an answer that breaks it says why."""


TargetKind = Literal["policy", "assigned", "registered", "previous"]
"""Set for all (phấn đấu), assigned to each unit (giao), registered by the unit (đăng ký), or the period before."""
TargetHolds = Literal["at_least", "at_most"]


class TargetAsked(Fact):
    """What a figure is compared with. What is assigned to a unit comes with its obligation."""

    indicator: str
    kind: TargetKind
    holds: TargetHolds = "at_least"
    value: int | None = None
    """Of a policy target: the figure; of a ratio, or of units that say yes, so many of ten thousand."""
    registered_in: str | None = None
    """Of a registered target: the code of the figure in which the unit states it."""
    periods: tuple[str, ...] = ()
    """The periods it is for; none named: all."""
    warns: bool = True
    """Whoever answers and misses it is told so."""


class TargetAssigned(Fact):
    """What one unit is to reach."""

    indicator: str
    value: int
    period: str | None = None
    """Null: every period."""


class PeriodAsked(Fact):
    """One period of the calendar a requirement is asked by; both days belong to it."""

    code: str
    name: str
    starts_on: date
    ends_on: date


class EvidenceAsked(Fact):
    """Which files stand under a heading: how many, of which formats, how large and how long."""

    at_least: int
    """0: whoever has none sends none."""
    at_most: int
    formats: tuple[FileFormat, ...]
    max_bytes: int
    """Of each file."""
    max_seconds: int
    """Of each film or recording."""


class SectionAsked(Fact):
    """One heading of the outline."""

    code: str
    title: str
    kind: SectionKind
    evidence: EvidenceAsked | None = None
    """Of a heading for evidence, and of no other; what is stated there are the ids of the files."""


class MediaAsked(Fact):
    """What films must be, or recordings, or pictures: exactly so many."""

    count: int
    max_seconds: int
    max_bytes: int
    formats: tuple[FileFormat, ...] = ()
    """Of what is no film: recordings or pictures; none named: films."""
    least_pixels: int | None = None
    """Of pictures: the shorter side has at least so many."""


class AnsweringAsked(Fact):
    """How an answer comes about: who must agree to it first, and what may come after it."""

    needs_approval: bool = False
    """The head of the unit approves it before it is sent."""
    revision_days: int | None = None
    """How many days a unit has for what was returned, the day of the return not counted; null: it is due as before."""
    revision_in_working_days: bool = False
    """Those are days that are worked in the province."""
    files_follow_days: int | None = None
    """How many days after the answer is due its files may follow; null: they come with it."""
    is_consolidated: bool = False
    """The unit adds up what units below it stated, and says with each figure which ones stand behind it."""
    is_official: bool = False
    """A report that is a document of the unit's own: number, date and signer are stated, and a signed PDF may be it."""


class DocumentAsked(Fact):
    """What documents an answer is made of: how many files, of which formats, and whether they are official ones."""

    at_least: int
    at_most: int
    formats: tuple[FileFormat, ...]
    max_bytes: int
    """Of each file."""
    is_official: bool = False
    """It is a document of the unit's own (kế hoạch, quyết định), with number, date and signer, which are stated."""
