"""Bring a service's database to the schema its code expects, and notice when it is not there.

Alembic is imported where it is used: a process that only serves need not carry it.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, MetaData, text
from sqlalchemy.exc import ProgrammingError

from chassis.transaction import open_engine

if TYPE_CHECKING:
    from alembic.config import Config

LOCK_TIMEOUT = "5s"
"""A migration that waits longer for a table holds up everyone who comes after it."""
_REVISION = re.compile(r'^revision = "(.+)"$', re.MULTILINE)
_FOLLOWS = re.compile(r'^down_revision = "(.+)"$', re.MULTILINE)
ONE_AT_A_TIME = 0xC09_A1E


@dataclass(frozen=True)
class Migrations:
    """The migrations of one service: a folder with `versions/`, and the tables they lead to."""

    folder: Path
    metadata: tuple[MetaData, ...]

    def config(self) -> "Config":
        """Return Alembic's configuration, without a file."""
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(self.folder).replace("%", "%%"))
        config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s")
        return config

    @property
    def head(self) -> str:
        """Return the revision that no other one follows; what a file is called does not decide it."""
        return _head(self.folder)

    async def upgrade(self, database_url: str) -> None:
        """Run what has not run yet; two processes doing so at once take turns. Safe to repeat."""
        engine = open_engine(database_url, name="migrate", pool_size=1)
        try:
            async with engine.begin() as connection:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
                await connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
                await connection.run_sync(self._upgrade)
        finally:
            await engine.dispose()

    def _upgrade(self, connection: Connection) -> None:
        from alembic import command

        config = self.config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    def differences(self, connection: Connection) -> list[object]:
        """Return where the database differs from the tables in the code (Alembic's own comparison)."""
        from alembic.autogenerate import compare_metadata
        from alembic.runtime.migration import MigrationContext

        migrated = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(migrated, list(self.metadata)))  # type: ignore[arg-type]  # it takes a sequence

    def what_is_missing(self, connection: Connection) -> str | None:
        """Return why this code cannot work on this database, or null."""
        try:
            current = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        except ProgrammingError:
            current = None
        return None if current == self.head else f"schema is at {current}, this code needs {self.head}"


@cache
def _head(folder: Path) -> str:
    # Read as text: a process that only serves carries no Alembic, and is often asked whether it is ready.
    written = [path.read_text(encoding="utf-8") for path in (folder / "versions").glob("[0-9]*.py")]
    revisions: set[str] = {found for text in written for found in _REVISION.findall(text)}
    followed: set[str] = {found for text in written for found in _FOLLOWS.findall(text)}
    [head] = revisions - followed
    return head


def run_revisions() -> None:
    """Run the revisions on the connection `Migrations` opened; all that a service's `env.py` has to say."""
    from alembic import context

    context.configure(connection=context.config.attributes["connection"])
    with context.begin_transaction():
        context.run_migrations()
