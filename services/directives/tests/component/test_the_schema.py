"""Migrating an empty database leads to the tables in the code, constraint by constraint."""

import json

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis.transaction import open_engine
from directives.domain.audience import of_types
from directives.main import MIGRATIONS
from unit_tree.selectors import Selector

CONSTRAINTS = text(
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version' ORDER BY 1, 2, 3"
)
TABLES = text("SELECT format('DROP TABLE %I CASCADE', tablename) FROM pg_tables WHERE schemaname = 'public'")


@pytest.fixture
async def engine(database):
    engine = open_engine(database, name="test", pool_size=1)
    yield engine
    await engine.dispose()


async def test_the_migrations_lead_to_the_tables(engine) -> None:
    async with engine.connect() as connection:
        assert await connection.run_sync(MIGRATIONS.differences) == []
        assert await connection.run_sync(MIGRATIONS.what_is_missing) is None


async def test_the_migrations_lead_to_the_constraints(engine) -> None:
    async with engine.connect() as connection:
        migrated = (await connection.execute(CONSTRAINTS)).all()
        for drop in (await connection.execute(TABLES)).scalars().all():
            await connection.execute(text(drop))
        for metadata in MIGRATIONS.metadata:
            await connection.run_sync(metadata.create_all)
        assert (await connection.execute(CONSTRAINTS)).all() == migrated
        assert sum(definition.startswith("CHECK") for _, _, definition in migrated) > 10
        await connection.rollback()  # tables are made and dropped in a transaction like anything else


WHOLE = {
    "signed_by": "gen_random_uuid()",
    "signed_at": "now()",
    "number": "1",
    "number_year": "2026",
    "notation": "'SGDĐT'",
    "register": "'official_letter'",
    "numbered_by": "gen_random_uuid()",
    "numbered_at": "now()",
    "issued_on": "'2026-11-20'",
    "issued_by": "gen_random_uuid()",
    "issued_at": "now()",
}


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({}, None),
        ({"signed_by": "NULL"}, "directives_signed_whole"),
        ({"notation": "NULL"}, "directives_numbered_whole"),
        ({"issued_by": "NULL"}, "directives_issued_whole"),
        ({"signed_by": "NULL", "signed_at": "NULL"}, "directives_signed_before_issued"),
        (
            dict.fromkeys(("number", "number_year", "notation", "numbered_by", "numbered_at", "register"), "NULL"),
            "directives_numbered_before_issued",
        ),
        ({"number": "0"}, "directives_number_counts"),
        ({"issued_on": "'2027-01-02'"}, "directives_issued_in_year_of_number"),
    ],
)
async def test_the_database_refuses_a_half_told_story(engine, changed, constraint) -> None:
    columns = WHOLE | changed
    insert = text(
        "INSERT INTO directives (directive_id, issuer_unit_id, document_type, subject, body, addressees, recipients,"
        f" drafted_by, drafted_at, {', '.join(columns)}) VALUES (gen_random_uuid(), 'U-SO', 'official_letter', '', '',"
        f" '[]', '[]', gen_random_uuid(), now(), {', '.join(columns.values())})"
    )
    if constraint is None:
        async with engine.begin() as connection:
            await connection.execute(insert)
        with pytest.raises(IntegrityError, match="directives_number_once"):
            async with engine.begin() as connection:
                await connection.execute(insert)
    else:
        with pytest.raises(IntegrityError, match=constraint):
            async with engine.begin() as connection:
                await connection.execute(insert)


async def test_audiences_written_before_there_were_selectors_mean_the_same_since(database_for) -> None:
    engine = open_engine(await database_for(MIGRATIONS), name="test", pool_size=1)

    def begin_before(connection):
        config = MIGRATIONS.config()
        config.attributes["connection"] = connection
        command.upgrade(config, "20261122_1250")

    written = [
        {"unit_types": ["thcs", "thpt"], "include": ["U-1"], "exclude": ["U-2"]},
        {"unit_types": [], "include": ["U-1"], "exclude": []},
    ]
    async with engine.begin() as connection:
        for drop in (await connection.execute(TABLES)).scalars().all():
            await connection.execute(text(drop))
        await connection.run_sync(begin_before)
        await connection.exec_driver_sql(
            "INSERT INTO directives (directive_id, issuer_unit_id, document_type, subject, body, addressees,"
            " recipients, drafted_by, drafted_at)"
            " VALUES (gen_random_uuid(), 'U', 'plan', '', '', '[]', '[]', gen_random_uuid(), now())"
        )
        for place, audience in enumerate(written):
            await connection.execute(
                text(
                    "INSERT INTO requirements (requirement_id, directive_id, place, kind, title, as_of, periods,"
                    " indicators, sections, audience, due_phrase, due_at)"
                    " SELECT gen_random_uuid(), directive_id, :place, 'report', '', now(), '[]', '[]', '[]',"
                    " CAST(:audience AS jsonb), '', now() FROM directives"
                ),
                {"place": place, "audience": json.dumps(audience)},
            )
        await connection.run_sync(MIGRATIONS._upgrade)
        found = (await connection.execute(text("SELECT audience FROM requirements ORDER BY place"))).scalars().all()
    await engine.dispose()

    assert [Selector.model_validate(each) for each in found] == [of_types(**each) for each in written]
