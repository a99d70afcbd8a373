"""The migrations lead to the tables the code speaks of."""

from submissions.main import MIGRATIONS


async def test_an_empty_database_becomes_the_one_the_code_expects(frame) -> None:
    async with frame.engine.connect() as connection:
        assert await connection.run_sync(MIGRATIONS.differences) == []
        assert await connection.run_sync(MIGRATIONS.what_is_missing) is None
