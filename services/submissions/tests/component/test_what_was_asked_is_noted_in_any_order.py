"""Requirements and obligations arrive in any order, more than once, and in batches; the newest version stands."""

from datetime import timedelta
from itertools import permutations

import pytest

from chassis.testing import tell, tell_together
from contracts.directives import ObligationChanged, ObligationTransferred


@pytest.fixture
def told(asked):
    """Two versions of a directive, and two of an obligation under it."""
    requirement = asked.report()
    directive = asked.directive(requirement)
    later = requirement.due_at + timedelta(days=7)
    amended = asked.directive(
        requirement.model_copy(update={"due_at": later}), directive_id=directive.directive_id, version=2
    )
    opened = asked.obligation(directive)
    moved = asked.obligation(
        amended,
        version=2,
        obligation_id=opened.obligation_id,
        answering_unit_id="THCS-VUON-UOM",
        due_at=later,
    )
    return [directive, amended, opened, moved]


async def noted(record) -> tuple:
    [requirement] = await record.rows("requirements")
    [obligation] = await record.rows("obligations")
    return requirement, obligation


async def test_every_order_leads_to_the_same_rows(frame, record, told) -> None:
    await tell(frame, *told)
    expected = await noted(record)
    assert expected[1]["version"] == 2
    assert expected[1]["answering_unit_id"] == "THCS-VUON-UOM"
    assert expected[0]["version"] == 2

    for order in permutations(told):
        await record.change("TRUNCATE requirements, obligations CASCADE")
        await tell(frame, *order)
        assert await noted(record) == expected


async def test_a_batch_with_repetitions_leads_to_the_same_rows(frame, record, told) -> None:
    await tell(frame, *told)
    expected = await noted(record)

    for order in permutations(told):
        await record.change("TRUNCATE requirements, obligations CASCADE")
        await tell_together(frame, [*order, *reversed(order)])
        assert await noted(record) == expected


async def test_a_new_version_does_not_touch_what_was_submitted(frame, record, told, desk, reporter) -> None:
    first = await desk.submit(reporter)
    [obligation] = [row for row in await record.rows("obligations") if row["obligation_id"] == desk.obligation_id]
    before = await record.rows("submission_versions")

    directive = told[0]
    moved = desk.asked.obligation(
        directive.model_copy(update={"directive_id": obligation["directive_id"]}),
        version=2,
        obligation_id=desk.obligation_id,
        requirement_id=obligation["requirement_id"],
        answering_unit_id="THCS-CAY-DA",
    )
    await tell(frame, moved)

    assert first.status_code == 201
    assert await record.rows("submission_versions") == before
    assert (await desk.submit(reporter)).status_code == 403, "the unit still owes, but others answer for it now"


async def test_an_obligation_told_before_its_directive_is_answered_when_that_has_come(
    frame, client, record, asked, owe, reporter
) -> None:
    directive = asked.directive(asked.report())
    obligation = asked.obligation(directive)
    desk = await owe()
    desk.obligation_id = obligation.obligation_id
    await tell(frame, obligation)

    early = await desk.submit(reporter)
    await tell(frame, directive)
    then = await desk.submit(reporter)

    assert (early.status_code, early.json()["code"]) == (503, "unavailable")
    assert early.headers["retry-after"] == "2"
    assert then.status_code == 201
    assert len(await record.rows("submissions")) == 1


async def test_an_obligation_that_moved_is_answered_by_its_new_unit_in_whatever_order_it_is_told(
    frame, record, asked
) -> None:
    directive = asked.directive(asked.report())
    opened = asked.obligation(directive)
    moved = ObligationTransferred(
        **{
            **opened.model_dump(),
            "version": opened.version + 1,
            "answering_unit_id": "THCS-VUON-UOM",
            "former_answering_unit_id": opened.answering_unit_id,
        }
    )
    for order in permutations([directive, opened, moved]):
        await record.change("TRUNCATE requirements, obligations CASCADE")
        await tell(frame, *order)
        [row] = await record.rows("obligations")
        assert (row["version"], row["unit_id"], row["answering_unit_id"]) == (2, opened.unit_id, "THCS-VUON-UOM")


def changed(opened, state="open", **changes):
    change = {"open": "extended", "exempt": "exempted"}.get(state, state)
    told = {**opened.model_dump(), "version": 2, "state": state, "change": change, "closes_at": None}
    return ObligationChanged(**{**told, **changes})


async def test_what_an_obligation_became_is_noted_in_whatever_order_it_is_told(frame, record, asked) -> None:
    directive = asked.directive(asked.report())
    opened = asked.obligation(directive)
    later = opened.due_at + timedelta(days=7)
    extended = changed(opened, due_at=later, closes_at=later)
    moved = ObligationTransferred(
        **{
            **extended.model_dump(),
            "version": 3,
            "answering_unit_id": "THCS-VUON-UOM",
            "former_answering_unit_id": opened.answering_unit_id,
        }
    )
    exempted = changed(opened, "exempt", version=4, due_at=later, answering_unit_id="THCS-VUON-UOM")
    histories = (([opened, extended, moved], "open", later), ([opened, moved, exempted], "exempt", None))
    for told, state, closes_at in histories:
        for order in permutations([directive, *told]):
            await record.change("TRUNCATE requirements, obligations CASCADE")
            await tell(frame, *order)
            [row] = await record.rows("obligations")
            assert (row["state"], row["due_at"], row["closes_at"]) == (state, later, closes_at)
            assert row["answering_unit_id"] == "THCS-VUON-UOM"
