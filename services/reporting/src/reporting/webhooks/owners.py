"""Who may still take the aggregates elsewhere: what the directory tells of posts, kept and looked at."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.caller import Caller, HeldPost
from chassis.policy import PROVINCE, RIGHTS, Purpose, may
from chassis.transaction import Transaction
from contracts.directory import PersonChanged
from reporting.webhooks.tables import owners

SUBSCRIBING = frozenset(role for role, rights in RIGHTS.items() if Purpose.SUBSCRIBE in rights)

_UPSERT = upsert(owners)
_PUT = _UPSERT.on_conflict_do_update(
    index_elements=["person_id"],
    set_={"version": _UPSERT.excluded.version, "posts": _UPSERT.excluded.posts},
    where=owners.c.version < _UPSERT.excluded.version,
)


async def note_owners(tx: Transaction, events: Sequence[PersonChanged]) -> None:
    """Note which posts let people subscribe; the newest version of each person counts.

    Of everybody, though few may: of two events the older may come last, and must not pass for the truth.
    """
    newest: dict[UUID, PersonChanged] = {}
    for event in events:
        known = newest.get(event.person_id)
        if known is None or known.version < event.version:
            newest[event.person_id] = event
    rows = [
        {
            "person_id": each.person_id,
            "version": each.version,
            "posts": [
                post.model_dump(mode="json") for post in each.posts if each.is_active and post.role in SUBSCRIBING
            ],
        }
        for each in sorted(newest.values(), key=lambda each: each.person_id)
    ]
    if rows:
        await tx.connection.execute(_PUT, rows)


async def may_still_subscribe(tx: Transaction, person_id: UUID, *, on: date) -> bool:
    """Say whether an owner may still be told; of whom nothing was heard yet, their token has said so."""
    query = select(owners.c.posts).where(owners.c.person_id == person_id)
    posts: list[dict[str, Any]] | None = (await tx.connection.execute(query)).scalar_one_or_none()
    if posts is None:
        return True
    held = tuple(HeldPost(unit_id=each["unit_id"], role=each["role"]) for each in posts if _holds(each, on))
    return may(Caller(person_id, "machine", held), Purpose.SUBSCRIBE, PROVINCE)


def _holds(post: dict[str, Any], on: date) -> bool:
    until = post["valid_to"]
    return date.fromisoformat(post["valid_from"]) <= on and (until is None or on <= date.fromisoformat(until))
