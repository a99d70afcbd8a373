"""A letter that was read, as it stands beside what was read off it: in pieces, each with what it became. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

SURE = 0.8
"""From here on what was read is shown as clear; the service says how sure it is."""
MOST_MARKS = 400
HEAD = ("issuer", "number", "notation", "place", "day", "document_type", "subject", "signer", "contact")
"""What stands once in a letter, in the order it is numbered."""


class Mark(BaseModel):
    """A place in the text, and the field it became; `at` numbers it."""

    model_config = ConfigDict(extra="forbid")

    at: int = Field(ge=1, le=MOST_MARKS)
    field: str = Field(max_length=80)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the text that belongs to the same mark; `begins` and `ends` say where the mark does."""

    text: str
    mark: Mark | None
    begins: bool
    ends: bool


def marks_of(proposal: Mapping[str, Any]) -> list[Mark]:
    """Return every place of a letter from which something was read, numbered in the order they stand in."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    for name in HEAD:
        told = proposal[name]
        if name == "signer" and told is not None:
            told = told["name"] or told["position"]
        span = (told or {}).get("source", told)
        if span:
            found.append((name, span))
    for name in ("addressees", "recipients"):
        found += [(name, each["source"]) for each in proposal[name]]
    found += [("replaces", proposal["citations"][place]["source"]) for place in proposal["replaces"]]
    for place, each in enumerate(proposal["requirements"]):
        found.append((f"requirements[{place}]", {**each["sentence"], "confidence": each["confidence"]}))
        found += [(f"requirements[{place}].due_at", proposal["deadlines"][due]["source"]) for due in each["deadlines"]]
    found.sort(key=lambda each: (each[1]["start"], -each[1]["end"]))
    return [
        Mark(at=at, field=name, start=span["start"], end=span["end"], is_sure=span["confidence"] >= SURE)
        for at, (name, span) in enumerate(found[:MOST_MARKS], start=1)
    ]


def pieces(text: str, marks: Sequence[Mark]) -> list[Piece]:
    """Return a text cut where marks begin and end; where marks lie in one another, the innermost has the text."""
    edges = sorted({0, len(text), *(min(edge, len(text)) for mark in marks for edge in (mark.start, mark.end))})
    found = []
    for start, end in pairwise(edges):
        over = [mark for mark in marks if mark.start <= start and end <= mark.end]
        inner = min(over, key=lambda mark: (mark.end - mark.start, mark.at), default=None)
        found.append(Piece(text[start:end], inner, begins=False, ends=False))
    return _with_ends(found)


def numbers(marks: Iterable[Mark], field: str) -> list[Mark]:
    """Return the marks a field was read from."""
    return [mark for mark in marks if mark.field == field]


def _with_ends(found: Sequence[Piece]) -> list[Piece]:
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for place, piece in enumerate(found):
        if piece.mark is not None:
            first.setdefault(piece.mark.at, place)
            last[piece.mark.at] = place
    return [
        Piece(piece.text, piece.mark, place == first[piece.mark.at], place == last[piece.mark.at])
        if piece.mark is not None
        else piece
        for place, piece in enumerate(found)
    ]
