"""What was carried over to a new directive counts there and nowhere else, in whatever order it is all told."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest
from sqlalchemy import delete

from chassis.tables import inbox, outbox
from chassis.testing import running, tell, tell_together
from chassis.transaction import new_id
from contracts.submissions import Carried
from reporting import operations
from reporting.tables import (
    aggregates,
    answer_values,
    answers,
    contributions,
    obligation_changes,
    obligations,
    requirements,
)

YEAR = "2025-2026"
SENT = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
NOTED = (requirements, obligations, obligation_changes, answers, answer_values, contributions, aggregates)
ORDERS = 60
"""Out of 479,001,600; drawn anew on every run would make a failure hard to see again."""


@pytest.fixture
def again(story):
    return replace(story, directive_id=new_id(), requirement_id=new_id())


@pytest.fixture
def told(story, again):
    """Three schools owe: one was accepted, one had submitted, one is silent; then all of it is replaced."""
    carried = {
        unit: Carried(obligation_id=story.obligation_id(unit), submission_id=new_id(), submitted_at=SENT)
        for unit in ("school", "neighbour")
    }
    return [
        story.issued(),
        *(story.opened(unit) for unit in ("school", "neighbour")),
        story.submitted("school", True, 12),
        story.accepted("school"),
        story.submitted("neighbour", True, 30),
        *(story.changed(unit, "replaced") for unit in ("school", "neighbour")),
        again.issued(),
        *(
            again.opened(unit).model_copy(update={"continues": story.obligation_id(unit)})
            for unit in ("school", "neighbour")
        ),
        again.submitted("school", True, 12).model_copy(update={"carried": carried["school"]}),
        again.accepted("school").model_copy(update={"carried": carried["school"]}),
        again.submitted("neighbour", True, 30).model_copy(update={"carried": carried["neighbour"]}),
    ]


@pytest.fixture
async def ground(frame, story):
    await tell(
        frame,
        story.unit("department", "so_gddt"),
        story.unit("commune", "phong_vhxh", reporting="department"),
        story.unit("school", reporting="commune"),
        story.unit("neighbour", reporting="commune"),
    )
    return frame


async def test_every_order_counts_it_once_and_under_the_new_requirement(ground, story, again, told, totals_of) -> None:
    random = Random(20261122)  # noqa: S311  a choice of orders, not a secret
    expected = (2, 2, {"stem.implementing": 2, "stem.lessons": 42})
    for _ in range(ORDERS):
        order = random.sample(told, len(told))
        async with ground.engine.begin() as connection:
            for table in (*NOTED, inbox, outbox):
                await connection.execute(delete(table))
        while order:
            size = random.choice([1, 2, 5])
            await tell_together(ground, order[:size])
            order = order[size:]
        assert await totals_of(ground, story.requirement_id) == {}
        assert (await totals_of(ground, again.requirement_id))["commune", YEAR] == expected
        assert (await totals_of(ground, again.requirement_id))["department", YEAR] == expected
        async with ground.transactions.begin() as tx:
            assert await operations.rebuild(tx) == []


async def test_coverage_says_when_it_was_sent_and_not_when_it_was_carried(ground, story, again, told, signer) -> None:
    await tell(ground, *told)
    async with running(ground) as client:
        found = [
            (await client.get(f"/requirements/{each}/coverage", headers=signer.bearer(("viewer", story.issuer)))).json()
            for each in (story.requirement_id, again.requirement_id)
        ]
    assert found[0]["units"] == []
    assert [(each["unit_id"], each["state"]) for each in found[1]["units"]] == [
        ("neighbour", "submitted"),
        ("school", "accepted"),
    ]
    assert {datetime.fromisoformat(each["submitted_at"]) for each in found[1]["units"]} == {SENT}
