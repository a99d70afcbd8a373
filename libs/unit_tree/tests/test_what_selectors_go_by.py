"""Groups, types and posts: whatever order the facts come in, and however often, the same tables, the same answers."""

from datetime import UTC, date, datetime
from itertools import permutations
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select, text

from chassis.transaction import Transactions, new_id, open_engine
from contracts.directory import GroupChanged, PersonChanged, Post, SelectorRule, UnitSelector, UnitTypeChanged
from unit_tree.selecting import catalogue, holding, note_groups, note_people, note_unit_types
from unit_tree.selectors import Rule, Selector
from unit_tree.tables import selecting_metadata

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = date(2026, 6, 1)
AN, BINH = UUID(int=1), UUID(int=2)


@pytest.fixture(scope="module")
async def engine(postgres_url):
    name = f"test_{new_id().hex}"
    admin = await asyncpg.connect(postgres_url)
    await admin.execute(f"CREATE DATABASE {name}")
    engine = open_engine(urlsplit(postgres_url)._replace(path=f"/{name}").geturl(), name="test", pool_size=2)
    async with engine.begin() as connection:
        await connection.run_sync(selecting_metadata.create_all)
    yield engine
    await engine.dispose()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def transactions(engine):
    await forget(transactions := Transactions(engine))
    return transactions


async def forget(transactions):
    async with transactions.begin() as tx:
        await tx.connection.execute(text("TRUNCATE known_groups, known_unit_types, known_people"))


async def note(transactions, events):
    """Note events of all kinds as they come, the first alone and the others together."""
    ways = {GroupChanged: note_groups, UnitTypeChanged: note_unit_types, PersonChanged: note_people}
    for some in (events[:1], events[1:]):
        async with transactions.begin() as tx:
            for kind, way in ways.items():
                await way([event for event in some if isinstance(event, kind)], tx)


async def known(transactions):
    async with transactions.begin() as tx:
        tables = {
            table.name: sorted(map(repr, (await tx.connection.execute(select(table))).all()))
            for table in selecting_metadata.sorted_tables
        }
        return tables, await catalogue(tx.connection), await holding(tx.connection, {"unit_head", "reporter"}, DAY)


def group(code, version, *units, removed=False):
    selector = None if removed else UnitSelector(any_of=(SelectorRule(types=("thcs",)),), include=units)
    return GroupChanged(occurred_at=NOW, code=code, version=version, name=f"{code} {version}", selector=selector)


def unit_type(code, version, *, removed=False):
    return UnitTypeChanged(
        occurred_at=NOW, code=code, version=version, name=f"{code} {version}", levels=("primary",), is_removed=removed
    )


def person(person_id, version, *posts, active=True):
    return PersonChanged(
        occurred_at=NOW,
        person_id=person_id,
        version=version,
        is_active=active,
        posts=tuple(
            Post(unit_id=unit_id, role=role, valid_from=date(2026, 1, 1), valid_to=until)
            for unit_id, role, until in posts
        ),
    )


@pytest.mark.parametrize(
    ("facts", "groups", "types", "held"),
    [
        (
            [group("a", 3, "U1"), group("a", 7, "U2"), group("a", 9, removed=True), group("b", 4, "U3")],
            {"b": Selector(any_of=(Rule(types=("thcs",)),), include=("U3",))},
            {},
            {},
        ),
        (
            [group("a", 3, removed=True), group("a", 5, "U2"), unit_type("thcs", 1), unit_type("thcs", 6)],
            {"a": Selector(any_of=(Rule(types=("thcs",)),), include=("U2",))},
            {"thcs": "thcs 6"},
            {},
        ),
        (
            [unit_type("a", 2), unit_type("a", 8, removed=True), unit_type("b", 3, removed=True), unit_type("b", 9)],
            {},
            {"b": "b 9"},
            {},
        ),
        (
            [
                person(AN, 1, ("S1", "unit_head", None)),
                person(AN, 2, ("S1", "unit_head", date(2026, 5, 31)), ("S2", "unit_head", None)),
                person(BINH, 4, ("S2", "unit_head", None), ("S3", "viewer", None)),
                person(BINH, 3, ("S1", "reporter", None)),
            ],
            {},
            {},
            {"unit_head": {"S2": 2}},
        ),
        (
            [
                person(AN, 5, ("S1", "unit_head", None), active=False),
                person(AN, 4, ("S1", "unit_head", None)),
                person(BINH, 1, ("S1", "reporter", DAY), ("S1", "reporter", date(2026, 5, 31))),
            ],
            {},
            {},
            {"reporter": {"S1": 1}},
        ),
    ],
)
async def test_any_order_gives_what_the_newest_facts_say(transactions, facts, groups, types, held):
    tables = None
    for order in permutations(facts):
        await forget(transactions)
        await note(transactions, list(order))
        await note(transactions, list(order)[:2])
        found, there, holders = await known(transactions)
        assert (there.groups, there.type_names) == (groups, types)
        assert {role: units for role, units in holders.items() if units} == held
        assert tables in (None, found)
        tables = found


async def test_thrown_away_it_comes_back_from_the_last_fact_of_each(transactions):
    facts = [group("a", 1, "U1"), group("a", 2, removed=True), unit_type("thcs", 1), unit_type("thcs", 2)]
    await note(transactions, [*facts, person(AN, 1), person(AN, 2, ("S1", "unit_head", None))])
    expected = await known(transactions)

    await forget(transactions)
    await note(transactions, [facts[1], facts[3], person(AN, 2, ("S1", "unit_head", None))])

    assert await known(transactions) == expected


async def test_the_roles_a_selector_goes_by_are_those_of_groups_too(transactions):
    heads = GroupChanged(
        occurred_at=NOW,
        code="heads",
        version=1,
        name="Hiệu trưởng",
        selector=UnitSelector(any_of=(SelectorRule(held_role="unit_head"),)),
    )
    await note(transactions, [heads])
    _, there, _ = await known(transactions)

    selector = Selector(any_of=(Rule(groups=("heads",)),), except_for=(Rule(held_role="viewer"),))

    assert there.roles_of(selector) == {"unit_head", "viewer"}
