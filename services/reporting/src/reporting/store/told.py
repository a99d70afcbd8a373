"""What was told, and what it adds up to, into PostgreSQL.

The text of a statement does not depend on how many rows it takes, so it is compiled once. Rows go in as one JSON
document, which PostgreSQL unfolds with `jsonb_to_recordset`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic_core import to_json
from sqlalchemy import (
    CTE,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.sql.selectable import TableValuedAlias

from chassis.rendered import Rendered
from chassis.transaction import Transaction
from reporting.domain import (
    Answer,
    AnswerValues,
    Contribution,
    Obligation,
    ObligationChange,
    Requirement,
)
from reporting.tables import (
    answer_values,
    answers,
    contributions,
    obligation_changes,
    obligations,
    requirements,
)

Versioned = TypeVar("Versioned", Requirement, Obligation, ObligationChange, Answer)

GROUND_LOCK = 0xC09_9E0
"""Advisory lock on the tree, the requirements and the obligations: what decides where an answer counts."""

_TAKE_GROUND = text(f"SELECT pg_advisory_xact_lock({GROUND_LOCK})")


async def take_ground(tx: Transaction) -> None:
    """Have the ground to oneself until the transaction ends; everybody else sees it before or after, never between."""
    await tx.connection.execute(_TAKE_GROUND)


def rows_like(table: Table, *names: str, given: str = "rows") -> TableValuedAlias:
    """Return rows that come in as one JSON document, named `given`, with the columns of a table, or some of them."""
    columns = [column(each.name, each.type) for each in table.c if not names or each.name in names]
    written = cast(bindparam(given, type_=Text), JSONB)
    return func.jsonb_to_recordset(written).table_valued(*columns, name="given").render_derived(with_types=True)


def _insert(table: Table, given: str, after: CTE | None) -> Insert:
    # In the order of the key, so that two who write the same rows wait for each other and do not lock up.
    rows = rows_like(table, given=given)
    ordered = select(*rows.c).order_by(*(rows.c[each.name] for each in table.primary_key))
    if after is not None:
        ordered = ordered.join_from(rows, after, true())
    return insert(table).from_select([each.name for each in table.c], ordered)


def insert_new(table: Table, *, given: str = "rows", after: CTE | None = None) -> Insert:
    """Return the statement that writes rows whose keys are not there yet, when `after` has been done."""
    return _insert(table, given, after).on_conflict_do_nothing()


def insert_or_replace(
    table: Table, *, newer_only: bool = False, given: str = "rows", after: CTE | None = None
) -> Insert:
    """Return the statement that writes rows over those with their keys, or only over older ones."""
    put = _insert(table, given, after)
    return put.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={each.name: put.excluded[each.name] for each in table.c if not each.primary_key},
        where=table.c.version < put.excluded.version if newer_only else None,
    )


_PUT_REQUIREMENTS = insert_or_replace(requirements, newer_only=True)
_PUT_OBLIGATIONS = insert_or_replace(obligations, newer_only=True)
_PUT_OBLIGATION_CHANGES = insert_or_replace(obligation_changes, newer_only=True)
# Before the first row is written: an obligation and its answer that arrive together cannot miss each other, and nobody
# who waits for the ground holds a row that whoever has the ground waits for.
_GROUND = select(func.pg_advisory_xact_lock_shared(GROUND_LOCK)).cte("ground")
_PUT_ANSWERS = Rendered(
    insert_or_replace(answers, newer_only=True, given="answers", after=_GROUND).add_cte(
        insert_new(answer_values, given="stated", after=_GROUND).cte("stated")
    )
)
PUT_CONTRIBUTIONS = insert_or_replace(contributions, given="contributions")


async def put_rows(tx: Transaction, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows, however many, with one statement."""
    if rows:
        await tx.connection.execute(statement, {"rows": document(rows)})


def document(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as `rows_like` takes them. UUIDs, days and moments are written as PostgreSQL reads them."""
    return to_json(rows).decode()


def newest(rows: Iterable[dict[str, Any]], keys: Sequence[str]) -> list[dict[str, Any]]:
    """Return of several rows with one key the newest, since one statement may not write a row twice."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        known = found.setdefault(tuple(row[key] for key in keys), row)
        if known["version"] < row["version"]:
            found[tuple(row[key] for key in keys)] = row
    return list(found.values())


def _newest(found: Iterable[Versioned], key: str) -> list[dict[str, Any]]:
    return newest((each._asdict() for each in found), [key])


async def put_requirements(tx: Transaction, found: Iterable[Requirement]) -> None:
    """Note what is asked; an older version never overwrites a newer one."""
    await put_rows(tx, _PUT_REQUIREMENTS, _newest(found, "requirement_id"))


async def put_obligations(tx: Transaction, found: Iterable[Obligation]) -> None:
    """Note who owes; an older version never overwrites a newer one."""
    await put_rows(tx, _PUT_OBLIGATIONS, _newest(found, "obligation_id"))


async def put_obligation_changes(tx: Transaction, found: Iterable[ObligationChange]) -> None:
    """Write what obligations have become; a newer version known already stays."""
    await put_rows(tx, _PUT_OBLIGATION_CHANGES, _newest(found, "obligation_id"))


async def put_answers(tx: Transaction, found: Iterable[Answer], stated: Iterable[AnswerValues]) -> None:
    """Note where answers stand and what submission versions state, on ground that stays as it is until the end.

    An older version of an answer never overwrites a newer one, and a version that is known never states anything else
    later. Every answer is locked; others may stand on the ground too.
    """
    await tx.rows(
        _PUT_ANSWERS,
        answers=document(_newest(found, "obligation_id")),
        stated=document([each._asdict() for each in stated]),
    )


def rows_of_contributions(found: Iterable[Contribution]) -> list[dict[str, Any]]:
    """Return what obligations add to the totals as it is written."""
    rows = []
    for each in found:
        row = each._asdict()
        place = row.pop("place")
        rows.append(row | place._asdict())
    return rows
