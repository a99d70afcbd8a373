"""When a unit ends, what it still has to answer moves to the unit that comes after it; nothing else moves."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chassis.clock import today
from chassis.porch import Role
from chassis.testing import running, tell, until, waiting_events
from contracts.submissions import SubmissionAccepted, SubmissionSubmitted
from directives import rounds
from directives.operations.issuing import transfer_obligations
from unit_tree.projection import TreeReader

TODAY = today(datetime.now(UTC))
YESTERDAY = TODAY - timedelta(days=1)
MOVED = "directives.obligation.transferred.v1"


@pytest.fixture
def ended(unit):
    """Make the event that a school has ended yesterday; it became what `became` says today."""

    def make(unit_id="U-THCS-1", *, into=("U-THCS-2",), kind="merged_into", unit_type="thcs"):
        became = tuple((kind, each, TODAY) for each in into)
        return unit(unit_id, unit_type, until=YESTERDAY, became=became, version=2)

    return make


@pytest.fixture
def transfer(frame):
    async def look():
        async with frame.transactions.begin() as tx:
            return await transfer_obligations(tx, tree=await TreeReader().tree(tx.connection))

    return look


@pytest.fixture
def answering(rows):
    """Return who answers for whom."""

    async def read():
        return {row[3]: (row[4], row[5], row[7]) for row in (await rows())["obligations"]}

    return read


def _answer(event, obligation_id, version, **more):
    return event(
        occurred_at=datetime.now(UTC),
        submission_id=uuid4(),
        version=version,
        obligation_id=obligation_id,
        directive_id=uuid4(),
        requirement_id=uuid4(),
        unit_id="U-THCS-1",
        answering_unit_id="U-THCS-1",
        number=1,
        **more,
    )


async def _obligation_of(desk, issued, unit_id):
    obligations = await desk.obligations(issued["directive_id"])
    return next(each["obligation_id"] for each in obligations if each["unit_id"] == unit_id)


async def test_an_open_obligation_moves_to_the_successor_and_says_so(
    frame, desk, letter, ended, transfer, answering
) -> None:
    issued = await desk.issued(letter)
    before = await answering()
    mine = await _obligation_of(desk, issued, "U-THCS-1")
    await tell(frame, ended())

    assert await transfer() == 1

    assert await answering() == before | {"U-THCS-1": ("U-THCS-2", "successor", 2)}
    [told] = [each["data"] for each in await waiting_events(frame) if each["type"] == MOVED]
    assert told["obligation_id"] == mine
    assert (told["unit_id"], told["former_answering_unit_id"], told["answering_unit_id"], told["version"]) == (
        "U-THCS-1",
        "U-THCS-1",
        "U-THCS-2",
        2,
    )


async def test_a_second_look_moves_nothing(frame, desk, letter, ended, transfer, rows) -> None:
    await desk.issued(letter)
    await tell(frame, ended())
    await transfer()
    before = await rows()

    assert await transfer() == 0
    assert await rows() == before


async def test_two_looks_at_once_move_it_once(frame, desk, letter, ended, transfer) -> None:
    await desk.issued(letter)
    await tell(frame, ended())

    assert sorted(await asyncio.gather(transfer(), transfer())) == [0, 1]


async def test_it_goes_on_moving_down_the_chain(frame, desk, letter, ended, transfer, answering) -> None:
    await desk.issued(letter)
    await tell(frame, ended())
    await transfer()
    await tell(frame, ended("U-THCS-2", into=("U-NEW",)))

    assert await transfer() == 2
    after = await answering()
    assert (after["U-THCS-1"], after["U-THCS-2"]) == (("U-NEW", "successor", 3), ("U-NEW", "successor", 2))


async def test_what_was_accepted_stays_and_what_was_only_sent_moves(frame, desk, letter, ended, transfer) -> None:
    issued = await desk.issued(letter)
    mine = await _obligation_of(desk, issued, "U-THCS-1")
    sent = {"submitted_by": uuid4(), "is_late": False, "is_nil": False, "values": (), "media_ids": ()}
    accepted = _answer(SubmissionAccepted, mine, 2, reviewed_by=uuid4())
    await tell(frame, _answer(SubmissionSubmitted, mine, 1, **sent), accepted, ended())

    assert await transfer() == 0


@pytest.mark.parametrize(
    ("into", "kind"),
    [((), "merged_into"), (("U-THCS-2", "U-NEW"), "split_into"), (("U-NOBODY-TOLD-OF",), "merged_into")],
    ids=["closed", "split", "successor unknown"],
)
async def test_what_no_one_unit_comes_after_stays_for_a_person(
    frame, desk, letter, ended, transfer, rows, into, kind
) -> None:
    await desk.issued(letter)
    await tell(frame, ended(into=into, kind=kind))
    before = await rows()

    assert await transfer() == 0
    assert await rows() == before


async def test_a_unit_nobody_told_of_is_not_gone(frame, desk, letter, transfer) -> None:
    await desk.issued(letter)
    async with frame.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM known_units WHERE unit_id = 'U-THCS-1'")

    assert await transfer() == 0


async def test_a_cluster_answers_through_who_came_after_its_lead(
    frame, desk, letter, ended, transfer, answering
) -> None:
    await desk.issued(letter)
    await tell(frame, ended("U-THPT-1", into=("U-THPT-2",), unit_type="thpt"))

    await transfer()
    assert (await answering())["U-CUM-1"] == ("U-THPT-2", "lead", 2)


async def test_a_worker_looks_when_units_change_and_finds_what_was_left(
    make_frame, frame, desk, letter, ended, answering, monkeypatch
) -> None:
    monkeypatch.setattr(rounds, "AFTER_NEWS_SECONDS", (0.05, 0.05))
    await desk.issued(letter)
    await tell(frame, ended())  # while no worker runs

    async def moved_to(unit_id, successor):
        return (await answering())[unit_id][0] == successor

    worker = make_frame(Role.WORKER)
    async with running(worker):
        await until(lambda: moved_to("U-THCS-1", "U-THCS-2"))
        await tell(worker, ended("U-THCS-2", into=("U-NEW",)))
        await until(lambda: moved_to("U-THCS-2", "U-NEW"))


async def test_an_administrator_counts_what_would_move(client, desk, letter, signer) -> None:
    issued = await desk.issued(letter)
    obligations = await desk.obligations(issued["directive_id"])
    expected = len([each for each in obligations if each["answering_unit_id"] == "U-THCS-1"])
    asked = {"answered_by": ["U-THCS-1", "U-SO-X"]}

    answer = await client.get("/open-obligations", params=asked, headers=signer.bearer(("administrator", "*")))
    assert answer.json() == {"open": {"U-THCS-1": expected, "U-SO-X": 0}}
    assert expected > 0

    refused = await client.get("/open-obligations", params=asked, headers=signer.bearer(("administrator", "U-XA-1")))
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")


async def test_the_successor_receives_what_it_answers_now(frame, desk, letter, ended, transfer, client, signer) -> None:
    letter["requirements"] = letter["requirements"][:1]
    letter["requirements"][0]["audience"] = {"include": ["U-THCS-1"]}
    letter["recipients"].append({"name": "Trường", "purpose": "inform", "audience": {"include": ["U-THCS-2"]}})
    issued = await desk.issued(letter)
    path = f"/directives/{issued['directive_id']}/deliveries"
    await tell(frame, ended())
    assert await transfer() == 1

    successor = signer.bearer(("unit_head", "U-THCS-2"))
    taken = await client.post(f"{path}/U-THCS-2/acknowledge", headers=successor)
    assert (taken.status_code, taken.json()["purpose"]) == (200, "execute")
