"""What everything has in common that people send to the directory."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from directory.domain.days import FIRST_DAY, LAST_DAY
from directory.passwords import Passwords

Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
"""A day within living memory or planning."""


class Sent(BaseModel):
    """What somebody sends us."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _passwords(request: Request) -> Passwords:
    passwords: Passwords = request.app.state.passwords
    return passwords


HashedPasswords = Annotated[Passwords, Depends(_passwords)]
"""What hashes and compares passwords in this process."""
