"""Telling the others that what somebody may do has changed, and taking back the tokens that say otherwise."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from chassis.transaction import Transaction
from contracts import directory as contract
from directory.domain.people import Post, told
from directory.domain.sessions import TOKEN_LIFE
from directory.store import delegations, people, sessions

TOLD_FOR = TOKEN_LIFE + timedelta(minutes=2)
"""A revocation is told until the last token it speaks of is dead, and the clocks that say so agree."""


async def take_with_borrowers(tx: Transaction, *ids: UUID) -> set[UUID]:
    """Lock people and those who borrow posts from them, before anything about them is changed; return all of them."""
    borrowers = [await delegations.borrowers_of(tx.connection, each) for each in ids]
    return await people.take_people(tx.connection, set(ids).union(*borrowers))


async def tell_people_changed(tx: Transaction, ids: Iterable[UUID]) -> None:
    """Tell what these people may do from now on; tokens that were made before are refused soon. They are locked."""
    for person_id in sorted(ids):
        version = await people.next_version(tx.connection, person_id)
        await sessions.revoke_versions_below(tx.connection, person_id, version, told_until=tx.now + TOLD_FOR)
        principal = await people.get_principal(tx.connection, person_id)
        # Nobody writes letters to a machine, so nobody needs to hear of its posts.
        if principal.kind == "person":
            posts = await all_posts_of(tx, person_id)
            is_active = principal.disabled_at is None
            tx.emit(person_changed(tx, person_id, posts, version=version, is_active=is_active))


async def all_posts_of(tx: Transaction, person_id: UUID) -> tuple[Post, ...]:
    """Return every post somebody holds or acts in for another, with its days."""
    return (
        *await people.posts_of(tx.connection, person_id),
        *await delegations.borrowed_by(tx.connection, person_id),
    )


def person_changed(
    tx: Transaction, person_id: UUID, posts: Iterable[Post], *, version: int, is_active: bool
) -> contract.PersonChanged:
    """Return the event that says what somebody may do. Nothing in it names them."""
    return contract.PersonChanged(
        occurred_at=tx.now,
        person_id=person_id,
        version=version,
        is_active=is_active,
        posts=tuple(
            contract.Post(unit_id=post.unit_id, role=post.role, valid_from=post.valid_from, valid_to=post.valid_to)
            for post in told(posts)
        ),
    )
