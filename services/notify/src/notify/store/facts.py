"""What others told: people and their posts, directives, obligations; and what must be said about it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from notify.domain import Due, Kind, Letter
from notify.tables import acceptances, directives, letters_due, obligations, people, posts, requirements

ONE_AT_A_TIME = 0xC0_17E5

_TAKE_TURN = text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")


async def take_turn(connection: AsyncConnection) -> None:
    """Wait until no other transaction notes facts or writes letters, then keep others waiting until this one ends.

    Without turns, a post and the obligation it answers for may come in at the same moment, neither transaction sees
    the other, and nobody is written to.
    """
    await connection.execute(_TAKE_TURN)


_new_person = insert(people)
_PUT_PERSON = _new_person.on_conflict_do_update(
    index_elements=[people.c.person_id],
    set_={"version": _new_person.excluded.version, "is_active": _new_person.excluded.is_active},
    where=people.c.version < _new_person.excluded.version,
)

_new_post = insert(posts)
_PUT_POST = _new_post.on_conflict_do_update(
    index_elements=[posts.c.person_id, posts.c.unit_id, posts.c.role, posts.c.valid_from],
    set_={
        "valid_to": case(
            (_new_post.excluded.version > posts.c.version, _new_post.excluded.valid_to), else_=posts.c.valid_to
        ),
        "version": func.greatest(posts.c.version, _new_post.excluded.version),
        "known_since": func.least(posts.c.known_since, _new_post.excluded.known_since),
    },
)

_new_directive = insert(directives)
_PUT_DIRECTIVE = _new_directive.on_conflict_do_update(
    index_elements=[directives.c.directive_id],
    set_={each: _new_directive.excluded[each] for each in ("version", "code", "subject", "priority")},
    where=directives.c.version < _new_directive.excluded.version,
).returning(directives.c.directive_id)

_new_requirement = insert(requirements)
_PUT_REQUIREMENT = _new_requirement.on_conflict_do_update(
    index_elements=[requirements.c.requirement_id],
    set_={each: _new_requirement.excluded[each] for each in ("title", "reviewing_unit_id", "closes_at")},
)

_new_obligation = insert(obligations)
_PUT_OBLIGATION = _new_obligation.on_conflict_do_update(
    index_elements=[obligations.c.obligation_id],
    set_={column.name: _new_obligation.excluded[column.name] for column in obligations.c if not column.primary_key},
    where=obligations.c.version < _new_obligation.excluded.version,
)

_new_acceptance = insert(acceptances)
_PUT_ACCEPTANCE = _new_acceptance.on_conflict_do_update(
    index_elements=[acceptances.c.obligation_id],
    set_={"accepted_at": func.greatest(acceptances.c.accepted_at, _new_acceptance.excluded.accepted_at)},
)

_PUT_DUE = insert(letters_due).on_conflict_do_nothing()


async def put_people(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep the newest version of each person."""
    await connection.execute(_PUT_PERSON, rows)


async def put_posts(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep every post with its newest version and the earliest moment it was told of."""
    await connection.execute(_PUT_POST, rows)


async def put_directive(
    connection: AsyncConnection, row: Mapping[str, Any], asked: Sequence[Mapping[str, Any]]
) -> None:
    """Keep a directive with its requirements, unless a newer version of it is known."""
    if (await connection.execute(_PUT_DIRECTIVE, row)).scalar() is not None and asked:
        await connection.execute(_PUT_REQUIREMENT, asked)


async def put_obligations(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep the newest version of each obligation."""
    await connection.execute(_PUT_OBLIGATION, rows)


async def put_acceptances(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep when each obligation was last accepted."""
    await connection.execute(_PUT_ACCEPTANCE, rows)


async def put_due(connection: AsyncConnection, news: Iterable[Due]) -> None:
    """Keep what must be told. Safe to repeat."""
    rows = [
        {
            "due_id": due.id,
            "kind": due.kind,
            "obligation_id": due.obligation_id,
            "directive_id": due.directive_id,
            "unit_id": due.unit_id,
            "person_id": due.person_id,
            "occurred_at": due.occurred_at,
            "quoted": {**due.quoted},
        }
        for due in news
    ]
    if rows:
        await connection.execute(_PUT_DUE, rows)


async def put_digests_due(connection: AsyncConnection, written: Sequence[Letter], *, occurred_at: datetime) -> None:
    """Keep that these letters were due, under their own ids: no event asked for them, the clock or a desk did."""
    rows: list[dict[str, Any]] = [
        {
            "due_id": letter.letter_id,
            "kind": letter.kind,
            "obligation_id": None,
            "directive_id": letter.directive_id,
            "unit_id": None,
            "person_id": letter.person_id,
            "occurred_at": occurred_at,
            "quoted": {},
        }
        for letter in written
    ]
    if rows:
        await connection.execute(_PUT_DUE, rows)


@dataclass(frozen=True, slots=True)
class Edition:
    """Totals that were published, as somebody is told of them."""

    directive_id: UUID
    occurred_at: datetime
    quoted: Mapping[str, Any]


async def editions_of(connection: AsyncConnection, directive_ids: Collection[UUID]) -> list[Edition]:
    """Return the editions of these directives that were heard of."""
    query = (
        select(letters_due.c.directive_id, letters_due.c.occurred_at, letters_due.c.quoted)
        .distinct()
        .where(letters_due.c.kind == Kind.EDITION_PUBLISHED, letters_due.c.directive_id.in_(directive_ids))
    )
    return [Edition(row.directive_id, row.occurred_at, row.quoted) for row in await connection.execute(query)]


async def units_asked(connection: AsyncConnection, requirement_id: UUID) -> set[str]:
    """Return the units that answer a requirement, or answered it."""
    query = select(obligations.c.answering_unit_id).where(obligations.c.requirement_id == requirement_id).distinct()
    return set((await connection.execute(query)).scalars())
