"""The migrations lead to the tables in the code."""

from sqlalchemy.ext.asyncio import create_async_engine

from notify.main import MIGRATIONS


async def test_an_upgraded_database_differs_in_nothing_from_the_tables(database_for):
    url = await database_for(MIGRATIONS)
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))

    async with engine.connect() as connection:
        differences = await connection.run_sync(MIGRATIONS.differences)
        missing = await connection.run_sync(MIGRATIONS.what_is_missing)
    await engine.dispose()

    assert differences == []
    assert missing is None
