"""How far an answer has come is the newest version anybody has told of, in whatever order and however often."""

from itertools import permutations
from uuid import uuid4

import pytest

from chassis.testing import tell, tell_together
from contracts.submissions import SubmissionAccepted, SubmissionReturned, SubmissionSubmitted
from directives.store.obligations import UnknownObligation

SUBMISSION = uuid4()


def told(event, version, obligation_id, *, submission_id=SUBMISSION):
    rest = {"is_late": False, "is_nil": False, "values": (), "media_ids": (), "submitted_by": uuid4()}
    return event(
        occurred_at=f"2026-12-01T00:00:0{version}Z",
        submission_id=submission_id,
        version=version,
        obligation_id=obligation_id,
        directive_id=uuid4(),
        requirement_id=uuid4(),
        unit_id="U-THCS-1",
        answering_unit_id="U-THCS-1",
        number=(version + 1) // 2,
        reviewed_by=uuid4(),
        **(rest if event is SubmissionSubmitted else {}),
    )


@pytest.fixture
async def obligations(desk, letter):
    directive_id = (await desk.issued(letter))["directive_id"]

    async def states():
        return {each["obligation_id"]: each["answer_state"] for each in await desk.obligations(directive_id)}

    return states


def history(obligation_id):
    return [
        told(SubmissionSubmitted, 1, obligation_id),
        told(SubmissionReturned, 2, obligation_id),
        told(SubmissionSubmitted, 3, obligation_id),
        told(SubmissionAccepted, 4, obligation_id),
    ]


async def test_each_event_moves_the_answer_on(frame, obligations) -> None:
    mine = next(iter(await obligations()))
    seen = []
    for event in history(mine):
        await tell(frame, event)
        seen.append((await obligations())[mine])

    assert seen == ["submitted", "returned", "submitted", "accepted"]
    assert list((await obligations()).values()).count("none") == 8


@pytest.mark.parametrize("length", [2, 3, 4])
async def test_any_order_leaves_the_same_row(frame, obligations, rows, length) -> None:
    mine = next(iter(await obligations()))
    left = set()
    for order in permutations(history(mine)[:length]):
        async with frame.engine.begin() as connection:
            await connection.exec_driver_sql("DELETE FROM answers")
        await tell(frame, *order)
        left.add(tuple((await rows())["answers"]))

    assert len(left) == 1
    assert (await obligations())[mine] == {2: "returned", 3: "submitted", 4: "accepted"}[length]


async def test_a_batch_is_folded_to_the_newest_of_each(frame, obligations, rows) -> None:
    first, second, *_ = await obligations()
    batch = [*reversed(history(first)), *history(second)[:2]]

    await tell_together(frame, batch)

    states = await obligations()
    assert (states[first], states[second]) == ("accepted", "returned")
    assert len((await rows())["answers"]) == 2


async def test_a_delivery_that_is_repeated_changes_nothing(frame, obligations, rows) -> None:
    mine = next(iter(await obligations()))
    events, ids = history(mine), [uuid4() for _ in range(4)]
    await tell_together(frame, events, ids=ids)
    before = await rows()

    await tell_together(frame, events, ids=ids)

    assert await rows() == before


async def test_an_answer_to_what_nobody_owes_is_not_swallowed(frame, obligations, rows) -> None:
    mine = next(iter(await obligations()))
    before = await rows()

    with pytest.raises(UnknownObligation):
        await tell_together(frame, [told(SubmissionSubmitted, 1, mine), told(SubmissionSubmitted, 1, uuid4())])

    assert await rows() == before


async def test_an_older_description_of_a_unit_does_not_overwrite_a_newer_one(client, frame, officer, unit) -> None:
    await tell(frame, unit("U-THPT-9", "thpt", version=2), unit("U-THPT-9", "thcs", version=1))

    body = {"audience": {"unit_types": ["thpt"]}, "as_of": "2026-05-31"}
    answer = await client.post("/audience-previews", json=body, headers=officer)

    assert "U-THPT-9" in {each["unit_id"] for each in answer.json()["units"]}
