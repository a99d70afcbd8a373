"""What everything has in common that people send to the directory."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.frame import frame_of
from chassis.text import UnitId
from chassis.transaction import Transactions
from directory.access import Access
from directory.domain.days import FIRST_DAY, LAST_DAY
from directory.passwords import Passwords

Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
"""A day within living memory or planning."""
UnitTypeCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


PostUnit = UnitId | Literal["*"]
"""A unit, or the whole province."""


class Sent(BaseModel):
    """What somebody sends us."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _access(request: Request) -> Access:
    access: Access = request.app.state.access
    return access


LettingIn = Annotated[Access, Depends(_access)]
"""What signing in takes, in this process."""


def _transactions(request: Request) -> Transactions:
    return frame_of(request).transactions


OpenTransactions = Annotated[Transactions, Depends(_transactions)]
"""For what takes more than one transaction, or must be remembered although it fails."""


def _passwords(request: Request) -> Passwords:
    return _access(request).passwords


HashedPasswords = Annotated[Passwords, Depends(_passwords)]
"""What hashes and compares passwords in this process."""
