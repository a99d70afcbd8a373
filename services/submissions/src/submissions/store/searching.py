"""Answers whose words were asked for, out of PostgreSQL: of those a reader may see, the newest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, func, literal_column, or_, select, true

from chassis.searching import has_word
from chassis.transaction import Transaction
from submissions.domain.submission import State
from submissions.store.asked import at_desks
from submissions.tables import obligations, requirements, submission_versions, submissions

LOOKED_THROUGH = 5_000
"""Words are looked for in so many answers a reader may see, the newest: some tens of megabytes of text at most."""


@dataclass(frozen=True, slots=True)
class Readable:
    """The units by which an obligation can be read."""

    as_unit: Sequence[str]
    """Whose obligations are read."""
    as_answering: Sequence[str]
    """Who answers them."""
    as_desk: Sequence[str]
    """Who issued or reviews them."""


@dataclass(frozen=True, slots=True)
class Worded:
    """An answer that has the words, as of its newest version."""

    submission_id: UUID
    obligation_id: UUID
    directive_id: UUID
    requirement_id: UUID
    title: str | None
    """What the requirement is called; null while its directive has not been told."""
    unit_id: str
    answering_unit_id: str
    state: State
    number: int
    submitted_at: datetime
    narrative: Mapping[str, str | list[str]]


async def having(tx: Transaction, words: Sequence[str], *, readable: Readable | None, most: int) -> Sequence[Worded]:
    """Return the newest answers with all words in what was written, of those that are readable; null: of all."""
    newest = (
        select(
            *submissions.c["submission_id", "state", "number"],
            *obligations.c["obligation_id", "directive_id", "requirement_id", "unit_id", "answering_unit_id"],
            *submission_versions.c["submitted_at", "narrative"],
        )
        .join_from(submissions, obligations, obligations.c.obligation_id == submissions.c.obligation_id)
        .join(
            submission_versions,
            and_(
                submission_versions.c.submission_id == submissions.c.submission_id,
                submission_versions.c.number == submissions.c.number,
            ),
        )
        # What was carried over is found where it went.
        .where(submissions.c.carried_to.is_(None), _may_be_read(readable) if readable else true())
        .order_by(submissions.c.submission_id.desc())  # which grows with time
        .limit(LOOKED_THROUGH)
        .subquery()
    )
    # Lines of text alone or in a list; how a heading is called nobody wrote.
    line = func.jsonb_path_query(
        newest.c.narrative, literal_column("'strict $.** ? (@.type() == \"string\")'::jsonpath")
    )
    lines = line.column_valued("line")
    written = func.string_agg(lines.op("#>>")(literal_column("'{}'::text[]")), " ")
    said = select(cast(written, Text).label("words")).correlate(newest).lateral()
    title = select(requirements.c.rules["title"].astext).where(requirements.c.requirement_id == newest.c.requirement_id)
    asked = (
        select(*newest.c, title.scalar_subquery().label("title"))
        .join_from(newest, said, true())
        .where(*(has_word(said.c.words, word) for word in words))
        .order_by(newest.c.submission_id.desc())
        .limit(most)
    )
    return [Worded(**row) for row in (await tx.connection.execute(asked)).mappings()]


def _may_be_read(by: Readable) -> ColumnElement[bool]:
    return or_(
        obligations.c.unit_id.in_(by.as_unit),
        obligations.c.answering_unit_id.in_(by.as_answering),
        at_desks(by.as_desk),
    )
