"""Where tests get their servers from."""

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import asyncpg
import nats as nats_py
import pytest

from congvan.servers import borrowed, nats


@pytest.fixture
def wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONGVAN_TEST_SERVERS", "wheels")
    borrowed.source.cache_clear()


def test_docker_that_is_forced_and_away_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONGVAN_TEST_SERVERS", "docker")
    monkeypatch.setenv("DOCKER_HOST", "unix:///no/such/docker.sock")
    borrowed.source.cache_clear()

    with pytest.raises(borrowed.NoSuchSource, match="Docker does not answer"):
        borrowed.source()


def test_a_source_nobody_knows_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONGVAN_TEST_SERVERS", "podman")
    borrowed.source.cache_clear()

    with pytest.raises(borrowed.NoSuchSource, match="not podman"):
        borrowed.source()


def test_what_docker_is_asked_through_is_there_and_warns_of_nothing() -> None:
    """Also where there is no Docker: its branch is taken by others, and what is deprecated is an error."""
    tree = ast.parse(Path(borrowed.__file__).read_text(encoding="utf-8"))
    asked = [
        each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom) and "testcontainers" in str(each.module)
    ]
    assert len(asked) > 3
    program = "\n".join(ast.unparse(each) for each in asked)

    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)

    assert (done.stderr, done.returncode) == ("", 0)


def test_without_docker_the_wheels_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONGVAN_TEST_SERVERS", raising=False)
    monkeypatch.setenv("DOCKER_HOST", "unix:///no/such/docker.sock")
    borrowed.source.cache_clear()

    assert borrowed.source() == "wheels"


async def test_a_named_server_comes_first(monkeypatch: pytest.MonkeyPatch, wheels: None) -> None:
    with borrowed.postgres() as url:
        monkeypatch.delenv("CONGVAN_TEST_SERVERS")
        monkeypatch.setenv("CONGVAN_TEST_POSTGRES_URL", url)

        with borrowed.postgres() as same:
            assert same == url
            connection = await asyncpg.connect(same)
            assert await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            await connection.close()


async def test_a_lent_nats_knows_its_users(wheels: None) -> None:
    def configure(public_keys: Mapping[str, str], *, port: int, store_dir: Path, monitor_port: int) -> str:
        plain = nats.plain_jetstream(port=port, store_dir=store_dir, monitor_port=monitor_port)
        users = ", ".join(f"{{ nkey: {key} }}" for key in public_keys.values())
        return f"{plain}accounts {{ PLATFORM {{ jetstream: enabled, users: [ {users} ] }} }}\n"

    with borrowed.nats(configure, ("one", "two")) as lent:
        for user in ("one", "two"):
            client = await nats_py.connect(lent.url, nkeys_seed_str=lent.seeds[user])
            await client.flush()
            await client.close()


def test_servers_stand_in_memory_where_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(borrowed, "ROOM", 1)
    with borrowed.ground(tmp_path) as folder:
        assert folder.parent == tmp_path
    assert not folder.exists()

    monkeypatch.setattr(borrowed, "ROOM", 2**60)
    with borrowed.ground(tmp_path) as folder:
        assert folder.parent != tmp_path

    monkeypatch.setattr(borrowed, "ROOM", 1)
    with borrowed.ground(tmp_path / "nowhere") as folder:
        assert folder.is_dir()


def test_what_the_killed_left_in_memory_is_removed_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(borrowed, "ROOM", 1)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    kept = [tmp_path / f"congvan-test-abc-{os.getpid()}", tmp_path / "congvan-test-abc-", tmp_path / f"a-b-{gone.pid}"]
    for folder in (*kept, tmp_path / f"congvan-test-abc-{gone.pid}"):
        (folder / "postgres").mkdir(parents=True)

    with borrowed.ground(tmp_path) as mine:
        assert sorted(tmp_path.iterdir()) == sorted([*kept, mine])


def test_importing_the_choice_loads_no_client_library() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, congvan.house; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()

    assert {"minio", "nats", "asyncpg", "pydantic", "aiosmtpd", "cryptography", "psutil", "docker"} & set(
        loaded
    ) == set()
