"""A unit that owes nothing any more leaves totals and coverage, in whatever order that is told, and comes back."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import delete

from chassis.tables import inbox, outbox
from chassis.testing import running, tell, waiting_events
from reporting import operations
from reporting.tables import aggregates, answer_values, answers, contributions, obligation_changes, obligations

YEAR = "2025-2026"
KEPT = (obligations, obligation_changes, answers, answer_values, contributions, aggregates)
TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def tree(story):
    return [
        story.unit("department", "so_gddt"),
        story.unit("commune", "phong_vhxh", reporting="department"),
        story.unit("school", reporting="commune"),
        story.unit("neighbour", reporting="commune"),
        story.unit("lead", "thpt", reporting="commune"),
        story.unit("another", "thpt", reporting="department"),
        story.unit("cluster", "cum_chuyen_mon", cluster_lead="lead"),
    ]


@pytest.fixture
async def client(frame):
    async with running(frame) as client:
        yield client


@pytest.fixture
async def ground(frame, story, tree):
    await tell(frame, *tree, story.issued(), story.opened("school"), story.opened("neighbour"))
    return frame


async def last_told(frame, unit_id):
    return [each["data"] for each in await waiting_events(frame) if each["data"]["unit_id"] == unit_id][-1]


@pytest.mark.parametrize("state", ["exempt", "replaced", "recalled", "a-word-of-tomorrow"])
async def test_it_leaves_the_totals_with_what_it_reported(ground, story, totals_of, state):
    await tell(ground, story.submitted("school", True, 12), story.submitted("neighbour", True, 30))
    change = story.changed("school", "exempt").model_copy(update={"state": state})
    await tell(ground, change)

    assert (await totals_of(ground, story.requirement_id))["commune", YEAR] == (
        1,
        1,
        {"stem.implementing": 1, "stem.lessons": 30},
    )
    told = await last_told(ground, "department")
    assert (told["units_reported"], told["units_due"]) == (1, 1)


async def test_the_last_one_to_leave_leaves_a_total_of_nothing(ground, story):
    await tell(ground, story.changed("school", "exempt"), story.changed("neighbour", "exempt"))
    told = await last_told(ground, "commune")
    assert (told["units_reported"], told["units_due"], told["units_exempt"]) == (0, 0, 2)
    await tell(
        ground, story.changed("school", "recalled", version=3), story.changed("neighbour", "recalled", version=3)
    )
    told = await last_told(ground, "commune")
    assert (told["units_due"], told["units_exempt"], told["levels"]) == (0, 0, [])


async def test_it_comes_back_as_it_left(ground, story, totals_of):
    await tell(ground, story.submitted("school", True, 12))
    before = await totals_of(ground, story.requirement_id)
    await tell(ground, story.changed("school", "exempt"), story.changed("school", "open", version=3))
    assert await totals_of(ground, story.requirement_id) == before


async def test_every_order_gives_the_same_totals(frame, story, tree, totals_of):
    await tell(frame, *tree)
    told = [
        story.issued(),
        story.opened("school"),
        story.changed("school", "open", version=2),
        story.changed("school", "exempt", version=3),
        story.submitted("school", True, 12),
    ]
    for order in permutations(told):
        async with frame.engine.begin() as connection:
            for table in (
                obligations,
                obligation_changes,
                answers,
                answer_values,
                contributions,
                aggregates,
                inbox,
                outbox,
            ):
                await connection.execute(delete(table))
        await tell(frame, *order)
        assert await totals_of(frame, story.requirement_id) == {}
        async with frame.transactions.begin() as tx:
            assert await operations.rebuild(tx) == []


async def test_a_change_after_a_transfer_does_not_move_a_cluster(frame, story, tree, totals_of):
    await tell(frame, *tree, story.issued(), story.opened("cluster", answering="lead"))
    before = await totals_of(frame, story.requirement_id)

    await tell(frame, story.changed("cluster", "open", version=3, answering="another"))
    assert await totals_of(frame, story.requirement_id) == before
    assert ("commune", YEAR) in before


async def test_coverage_leaves_out_who_owes_nothing_and_knows_the_later_deadline(ground, story, signer):
    await tell(ground, story.changed("school", "exempt"), story.changed("neighbour", "open", due_at=TOMORROW))
    async with running(ground) as client:
        answer = await client.get(
            f"/requirements/{story.requirement_id}/coverage",
            headers=signer.bearer(("viewer", story.issuer)),
        )
    [covered] = answer.json()["units"]
    assert (covered["unit_id"], covered["late"]) == ("neighbour", False)
    assert datetime.fromisoformat(covered["due_at"]) == TOMORROW


async def test_restated_totals_leave_it_out_too(ground, story, tree, signer):
    await tell(ground, story.changed("school", "exempt"))
    async with running(ground) as client:
        answer = await client.get(
            f"/requirements/{story.requirement_id}/aggregates",
            params={"restated_on": "2026-05-31"},
            headers=signer.bearer(("viewer", story.issuer)),
        )
    found = {each["unit_id"]: each["units_due"] for each in answer.json()["aggregates"]}
    assert found == {"commune": 1, "department": 1}


@pytest.mark.parametrize(("hours", "is_late"), [(1, False), (-1, True)])
async def test_who_is_reported_and_whose_files_are_awaited_is_known(client, ground, story, signer, hours, is_late):
    until = datetime.now(UTC) + timedelta(hours=hours)
    sent = story.submitted("school", True, 12).model_copy(update={"media_awaited_until": until})
    await tell(ground, sent, story.submitted("neighbour", True, 30))

    headers = signer.bearer(("leader", "department"))
    covered = (await client.get(f"/requirements/{story.requirement_id}/coverage", headers=headers)).json()["units"]

    known = {each["unit_id"]: each for each in covered}
    assert (known["school"]["state"], known["school"]["media_late"]) == ("submitted", is_late)
    assert datetime.fromisoformat(known["school"]["media_awaited_until"]) == until
    assert (known["neighbour"]["media_awaited_until"], known["neighbour"]["media_late"]) == (None, False)
