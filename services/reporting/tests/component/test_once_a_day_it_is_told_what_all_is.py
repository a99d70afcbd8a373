"""The digest of a day: behind everything it speaks of, once, and what anybody who took all of it reckons themselves."""

import asyncio
import hashlib
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from chassis.testing import tell, tell_together, waiting_events
from contracts.event import Envelope
from contracts.reporting import AggregateUpdated
from reporting import store
from reporting.digesting import operations


@pytest.fixture
async def story(frame, story):
    await tell(
        frame,
        story.unit("department", "so_gddt"),
        story.unit("commune", "phong_vhxh", reporting="department"),
        story.unit("a", reporting="commune"),
        story.unit("b", reporting="commune"),
        story.issued(),
        story.opened("a"),
        story.opened("b"),
        story.submitted("a", True, 12),
    )
    return story


def as_an_outsider_reckons(envelopes):
    """Follow the description in the catalogue, with nothing of ours."""
    newest = {}
    for each in envelopes:
        told = each["data"]
        known = newest.get(each["subject"])
        if known is None or known["version"] < told["version"]:
            newest[each["subject"]] = told
    lines = []
    for subject, told in newest.items():
        figures = sorted(f"{one['indicator']}={one['value']}" for one in told["totals"] if one["value"])
        lines.append(
            " ".join([subject, str(told["version"]), f"{told['units_reported']}/{told['units_due']}", *figures])
        )
    return hashlib.sha256("".join(f"{line}\n" for line in sorted(lines)).encode()).hexdigest()


async def publish(frame):
    """Carry what waits out of the house and into the feed, as relay and durable do; return it."""
    envelopes = await waiting_events(frame)
    read = [Envelope.model_validate(each) for each in envelopes]
    events = [AggregateUpdated.model_validate(each.data) for each in read if each.type == AggregateUpdated.type]
    async with frame.engine.begin() as connection:
        await connection.execute(text("DELETE FROM outbox"))
    await tell_together(frame, events, ids=[each.id for each in read if each.type == AggregateUpdated.type])
    return envelopes


async def told_by(frame, lines=None):
    async with frame.transactions.begin() as tx:
        return await operations.tell_digest(tx, {} if lines is None else lines)


async def test_it_is_what_an_outsider_reckons_and_is_told_once(frame, story):
    assert await told_by(frame) is None  # something is still on its way
    told = await publish(frame)

    assert await told_by(frame) is True
    [digest] = await waiting_events(frame)
    assert await told_by(frame) is False

    assert digest["type"] == "reporting.aggregates.digested.v1"
    assert digest["data"]["digest"] == as_an_outsider_reckons(told)
    assert digest["data"]["aggregates"] == 2
    assert digest["subject"] == digest["data"]["day"]


async def test_it_changes_with_every_figure(frame, story):
    told = await publish(frame)
    before = as_an_outsider_reckons(told)
    await tell(frame, story.submitted("b", True, 1))
    told += await publish(frame)

    async with frame.transactions.begin() as tx:
        lines = await operations.lines_now(tx)

    assert operations.digest_of(lines.values()) == as_an_outsider_reckons(told) != before


async def test_who_folds_while_it_is_reckoned_waits_for_nothing_and_is_in_it(frame, story, new_story, monkeypatch):
    told = await publish(frame)
    other = new_story()
    take_ground = store.take_ground

    async def fold_before_the_ground_is_taken(tx):
        monkeypatch.undo()
        await asyncio.wait_for(tell(frame, story.submitted("b", True, 1)), 10)
        await tell(frame, other.issued(), other.opened("b"), other.submitted("b", True, 7))
        told.extend(await publish(frame))
        await take_ground(tx)

    monkeypatch.setattr(store, "take_ground", fold_before_the_ground_is_taken)
    assert await told_by(frame) is True

    [digest] = await waiting_events(frame)
    assert (digest["data"]["digest"], digest["data"]["aggregates"]) == (as_an_outsider_reckons(told), 4)


async def test_what_was_reckoned_for_nothing_is_not_reckoned_again(frame, story, new_story, monkeypatch):
    other = new_story()
    await tell(frame, other.issued(), other.opened("b"), other.submitted("b", True, 7))
    told, lines, made = await publish(frame), {}, []
    take_ground, line = store.take_ground, operations._line

    async def tell_before_the_ground_is_taken(tx):
        monkeypatch.setattr(store, "take_ground", take_ground)
        await tell(frame, story.submitted("b", True, 1))
        await take_ground(tx)

    def noted(aggregate, requirement, now):
        made.append(aggregate.key.requirement_id)
        return line(aggregate, requirement, now)

    monkeypatch.setattr(store, "take_ground", tell_before_the_ground_is_taken)
    monkeypatch.setattr(operations, "_line", noted)
    assert await told_by(frame, lines) is None
    assert len(made) == len(lines) == 4
    told += await publish(frame)
    lines |= {key._replace(unit_id="gone"): each for key, each in lines.items()}

    assert await told_by(frame, lines) is True

    assert made[4:] == [story.requirement_id] * 2
    [digest] = await waiting_events(frame)
    assert (digest["data"]["digest"], digest["data"]["aggregates"]) == (as_an_outsider_reckons(told), 4)


async def test_of_nothing_nothing_is_told(frame):
    assert await told_by(frame) is False
    assert await waiting_events(frame) == []


async def test_the_feed_is_held_against_the_totals(frame, story):
    await publish(frame)
    async with frame.transactions.begin() as tx:
        found = await operations.compare(tx)
    assert (found.missing, found.unfounded, found.aggregates) == ([], [], 2)

    async with frame.engine.begin() as connection:
        await connection.execute(
            text("UPDATE aggregates SET sums = '{\"stem.lessons\": 99}' WHERE unit_id = 'commune'")
        )
        await connection.execute(text("DELETE FROM aggregates WHERE unit_id = 'department'"))
    async with frame.transactions.begin() as tx:
        found = await operations.compare(tx)

    assert [each.split(".")[1] for each in found.missing] == ["commune"]
    assert [each.split(".")[1] for each in found.unfounded] == ["department"]


@pytest.mark.parametrize(("at", "is_time"), [("18:59", False), ("19:00", True), ("16:59", True), ("17:00", False)])
def test_it_is_told_from_two_in_the_morning_in_viet_nam(at, is_time):
    moment = datetime.fromisoformat(f"2026-11-22T{at}").replace(tzinfo=UTC)

    assert operations.is_time(moment, 2) is is_time
