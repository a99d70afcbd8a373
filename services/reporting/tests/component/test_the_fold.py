"""What the letterbox makes of events: in any order, repeated, in bursts, at the same time."""

import asyncio
import itertools
from datetime import date

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import func, select, text, update

from chassis.tables import inbox, outbox
from chassis.testing import tell, tell_together, until, waiting_events
from reporting import operations
from reporting.domain import AggregateKey, Tally
from reporting.tables import aggregates, contributions

YEAR = "2025-2026"


@pytest.fixture
def tree(story):
    return [
        story.unit("department", "so_gddt"),
        story.unit("commune", "phong_vhxh", reporting="department"),
        story.unit("other", "phong_vhxh", reporting="department"),
        story.unit("school", reporting="commune", cluster="cluster"),
        story.unit("lead", "thpt", reporting="department", cluster="cluster"),
        story.unit("cluster", "cum_chuyen_mon", cluster_lead="lead"),
    ]


@pytest.fixture
async def ground(frame, story, tree):
    """The tree and the directive are known; `school` and `lead` owe an answer."""
    await tell(frame, *tree, story.issued(), story.opened("school"), story.opened("lead"))
    return frame


async def told_of(frame, unit_id):
    return [each["data"] for each in await waiting_events(frame) if each["data"]["unit_id"] == unit_id]


async def snapshot(frame):
    async with frame.engine.connect() as connection:
        return [
            (await connection.execute(select(table).order_by(*table.primary_key))).all()
            for table in (aggregates, contributions, outbox)
        ]


async def test_what_is_due_is_told_before_anybody_has_answered(ground, story):
    told = (await told_of(ground, "department"))[-1]

    assert (told["units_reported"], told["units_due"]) == (0, 2)
    assert told["totals"] == [{"indicator": code, "value": None, "withheld": False} for code in story.indicators]
    assert [(each["level"], each["units_due"]) for each in told["levels"]] == [
        ("lower_secondary", 1),
        ("upper_secondary", 1),
    ]


async def test_an_answer_is_told_at_every_unit_above_with_its_levels(ground, story):
    await tell(ground, story.submitted("school", True, 12))

    told = (await told_of(ground, "commune"))[-1]
    assert told | {"occurred_at": None} == {
        "occurred_at": None,
        "directive_id": str(story.directive_id),
        "requirement_id": str(story.requirement_id),
        "unit_id": "commune",
        "relation": "reporting",
        "period": YEAR,
        "as_of": "2026-05-31",
        "version": 2,
        "totals": [
            {"indicator": "stem.implementing", "value": 1, "withheld": False},
            {"indicator": "stem.lessons", "value": 12, "withheld": False},
        ],
        "units_reported": 1,
        "units_due": 1,
        "levels": [
            {
                "level": "lower_secondary",
                "totals": [
                    {"indicator": "stem.implementing", "value": 1, "withheld": False},
                    {"indicator": "stem.lessons", "value": 12, "withheld": False},
                ],
                "units_reported": 1,
                "units_due": 1,
                "ratios": [],
                "targets": [],
                "units_nil": 0,
                "units_late": 0,
                "units_returned": 0,
                "units_exempt": 0,
            }
        ],
        "ratios": [],
        "targets": [],
        "units_nil": 0,
        "units_late": 0,
        "units_returned": 0,
        "units_exempt": 0,
    }
    assert (await told_of(ground, "cluster"))[-1]["relation"] == "cluster"


async def test_every_order_of_one_history_gives_the_same_totals(make_frame, new_story, totals_of):
    frame = await make_frame()
    for number, order in enumerate(itertools.permutations(range(5))):
        story = new_story()
        office, school = f"commune-{number}", f"school-{number}"
        history = [
            story.issued(),
            story.opened(school),
            story.submitted(school, True, 12),
            story.returned(school),
            story.submitted(school, True, 9, version=3, number=2),
        ]
        told = [history[place] for place in order]
        told.insert(number % 6, story.unit(school, reporting=office))

        await tell(frame, *told)

        found = await totals_of(frame, story.requirement_id)
        assert found == {(office, YEAR): (1, 1, {"stem.implementing": 1, "stem.lessons": 9})}, told


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_an_accepted_answer_counts_only_once_it_is_known_what_it_states(ground, story, totals_of, order):
    events = [
        story.submitted("school", True, 12),
        story.submitted("school", True, 20, version=2, number=2),
        story.accepted("school", version=3, number=2),
    ]

    seen = []
    for place in order:
        await tell(ground, events[place])
        seen.append((await totals_of(ground, story.requirement_id))["commune", YEAR])

    assert seen[-1] == (1, 1, {"stem.implementing": 1, "stem.lessons": 20})
    assert all(each[2].get("stem.lessons", 0) in (0, 12, 20) for each in seen)
    if order == (2, 0, 1):
        assert seen[:2] == [(0, 1, {}), (0, 1, {})]


async def test_the_same_event_delivered_again_changes_nothing(ground, story):
    answer = story.submitted("school", True, 12)
    await tell(ground, answer)
    before = await snapshot(ground)

    await tell(ground, answer, answer)  # as new deliveries, which no inbox stops

    assert await snapshot(ground) == before


async def test_a_returned_answer_no_longer_counts_and_stays_due(ground, story, totals_of):
    await tell(ground, story.submitted("school", True, 12), story.returned("school"))

    assert (await totals_of(ground, story.requirement_id))["commune", YEAR] == (0, 1, {})
    assert (await told_of(ground, "commune"))[-1]["totals"][1]["value"] is None


async def test_a_nil_report_is_reported_and_adds_nothing(ground, story, totals_of):
    await tell(ground, story.submitted("school", is_nil=True), story.submitted("lead", False, 3))

    assert (await totals_of(ground, story.requirement_id))["department", YEAR] == (2, 2, {"stem.lessons": 3})
    assert (await told_of(ground, "commune"))[-1]["totals"][1]["value"] == 0


async def test_a_burst_writes_and_tells_each_aggregate_once(frame, story, totals_of):
    schools = [f"school-{number}" for number in range(60)]
    await tell_together(frame, [story.unit(each, reporting="commune") for each in schools])
    await tell_together(frame, [story.unit("commune", "phong_vhxh", reporting="department"), story.issued()])
    await tell_together(frame, [story.opened(each) for each in schools])
    before = len(await waiting_events(frame))

    await tell_together(frame, [story.submitted(each, True, 2) for each in schools])

    assert (await totals_of(frame, story.requirement_id))["department", YEAR][2]["stem.lessons"] == 120
    told = (await waiting_events(frame))[before:]
    assert sorted((each["data"]["unit_id"], each["data"]["units_reported"]) for each in told) == [
        ("commune", 60),
        ("department", 60),
    ]


@pytest.mark.parametrize("count", [1, 50])
async def test_folding_answers_costs_five_statements_however_many_there_are(frame, story, count):
    schools = [f"school-{number}" for number in range(count)]
    await tell_together(frame, [story.unit(each, reporting="commune") for each in schools])
    await tell_together(frame, [story.issued(), *(story.opened(each) for each in schools)])
    statements = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement.split("\n")[0])

    def note_of_driver(asked):
        statements.append(asked.query.split("\n")[0])

    def listen(line, *_rest):
        line.driver_connection.add_query_logger(note_of_driver)

    sql_event.listen(frame.engine.sync_engine, "before_cursor_execute", note)
    sql_event.listen(frame.engine.sync_engine, "checkout", listen)
    await tell_together(frame, [story.submitted(each, True, 2) for each in schools])

    aside = ("inbox", "outbox", "BEGIN", "COMMIT")
    ours = [each for each in statements if not any(word in each for word in aside)]
    assert len(ours) == 5, ours


async def test_a_school_that_moves_takes_its_figures_along(ground, story, totals_of):
    await tell(ground, story.submitted("school", True, 12))

    await tell(ground, story.unit("school", version=2, reporting="other"))

    found = await totals_of(ground, story.requirement_id)
    assert found["other", YEAR] == (1, 1, {"stem.implementing": 1, "stem.lessons": 12})
    assert ("commune", YEAR) not in found
    assert found["cluster", YEAR] == (0, 1, {})
    emptied = (await told_of(ground, "commune"))[-1]
    assert (emptied["units_due"], emptied["units_reported"], emptied["levels"]) == (0, 0, [])


async def test_an_office_that_moves_takes_the_schools_below_it_along(ground, story, totals_of):
    await tell(ground, story.submitted("school", True, 12))

    await tell(ground, story.unit("commune", "phong_vhxh", version=2, reporting="another-department"))

    found = await totals_of(ground, story.requirement_id)
    assert found["another-department", YEAR][:2] == (1, 1)
    assert found["department", YEAR] == (0, 1, {})


async def test_a_tree_that_was_rolled_back_is_forgotten(ground, story, totals_of):
    async def note_a_move_and_fail():
        async with ground.transactions.begin() as tx:
            moved = story.unit("school", version=2, reporting="other")
            await ground.desk.boxes["reporting-units"].take_in([moved], tx)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await note_a_move_and_fail()

    # As many units and as many versions as before, but another tree.
    await tell(ground, story.unit("commune", "phong_vhxh", version=2, reporting="another-department"))

    found = await totals_of(ground, story.requirement_id)
    assert found["another-department", YEAR] == found["commune", YEAR] == (0, 1, {})
    assert ("other", YEAR) not in found


async def test_a_change_after_the_day_the_totals_stand_on_moves_nothing(ground, story):
    before = await snapshot(ground)

    moved = [("commune", date(2005, 1, 1), date(2026, 8, 14)), ("other", date(2026, 8, 15), None)]
    await tell(ground, story.unit("school", version=2, reporting=moved, cluster="cluster"))

    assert await snapshot(ground) == before


async def test_a_cluster_counts_above_its_lead_and_for_itself(frame, new_story, tree, totals_of):
    story = new_story(kind="video", periods=(), indicators=())
    await tell(frame, *tree, story.issued(), story.opened("cluster", answering="lead"), story.opened("commune"))

    await tell(frame, story.submitted("cluster"))

    assert await totals_of(frame, story.requirement_id) == {
        ("department", "-"): (1, 2, {}),
        ("cluster", "-"): (1, 1, {}),
    }
    subjects = {each["subject"] for each in await waiting_events(frame)}
    assert f"{story.requirement_id}.department.-" in subjects


async def test_workers_that_fold_at_the_same_time_lose_nothing(make_frame, new_story, totals_of):
    story = new_story()
    schools = [f"school-{number}" for number in range(40)]
    frame = await make_frame()
    other = await make_frame(database_url=frame.settings.database_url)
    history = [
        *(
            story.unit(each, reporting="commune", cluster=f"cluster-{number % 3}")
            for number, each in enumerate(schools)
        ),
        story.unit("commune", "phong_vhxh", reporting="department"),
        story.issued(),
        *(story.opened(each) for each in schools),
        *(story.submitted(each, True, 1) for each in schools),
        *(story.submitted(each, True, 2, version=2, number=2) for each in schools),
    ]

    # Neighbours in time share every aggregate, and every kind of event meets every other.
    await asyncio.gather(
        *(tell(frame if number % 2 else other, *history[number::8]) for number in range(8)),
        *(tell(frame, *history[number::16][::-1]) for number in range(3)),
    )

    found = await totals_of(frame, story.requirement_id)
    assert found["department", YEAR] == (40, 40, {"stem.implementing": 40, "stem.lessons": 80})
    assert [found[f"cluster-{number}", YEAR][1] for number in range(3)] == [14, 13, 13]
    async with frame.transactions.begin() as tx:
        assert await operations.rebuild(tx) == []
    versions = {}
    for each in await waiting_events(frame):
        about, version = each["subject"], each["data"]["version"]
        assert version == versions.get(about, 0) + 1, "an event left out of order"
        versions[about] = version


async def is_waiting_for_a_lock(frame):
    async with frame.engine.connect() as connection:
        found = await connection.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        )
        return found.scalar_one() > 0


@pytest.mark.parametrize("first", ["answer", "obligation"])
async def test_an_answer_and_its_obligation_that_arrive_at_once_meet(frame, story, tree, totals_of, first):
    await tell(frame, *tree, story.issued())
    events = [story.submitted("school", True, 12), story.opened("school")]
    early, late = events if first == "answer" else events[::-1]

    async with frame.transactions.begin() as tx:
        [box] = [each for each in frame.desk.boxes.values() if early.type in each.types]
        await box.take_in([early], tx)
        meanwhile = asyncio.create_task(tell(frame, late))

        async def has_met_us():
            return meanwhile.done() or await is_waiting_for_a_lock(frame)

        await until(has_met_us)
    await meanwhile

    assert (await totals_of(frame, story.requirement_id))["commune", YEAR][:2] == (1, 1)


async def test_two_answers_below_one_unit_that_are_folded_at_once_are_both_added(ground, story, totals_of):
    async with ground.transactions.begin() as tx:
        await ground.desk.boxes["reporting-answers"].take_in([story.submitted("school", True, 12)], tx)
        meanwhile = asyncio.create_task(tell(ground, story.submitted("lead", True, 5)))

        async def has_met_us():
            return meanwhile.done() or await is_waiting_for_a_lock(ground)

        await until(has_met_us)
    await meanwhile

    assert (await totals_of(ground, story.requirement_id))["department", YEAR] == (
        2,
        2,
        {"stem.implementing": 2, "stem.lessons": 17},
    )


async def test_a_rebuild_finds_and_tells_what_another_hand_has_changed(ground, story, totals_of):
    await tell(ground, story.submitted("school", True, 12))
    true_totals = await totals_of(ground, story.requirement_id)
    async with ground.engine.begin() as connection:
        await connection.execute(
            update(aggregates).where(aggregates.c.unit_id == "commune").values(sums={"stem.lessons": 99})
        )
        await connection.execute(
            update(contributions)
            .where(contributions.c.obligation_id == story.obligation_id("lead"))
            .values(above=["somewhere"])
        )

    async with ground.transactions.begin() as tx:
        corrections = await operations.rebuild(tx)

    key = AggregateKey(story.requirement_id, "commune", YEAR)
    assert [each.key for each in corrections] == [key]
    assert corrections[0].recorded[""] == Tally(1, 1, {"stem.lessons": 99})
    assert corrections[0].rebuilt[""] == Tally(1, 1, {"stem.implementing": 1, "stem.lessons": 12})
    assert await totals_of(ground, story.requirement_id) == true_totals
    assert (await told_of(ground, "commune"))[-1]["totals"][1]["value"] == 12
    await tell(ground, story.submitted("lead", True, 1))
    assert (await totals_of(ground, story.requirement_id))["department", YEAR][2]["stem.lessons"] == 13


async def test_a_fold_that_fails_leaves_nothing_behind(ground, story):
    before = await snapshot(ground)
    good = story.submitted("school", True, 12)
    beyond_integer = story.submitted("lead", True, 1, number=2**40)

    with pytest.raises(Exception, match="out of range"):
        await tell_together(ground, [good, beyond_integer])

    assert await snapshot(ground) == before
    async with ground.engine.connect() as connection:
        taken_in = await connection.execute(select(func.count()).where(inbox.c.durable == "reporting-answers"))
        assert taken_in.scalar_one() == 0
