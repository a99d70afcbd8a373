"""What came back: where an answer stands, and what each version of it states."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

AnswerState = Literal["submitted", "returned", "accepted", "withdrawn"]
COUNTING: tuple[AnswerState, ...] = ("submitted", "accepted")
"""What is returned for revision or was withdrawn does not count, until it is sent again."""
Values = Mapping[str, Mapping[str, int]]
"""What was stated: period → indicator → value; a bool counts as one or nothing."""
ByLevel = Mapping[str, Mapping[str, Mapping[str, int]]]
"""The same by education level: period → level → indicator → value."""


class Answer(NamedTuple):
    """Where the answer to an obligation stands, by the newest event heard of it."""

    obligation_id: UUID
    version: int
    number: int
    state: AnswerState


class AnswerValues(NamedTuple):
    """What one submission version states."""

    obligation_id: UUID
    number: int
    is_late: bool
    is_nil: bool
    stated: Values
    submitted_at: datetime
    by_level: ByLevel = {}  # noqa: RUF012  a `Mapping`, which nobody writes to
    """What was stated per education level, which `stated` has whole."""
    media_awaited_until: datetime | None = None
    """Until when files it asks for may follow; null: it has all."""
    is_media_late: bool = False
