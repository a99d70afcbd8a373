"""A house of servers without services: started, broken, killed, started again."""

import json
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import asyncpg
import nats
import pytest

from congvan import places
from congvan.house import House, Notice, find, state
from congvan.house.keys import load_or_make
from congvan.house.steward import declared
from congvan.programs import NotReady, Program, born
from congvan.servers.nats import Nats
from congvan.servers.postgres import Postgres

pytestmark = pytest.mark.alone


def until(condition: Callable[[], object], within_s: float = 30.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def _house(home: Path, said: list[Notice] | None = None, **options: object) -> House:
    options = {"services": lambda _site: {}, "migrated": (), "durable": False, **options}
    return House(home, tell=(said if said is not None else []).append, **options)  # type: ignore[arg-type]  # as named above


def _congvan(*words: str, home: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "congvan", *words, "--home", str(home)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def _in_another_command(home: Path) -> "subprocess.Popen[str]":
    """Run a house in a process of its own that ends in order at SIGTERM; return once it is ready."""
    script = f"""
import signal, sys
from pathlib import Path
from congvan.house import House
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with House(Path({str(home)!r}), services=lambda site: {{}}, migrated=(), durable=False):
    print("ready", flush=True)
    signal.pause()
"""
    command = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert command.stdout is not None
    assert command.stdout.readline() == "ready\n"
    command.stdout.close()
    return command


def _forget(home: Path) -> None:
    Postgres(home / "postgres", port=0, password="").remove()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("a clone") / ".congvan"
    yield home
    _forget(home)


@pytest.fixture(scope="module")
def house(home: Path) -> Iterator[House]:
    with _house(home) as started:
        yield started


@pytest.fixture(scope="module")
def spare_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """For tests that start a house of their own; whoever comes first lays it out."""
    home = tmp_path_factory.mktemp("another clone") / ".congvan"
    yield home
    _forget(home)


def test_everything_declared_is_there_when_it_is_ready(house: House) -> None:
    server = house._servers["nats"]
    assert isinstance(server, Nats)

    assert declared(places.streams_file()) <= server.present()
    assert house.state.phase == "ready"


async def test_a_service_reaches_its_own_database_and_no_other(house: House) -> None:
    connection = await asyncpg.connect(house.database_url("directory"))
    assert await connection.fetchval("SELECT current_user") == "directory"
    await connection.close()

    others = house.database_url("directory").replace("/directory", "/reporting").replace("//reporting", "//directory")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(others)


async def test_a_deleted_durable_returns(house: House) -> None:
    server = house._servers["nats"]
    assert isinstance(server, Nats)
    account, stream, durable = min(each for each in declared(places.streams_file()) if each[2])
    client = await nats.connect(server.url, nkeys_seed_str=house.secrets.nats_seeds["steward"])
    await client.jetstream().delete_consumer(stream, durable)
    await client.close()
    assert (account, stream, durable) not in server.present()

    until(lambda: (account, stream, durable) in server.present())


def test_each_server_comes_back_after_a_kill(house: House) -> None:
    before = {name: house.pid(name) for name in house.names}

    for name in house.names:
        house.kill(name)
    until(lambda: all(house.pid(name) not in (None, before[name]) for name in house.names))

    house.wait_ready(within_s=30)


def test_a_second_command_is_told_who_runs_it(house: House, home: Path) -> None:
    running = find(home)

    assert running is not None
    assert running.addresses.everything() == house.addresses.everything()
    with pytest.raises(state.AlreadyRunning, match=str(house.state.pid)):
        _house(home).start()


def test_secrets_are_for_their_owner_alone(house: House, home: Path) -> None:
    assert stat.S_IMODE((home / "secrets.json").stat().st_mode) == 0o600
    assert house.secrets.postgres not in repr(house.secrets)
    assert load_or_make(home / "secrets.json") == house.secrets


def test_secrets_from_before_directives_had_a_bucket_get_its_keys_once(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    made = asdict(load_or_make(file))
    del made["store"]["directives_access_key"], made["store"]["directives_secret_key"]
    file.write_text(json.dumps(made))

    added = load_or_make(file)

    assert load_or_make(file) == added
    assert len(added.store.directives_secret_key) > 30
    assert asdict(added) | {"store": None} == made | {"store": None}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_secrets_that_cannot_be_read_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"postgres": "half of')

    with pytest.raises(ValueError, match="cannot be read"):
        load_or_make(tmp_path / "secrets.json")

    assert (tmp_path / "secrets.json").read_text() == '{"postgres": "half of'


def test_status_tells_size_and_readiness_of_each(house: House, home: Path) -> None:
    told = _congvan("status", "--json", home=home)

    report = json.loads(told.stdout)
    assert told.returncode == 1  # it has no services
    for name in house.names:
        program = report["programs"][name]
        assert (program["pid"], program["ready"]) == (house.pid(name), True)
        assert 0 < program["pss_bytes"] <= program["rss_bytes"]
    assert report["programs"]["portal"]["ready"] is False
    assert report["totals"]["rss_bytes"] == sum(each["rss_bytes"] for each in report["programs"].values())
    assert report["ready_after_s"] == house.state.ready_after_s


def test_a_killed_house_leaves_nothing_and_its_state_is_enough_to_go_on(spare_home: Path) -> None:
    home = spare_home
    command = _in_another_command(home)
    before = state.read(home)

    command.kill()
    command.wait()
    until(lambda: all(born(each["pid"]) is None for each in before.programs.values()))
    assert len(before.programs) == 4

    with _house(home) as again:
        assert again.addresses.ports == before.ports
        assert again.state.was_warm
    after = state.read(home)
    assert (after.phase, after.pid, after.programs) == ("down", None, {})


def test_down_stops_what_another_command_runs_and_wipe_leaves_other_files_alone(spare_home: Path) -> None:
    command = _in_another_command(spare_home)
    (spare_home / "somebody's notes").write_text("kept")

    done = _congvan("down", "--wipe", home=spare_home)

    assert command.wait(30) == 0
    assert (done.returncode, done.stderr) == (0, "")
    assert find(spare_home) is None
    assert {each.name for each in spare_home.iterdir()} == {"house.lock", "somebody's notes"}
    assert "Nothing is running" in _congvan("down", home=spare_home).stdout
    assert _congvan("status", home=spare_home).returncode == 3


def test_a_service_that_will_not_start_is_quoted_and_nothing_is_left(spare_home: Path) -> None:
    broken = Program(
        name="portal",
        command=(sys.executable, "-S", "-c", "raise SystemExit('the door is stuck')"),
        log=spare_home / "logs" / "portal.log",
        why_not_ready=lambda: "nobody opens",
    )
    house = _house(spare_home, services=lambda _site: {"portal": broken})

    with pytest.raises(NotReady, match="the door is stuck"):
        house.start()

    assert find(house.home) is None
    assert state.read(house.home).programs == {}


def test_a_state_cut_short_costs_the_addresses_only(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text('{"ports": {"portal": 80')

    assert state.read(tmp_path) == state.State()
