"""Totals made by an earlier version of this service: they are made anew, at once or when something touches them."""

import pytest
from sqlalchemy import text

from chassis.testing import tell
from reporting import commands, operations, store
from reporting.domain import AggregateKey

YEAR = "2025-2026"


@pytest.fixture
async def outdated(frame, story):
    await tell(
        frame,
        story.unit("commune", "phong_vhxh", reporting="department"),
        story.unit("school", reporting="commune", administrative="committee", territory="ward"),
        story.issued(),
        story.opened("school"),
        story.submitted("school", True, 12),
    )
    async with frame.engine.begin() as connection:
        await connection.execute(
            text("UPDATE contributions SET administrative = '{}', territory = '{}', reckoning = 0")
        )
        await connection.execute(text("DELETE FROM aggregates WHERE relation IN ('administrative', 'territory')"))
    return frame


async def figures(frame, story, relation, unit_id):
    async with frame.transactions.begin() as tx:
        assert (await operations.verify(tx)).is_true
    async with frame.transactions.begin() as tx:
        found = {each.key: each for each in await store.aggregates_of(tx, story.requirement_id)}
    return found[AggregateKey(story.requirement_id, unit_id, YEAR, relation)].all_units.sums


async def test_they_are_made_anew_after_migrating(outdated, story):
    await commands.reckon_anew(outdated.settings)
    assert await figures(outdated, story, "administrative", "committee") == {"stem.implementing": 1, "stem.lessons": 12}


async def test_an_answer_that_comes_before_that_finds_its_place_itself(outdated, story):
    await tell(outdated, story.submitted("school", True, 5, version=2, number=2))
    assert await figures(outdated, story, "territory", "ward") == {"stem.implementing": 1, "stem.lessons": 5}
