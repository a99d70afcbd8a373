"""What people send about how answers come about."""

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from contracts.directives import AnsweringAsked
from directives.domain.requirement import MOST_FILES_FOLLOW_DAYS, MOST_REVISION_DAYS


class AnsweringIn(BaseModel):
    """Who must agree to an answer before it is sent, how many days a returned one has, and whether files may follow."""

    model_config = ConfigDict(extra="forbid")

    needs_approval: StrictBool = False
    revision_days: int | None = Field(default=None, strict=True, ge=0, le=MOST_REVISION_DAYS)
    revision_in_working_days: StrictBool = False
    is_official: StrictBool = False
    is_consolidated: StrictBool = False
    files_follow_days: int | None = Field(default=None, strict=True, ge=1, le=MOST_FILES_FOLLOW_DAYS)

    def asked(self) -> AnsweringAsked:
        """Return it as it is told."""
        return AnsweringAsked(**self.model_dump())
