"""What is remarkable about an answer, how it is explained and what it was added up from."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chassis.text import IndicatorCode, Narrative, Period, UnitId
from submissions.domain.answer import EXPLANATION_CHARACTERS, LARGEST, Explanation
from submissions.domain.consolidated import MOST_PARTS, Consolidated, Part
from submissions.domain.fault import Remark
from submissions.domain.quoted import Quoted, Source, agreement


class ExplanationIn(BaseModel):
    """Why a figure is as it is."""

    model_config = ConfigDict(extra="forbid")

    indicator: IndicatorCode
    period: Period
    words: Annotated[Narrative, Field(min_length=1, max_length=EXPLANATION_CHARACTERS)]

    def explanation(self) -> Explanation:
        """Return it in the domain's words."""
        return Explanation(self.indicator, self.period, self.words)


class ExplanationOut(BaseModel):
    """Why a figure is as it is."""

    indicator: str
    period: str
    words: str


class RemarkOut(BaseModel):
    """Something about one figure, over all its levels, that its sender is told; `where`: a path into the body."""

    where: str
    indicator: str
    period: str
    what_vi: str
    what_en: str
    needs_explanation: bool

    @classmethod
    def of(cls, remark: Remark) -> "RemarkOut":
        """Return the remark as it is shown."""
        return cls(**remark._asdict())


class BoundOut(BaseModel):
    """Within which bounds a figure, over all its levels, raises no question: what was `stated` of what, and of when."""

    indicator: str
    period: str
    against: Literal["previous", "ceiling"]
    stated_in: str
    stated: int
    stated_for: str
    least: int | None
    most: int


class PartIn(BaseModel):
    """What one unit stated, and in which version of its submission, where it was sent here."""

    model_config = ConfigDict(extra="forbid")

    unit_id: UnitId
    value: Annotated[int, Field(strict=True, ge=-LARGEST - 1, le=LARGEST)]
    submission_id: UUID | None = None
    number: Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)] | None = None

    @model_validator(mode="after")
    def _is_of_a_version(self) -> Self:
        if (self.submission_id is None) != (self.number is None):
            raise ValueError("nêu cả bài nộp và lần nộp / both the submission and its number")
        return self


class ConsolidatedIn(BaseModel):
    """The units behind one figure of one period."""

    model_config = ConfigDict(extra="forbid")

    indicator: IndicatorCode
    period: Period
    parts: list[PartIn] = Field(min_length=1, max_length=MOST_PARTS)

    def consolidated(self) -> Consolidated:
        """Return it in the domain's words."""
        parts = tuple(Part(each.unit_id, each.value, each.submission_id, each.number) for each in self.parts)
        return Consolidated(self.indicator, self.period, parts)


class PartOut(BaseModel):
    """What one unit stated, as the sender took it."""

    unit_id: str
    value: int
    submission_id: UUID | None
    number: int | None
    agreement: str | None
    """Whether that version states it: `agrees`, `differs`, `replaced` by a newer one; null: whoever reads this may not
    see it, or none is named."""


class ConsolidatedOut(BaseModel):
    """The units behind one figure of one period, and what they add up to."""

    indicator: str
    period: str
    total: int
    parts: list[PartOut]

    @classmethod
    def of(cls, said: Consolidated, quoted: Mapping[Source, Quoted]) -> "ConsolidatedOut":
        """Return it as it is shown to whoever may see these versions behind it."""
        parts = [PartOut(**each._asdict(), agreement=agreement(said, each, quoted)) for each in said.parts]
        return cls(indicator=said.indicator, period=said.period, total=said.total, parts=parts)
