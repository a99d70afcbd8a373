"""Who may change what about whom."""

from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import PROVINCE, Purpose, may
from chassis.problems import NotAllowed, NotFound
from chassis.transaction import Transaction
from directory.store import people, units


async def see_that_one_may_administer(tx: Transaction, person_id: UUID, by: Caller) -> None:
    """Raise `NotAllowed` unless `by` administers every unit at which somebody holds or will hold a post.

    With fewer, the administrator of a school could shut out the administrator of the province, who also has a post
    there. Whoever administers none of them is told that there is no such person.
    """
    day = today(tx.now)
    posts = await people.posts_of(tx.connection, person_id)
    places = {post.unit_id for post in posts if post.valid_to is None or post.valid_to >= day} or {PROVINCE}
    above = await units.above(tx.connection, places - {PROVINCE}, day)
    administered = {place for place in places if may(by, Purpose.ADMINISTER, place, above=above.get(place, ()))}
    known = await people.find_principal(tx.connection, person_id)
    if known is None or not administered:
        raise NotFound("Không có người này.", "There is no such person.")
    if administered != places:
        raise NotAllowed(
            "Người này còn giữ vai trò ở đơn vị bạn không quản trị.",
            "This person also holds a post at a unit you do not administer.",
        )
