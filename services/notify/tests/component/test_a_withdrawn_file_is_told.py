"""Whoever could look at a file that was withdrawn is told, and so is the unit it came from; nobody else."""

from datetime import timedelta
from itertools import permutations

from chassis.testing import tell
from chassis.transaction import new_id
from contracts.submissions import MediaWithdrawn

REPORTER, DESK = new_id(), new_id()
ISSUER = "U-SGD-MG"


async def test_the_desk_and_the_unit_are_told_in_whatever_order_it_comes(frame, case, appointed, written) -> None:
    withdrawn = MediaWithdrawn(
        occurred_at=case.at + timedelta(minutes=5),
        media_id=case.media_id,
        version=3,
        obligation_id=case.obligation_id,
        answering_unit_id=case.opened().answering_unit_id,
        issuer_unit_id=ISSUER,
        uploaded_by=REPORTER,
        byte_count=20_000_000,
    )
    await tell(frame, appointed(REPORTER, "reporter"), appointed(DESK, "desk_officer", ISSUER))
    await tell(frame, appointed(new_id(), "desk_officer", "U-SGD-KHAC"))

    for events in permutations((case.issued(), case.opened(), withdrawn)):
        await tell(frame, *events)

    news = sorted(each for each in await written() if each[0].startswith("media"))
    assert news == [("media_hidden", REPORTER), ("media_withdrawn", DESK)]
