"""Who a request comes from, as a verified token states it."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class HeldPost(BaseModel):
    """A role at a unit, as a token states it. Unit `*` is the whole province."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit_id: str
    role: str


class Scope(BaseModel):
    """What a key may be used for: these purposes, at a unit and below it. It grants nothing by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit_id: str
    purposes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Caller:
    """The person or machine a request comes from, and the posts it holds today."""

    id: UUID
    kind: Literal["person", "machine"]
    posts: tuple[HeldPost, ...]
    session: UUID | None = None
    """The session the token belongs to, to be ended on signing out; machines that sign in with a password have none."""
    scopes: tuple[Scope, ...] | None = None
    """What the caller is limited to beside its posts; null: to nothing else. `chassis.policy` sees to it."""
