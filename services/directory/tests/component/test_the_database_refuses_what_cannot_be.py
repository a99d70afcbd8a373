"""What the operations let through by mistake, the tables would still refuse."""

import asyncio

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.testing import until
from directory.main import MIGRATIONS

UNIT = "INSERT INTO units VALUES ('A', 1), ('B', 1), ('C', 1)"
VERSION = "INSERT INTO unit_versions VALUES ('A', '2026-01-01', '2026-06-30', 'thcs', 'A', 'A')"
RELATION = "INSERT INTO unit_relations VALUES ('A', 'reporting', 'B', '2026-01-01', '2026-06-30')"


@pytest.fixture
async def connection(empty_database):
    connection = await asyncpg.connect(empty_database)
    for statement in (UNIT, VERSION, RELATION):
        await connection.execute(statement)
    yield connection
    await connection.close()


async def test_the_migrations_lead_to_the_tables_of_the_code(database_for):
    engine = create_async_engine((await database_for(MIGRATIONS)).replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.connect() as connection:
        assert await connection.run_sync(MIGRATIONS.differences) == []
        assert await connection.run_sync(MIGRATIONS.what_is_missing) is None
    await engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO unit_versions VALUES ('A', '2026-06-30', NULL, 'thcs', 'A', 'A')",
        "INSERT INTO unit_versions VALUES ('A', '2025-01-01', NULL, 'thcs', 'A', 'A')",
        "INSERT INTO unit_relations VALUES ('A', 'reporting', 'C', '2026-06-30', NULL)",
        "INSERT INTO unit_relations VALUES ('A', 'reporting', 'B', '2026-03-01', '2026-04-01')",
        "INSERT INTO unit_relations VALUES ('C', 'reporting', 'A', '2026-01-01', NULL),"
        " ('C', 'reporting', 'B', '2026-02-01', NULL)",
        "UPDATE unit_relations SET valid_to = '2025-07-01' WHERE unit_id = 'B' AND parent_id = 'C'",
    ],
)
async def test_spans_of_days_do_not_overlap(connection, statement):
    await connection.execute("INSERT INTO unit_relations VALUES ('B', 'reporting', 'C', '2025-01-01', '2025-06-30')")
    await connection.execute("INSERT INTO unit_relations VALUES ('B', 'reporting', 'A', '2025-07-01', NULL)")
    with pytest.raises(asyncpg.ExclusionViolationError):
        await connection.execute(statement)


async def test_two_transactions_at_once_cannot_overlook_each_other(connection, empty_database, how_many_wait):
    second = await asyncpg.connect(empty_database)
    one, other = connection.transaction(), second.transaction()
    await one.start()
    await connection.execute("INSERT INTO unit_relations VALUES ('C', 'reporting', 'A', '2026-01-01', NULL)")
    await other.start()
    waiting = asyncio.create_task(
        second.execute("INSERT INTO unit_relations VALUES ('C', 'reporting', 'B', '2026-02-01', NULL)")
    )

    async def it_waits():
        return await how_many_wait() == 1

    await until(it_waits)
    await one.commit()

    with pytest.raises(asyncpg.ExclusionViolationError):
        await waiting
    await second.close()


async def test_a_code_has_one_holder_at_a_time_once_the_transaction_ends(connection):
    hold = "INSERT INTO unit_identifiers VALUES ($1, 'moet_school_code', '99001301', $2::text::date, NULL)"
    await connection.execute(hold, "A", "2026-01-01")
    with pytest.raises(asyncpg.ExclusionViolationError):
        await connection.execute(hold, "B", "2026-06-01")

    async with connection.transaction():  # it passes on, in whatever order
        await connection.execute(hold, "B", "2026-06-01")
        await connection.execute("UPDATE unit_identifiers SET valid_to = '2026-05-31' WHERE unit_id = 'A'")
    await connection.execute("INSERT INTO unit_identifiers VALUES ('A', 'organ_id_v2', '99001301', '2026-06-01', NULL)")
    assert await connection.fetchval("SELECT count(*) FROM unit_identifiers") == 3


async def test_two_memberships_in_one_cluster_do_not_overlap_and_in_two_clusters_may(connection):
    await connection.execute("INSERT INTO unit_relations VALUES ('A', 'cluster', 'B', '2026-01-01', NULL)")
    await connection.execute("INSERT INTO unit_relations VALUES ('A', 'cluster', 'C', '2026-01-01', NULL)")

    with pytest.raises(asyncpg.ExclusionViolationError):
        await connection.execute("INSERT INTO unit_relations VALUES ('A', 'cluster', 'C', '2026-02-01', NULL)")


async def test_spans_that_follow_each_other_and_those_of_others_are_fine(connection):
    await connection.execute("INSERT INTO unit_versions VALUES ('A', '2026-07-01', NULL, 'thcs', 'A', 'A')")
    await connection.execute("INSERT INTO unit_versions VALUES ('B', '2026-01-01', NULL, 'thcs', 'B', 'B')")
    await connection.execute("INSERT INTO unit_relations VALUES ('A', 'reporting', 'C', '2026-07-01', NULL)")
    await connection.execute("INSERT INTO unit_relations VALUES ('B', 'reporting', 'C', '2026-01-01', NULL)")

    assert await connection.fetchval("SELECT count(*) FROM unit_versions") == 3


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO unit_versions VALUES ('A', '2027-01-01', '2026-12-31', 'thcs', 'A', 'A')",
        "INSERT INTO unit_relations VALUES ('A', 'friend', 'B', '2027-01-01', NULL)",
        "INSERT INTO unit_relations VALUES ('A', 'professional', 'A', '2027-01-01', NULL)",
        "INSERT INTO unit_lineage VALUES ('A', 'swallowed', 'B', '2027-01-01', '')",
        "INSERT INTO unit_lineage VALUES ('A', 'merged_into', 'A', '2027-01-01', '')",
        "UPDATE unit_versions SET levels = '{kindergarten}'",
        "INSERT INTO unit_identifiers VALUES ('A', 'organ_id_v2', 'H99', '2027-01-01', '2026-12-31')",
        "INSERT INTO unit_types VALUES ('creche', 'Nhà trẻ', '{kindergarten}')",
        "UPDATE units SET version = 0",
    ],
)
async def test_what_a_row_may_not_say(connection, statement):
    # A span of days in the wrong order is refused by the range itself, before the constraint is asked.
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.DataError)):
        await connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO unit_versions VALUES ('A', '2027-01-01', NULL, 'castle', 'A', 'A')",
        "INSERT INTO unit_versions VALUES ('NOBODY', '2027-01-01', NULL, 'thcs', 'A', 'A')",
        "INSERT INTO unit_relations VALUES ('A', 'professional', 'NOBODY', '2027-01-01', NULL)",
        "DELETE FROM units WHERE unit_id = 'B'",
    ],
)
async def test_nothing_refers_to_what_is_not_there(connection, statement):
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await connection.execute(statement)


async def test_the_catalogue_knows_the_types_of_the_field(connection):
    levels = dict(await connection.fetch("SELECT code, levels FROM unit_types"))

    assert len(levels) == 18
    assert levels["th_thcs"] == ["primary", "lower_secondary"]
    assert levels["pt_nhieu_cap"] == ["primary", "lower_secondary", "upper_secondary"]
    assert levels["gdtx"] == ["continuing"]
    assert levels["phong_vhxh"] == []
