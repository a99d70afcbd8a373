"""What the operations let through by mistake, the tables would still refuse."""

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

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
    ],
)
async def test_spans_of_days_do_not_overlap(connection, statement):
    with pytest.raises(asyncpg.ExclusionViolationError):
        await connection.execute(statement)


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
