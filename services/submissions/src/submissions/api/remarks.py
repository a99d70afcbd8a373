"""What is remarkable about an answer and how it is explained, as it comes in and is shown."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from chassis.text import IndicatorCode, Narrative, Period
from submissions.domain.answer import EXPLANATION_CHARACTERS, Explanation
from submissions.domain.fault import Remark


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
