"""Versions that others were added up from, out of PostgreSQL."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ARRAY, Integer, Uuid, any_, bindparam, select

from chassis.strokes import Stroke, Strokes
from chassis.transaction import Transaction
from submissions.domain.answer import Stated
from submissions.domain.asked import Obligation
from submissions.domain.quoted import Quoted, Source
from submissions.store.asked import OBLIGATION_COLUMNS, obligation_of
from submissions.tables import obligations, submission_versions, submissions

Found = dict[Source, tuple[Obligation, Quoted]]
_QUOTED = (
    select(
        *submission_versions.c["submission_id", "number", "stated", "is_nil"],
        submissions.c.number.label("newest"),
        submissions.c.state.label("standing"),
        *OBLIGATION_COLUMNS,
    )
    .join_from(submission_versions, submissions, submissions.c.submission_id == submission_versions.c.submission_id)
    .join(obligations, obligations.c.obligation_id == submissions.c.obligation_id)
    .where(
        submission_versions.c.submission_id == any_(bindparam("wanted", type_=ARRAY(Uuid))),
        # More than the pairs that are wanted, where two parts name different numbers; the others are left out below.
        submission_versions.c.number == any_(bindparam("numbers", type_=ARRAY(Integer))),
    )
)
_READ_QUOTED = Stroke(_QUOTED)


async def find_quoted(tx: Transaction, sources: Collection[Source]) -> Found:
    """Return those of the named versions that exist, each with the obligation it answers."""
    rows = (await tx.connection.execute(_QUOTED, _said(sources))).mappings()
    return dict(_found(rows, sources))


async def read_quoted(strokes: Strokes, sources: Collection[Source]) -> Found:
    """Return what `find_quoted` does, in one stroke."""
    rows = await strokes.rows(_READ_QUOTED, **_said(sources))
    return dict(_found(({**row, "stated": json.loads(row["stated"])} for row in rows), sources))


def _said(sources: Collection[Source]) -> dict[str, Any]:
    return {"wanted": [each for each, _ in sources], "numbers": sorted({number for _, number in sources})}


def _found(
    rows: Iterable[Mapping[Any, Any]], sources: Collection[Source]
) -> Iterator[tuple[Source, tuple[Obligation, Quoted]]]:
    for row in rows:
        source = (row["submission_id"], row["number"])
        if source in sources:
            stands = row["number"] == row["newest"] and row["standing"] in ("submitted", "accepted")
            stated = [Stated(*each) for each in row["stated"]]
            yield source, (obligation_of(row), Quoted(row["unit_id"], stands, row["is_nil"], stated))
