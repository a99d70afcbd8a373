"""People at units that end."""

from collections.abc import Mapping, Sequence
from datetime import date

from chassis.transaction import Transaction
from directory.domain.plan import EndedPost
from directory.operations.telling import take_with_borrowers, tell_people_changed
from directory.store import unit_posts as store
from directory.store.unit_posts import HeldPost


async def posts_that_end(tx: Transaction, last_days: Mapping[str, date]) -> tuple[EndedPost, ...]:
    """Return the posts at units that would outlast them, and whether their holders have another afterwards."""
    held = await store.posts_of_those_at(tx.connection, last_days) if last_days else []
    ending = [post for post in held if _outlasts(post, last_days)]
    going_on = {post.person_id for post in held if post not in ending and _goes_on(post, max(last_days.values()))}
    return tuple(
        EndedPost(
            person_id=post.person_id,
            unit_id=post.unit_id,
            role=post.role,
            last_day=last_days[post.unit_id],
            is_the_last=post.person_id not in going_on,
        )
        for post in ending
    )


async def end_posts(tx: Transaction, ending: Sequence[EndedPost]) -> None:
    """End these posts with their units, and tell what their holders, and who borrows from them, may do from now on."""
    if not ending:
        return
    told = await take_with_borrowers(tx, *{post.person_id for post in ending})
    await store.end_posts(tx.connection, {post.unit_id: post.last_day for post in ending})
    await tell_people_changed(tx, told)


def _outlasts(post: HeldPost, last_days: Mapping[str, date]) -> bool:
    last = last_days.get(post.unit_id)
    return last is not None and (post.valid_to is None or post.valid_to > last)


def _goes_on(post: HeldPost, day: date) -> bool:
    return post.valid_to is None or post.valid_to > day
