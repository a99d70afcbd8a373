"""What people send about how answers come about."""

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from contracts.directives import AnsweringAsked
from directives.domain.requirement import MOST_REVISION_DAYS


class AnsweringIn(BaseModel):
    """Who must agree to an answer before it is sent, and how many days a returned one has."""

    model_config = ConfigDict(extra="forbid")

    needs_approval: StrictBool = False
    revision_days: int | None = Field(default=None, strict=True, ge=0, le=MOST_REVISION_DAYS)

    def asked(self) -> AnsweringAsked:
        """Return it as it is told."""
        return AnsweringAsked(**self.model_dump())
