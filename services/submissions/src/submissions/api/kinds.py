"""What only some kinds of answers have, as it comes in and is shown: people, and official documents."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from chassis.text import Line, UnitId, composed

ShortCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
"""The code of a role or a subject."""
DocumentCode = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=64, pattern=r"^\d{1,6}/[^\W_]+([&.-][^\W_]+)*$"),
    AfterValidator(composed),
]
"""Number and notation of a document, as `15/KH-THCSBD`."""


class DelegateIn(BaseModel):
    """Somebody who is registered."""

    model_config = ConfigDict(extra="forbid")

    full_name: Annotated[Line, Field(max_length=100)]
    role: ShortCode
    subject: ShortCode | None = None
    unit_id: UnitId | None = None


class OfficialIn(BaseModel):
    """The document of the unit's own that is sent, as it is written on it."""

    model_config = ConfigDict(extra="forbid")

    code: DocumentCode
    subject: Line
    issued_on: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
    signed_by: Annotated[Line, Field(max_length=100)]
    signed_media_id: UUID | None = None
    """Of a report: the PDF that was signed."""
    signed_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    """What the sender knows the signed file by; refused when the store holds another one."""


class DelegateOut(BaseModel):
    """Somebody who is registered; `full_name` is empty since it was erased by the rule, at `erased_at`."""

    full_name: str
    role: str
    subject: str | None
    unit_id: str | None
    erased_at: datetime | None


class OfficialOut(BaseModel):
    """The document of the unit's own that was sent."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    subject: str
    issued_on: date
    signed_by: str
    signed_media_id: UUID | None
    signed_sha256: str | None
