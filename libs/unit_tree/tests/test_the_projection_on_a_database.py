"""Whatever order the facts come in, and however often: the same table, the same tree. Thrown away, it comes back."""

import random
import time
from datetime import UTC, date, datetime
from itertools import permutations
from urllib.parse import urlsplit

import asyncpg
import pytest
from sqlalchemy import select, text

from chassis.strokes import Strokes
from chassis.transaction import Transactions, new_id, open_engine
from contracts.directory import UnitChanged, UnitRelation, UnitVersion
from unit_tree.projection import TreeReader, note_unit, note_units
from unit_tree.standing import find_standings, read_standings
from unit_tree.tables import known_units, metadata


@pytest.fixture(scope="module")
async def engine(postgres_url):
    name = f"test_{new_id().hex}"
    admin = await asyncpg.connect(postgres_url)
    await admin.execute(f"CREATE DATABASE {name}")
    engine = open_engine(urlsplit(postgres_url)._replace(path=f"/{name}").geturl(), name="test", pool_size=2)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield engine
    await engine.dispose()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def transactions(engine):
    async with engine.begin() as connection:
        await connection.execute(text("TRUNCATE known_units"))
    return Transactions(engine)


def fact(unit_id, version, parent=None):
    since = date(2026, 1, 1)
    above = [UnitRelation(kind="reporting", parent_id=parent, valid_from=since, valid_to=None)] if parent else []
    return UnitChanged(
        occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
        unit_id=unit_id,
        version=version,
        versions=(
            UnitVersion(
                valid_from=since,
                valid_to=None,
                unit_type="thcs",
                name=f"{unit_id} {version}",
                short_name="A",
                levels=(),
            ),
        ),
        relations=tuple(above),
        lineage=(),
    )


FACTS = [fact("A", 1), fact("A", 2, "B"), fact("A", 3), fact("B", 1), fact("B", 2, "C")]


async def rows(transactions):
    async with transactions.begin() as tx:
        found = await tx.connection.execute(select(known_units).order_by(known_units.c.unit_id))
        return [(row.unit_id, row.version, row.state["versions"][0]["name"]) for row in found.all()]


async def test_any_order_one_by_one_or_together_gives_one_table(transactions):
    expected = [("A", 3, "A 3"), ("B", 2, "B 2")]
    for order in permutations(FACTS):
        async with transactions.begin() as tx:
            await tx.connection.execute(text("TRUNCATE known_units"))
            for event in order[:2]:
                await note_unit(event, tx)
            await note_units(order[2:], tx)
        assert await rows(transactions) == expected


async def test_facts_that_come_again_change_nothing(transactions):
    chance = random.Random(7)  # noqa: S311  any order will do, not a secret
    many = [fact(f"U{number}", version) for number in range(20) for version in range(1, 6)]
    once = sorted(many, key=lambda each: each.version)
    async with transactions.begin() as tx:
        await note_units(once, tx)
    expected = await rows(transactions)
    for _ in range(5):
        again = chance.choices(many, k=200)
        async with transactions.begin() as tx:
            for start in range(0, len(again), 64):
                await note_units(again[start : start + 64], tx)
        assert await rows(transactions) == expected


async def test_thrown_away_it_comes_back_from_the_last_fact_of_each_unit(transactions):
    async with transactions.begin() as tx:
        await note_units(FACTS, tx)
    expected = await rows(transactions)
    newest = {each.unit_id: each for each in sorted(FACTS, key=lambda each: each.version)}

    async with transactions.begin() as tx:
        await tx.connection.execute(text("TRUNCATE known_units"))
        await note_units(list(newest.values()), tx)

    assert await rows(transactions) == expected


async def test_the_tree_follows_the_table_and_only_what_changed_is_read_again(transactions):
    reader = TreeReader()
    today = date(2026, 6, 1)

    async def tree():
        async with transactions.begin() as tx:
            return await reader.tree(tx.connection)

    assert len(await tree()) == 0
    async with transactions.begin() as tx:
        await note_units([fact("A", 1), fact("B", 1), fact("C", 1, "A")], tx)
    first = await tree()
    assert first.ancestors("C", "reporting", today) == ("A",)
    assert await tree() is first

    async with transactions.begin() as tx:
        await note_units([fact("C", 2, "B"), fact("D", 1, "C")], tx)
    second = await tree()

    assert second.ancestors("D", "reporting", today) == ("C", "B")
    assert first.ancestors("C", "reporting", today) == ("A",)
    kept = {unit.unit_id: unit for unit in first}
    assert {unit.unit_id for unit in second if kept.get(unit.unit_id) is unit} == {"A", "B"}

    async with transactions.begin() as tx:
        await tx.connection.execute(text("TRUNCATE known_units"))
    assert len(await tree()) == 0


async def test_who_stands_above_a_few_is_what_the_whole_tree_says(transactions, engine):
    chance = random.Random(11)  # noqa: S311  any tree will do, not a secret
    names = [f"U{number}" for number in range(12)]
    days = [date(2026, month, 1) for month in (1, 3, 5, 7)]
    kinds = ("reporting", "administrative")

    def dated(unit_id):
        # Any history, rings among them.
        ends = [(*sorted(chance.sample(days, 2)), chance.choice(names), chance.choice(kinds)) for _ in range(3)]
        relations = tuple(
            UnitRelation(kind=kind, parent_id=parent, valid_from=first, valid_to=chance.choice([None, last]))
            for first, last, parent, kind in ends
        )
        return fact(unit_id, 1).model_copy(update={"relations": relations})

    async with transactions.begin() as tx:
        await note_units([dated(each) for each in names], tx)
        tree = await TreeReader().tree(tx.connection)
    few = names[:7]
    async with transactions.begin() as tx:
        found = await find_standings(tx, [*few, "NOBODY"], kinds, days)

    assert sorted(found) == few
    for unit_id in few:
        for kind in kinds:
            for day in days:
                above = {each.unit_id for each in found[unit_id] if (each.kind, each.day) == (kind, day)}
                assert above == {unit_id, *tree.ancestors(unit_id, kind, day)}
    strokes = Strokes(
        engine.url.set(drivername="postgresql").render_as_string(hide_password=False),
        name="test",
        pool_size=1,
        wake=lambda: None,
    )
    again = await read_standings(strokes, few, kinds, days)
    await strokes.close()
    assert {key: set(value) for key, value in again.items()} == {key: set(value) for key, value in found.items()}


async def test_one_change_among_many_is_much_cheaper_than_reading_all_of_them(transactions):
    many = [fact(f"U{number}", 1, "U0") for number in range(10_000)]
    async with transactions.begin() as tx:
        await note_units(many, tx)
    reader = TreeReader()

    async def seconds():
        begun = time.perf_counter()
        async with transactions.begin() as tx:
            assert len(await reader.tree(tx.connection)) == len(many)
        return time.perf_counter() - begun

    all_of_them = await seconds()
    one_change = []
    for version in (2, 3, 4):  # the machine may be busy with something else at one of these moments
        async with transactions.begin() as tx:
            await note_unit(fact("U7", version, "U1"), tx)
        one_change.append(await seconds())

    assert min(one_change) < all_of_them / 2
