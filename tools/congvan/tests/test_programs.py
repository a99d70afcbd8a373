"""Programs as children: whoever starts one can count on its end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from congvan import programs
from congvan.house import state
from congvan.house.keeper import Keeper, NotHere
from congvan.house.notices import Notice
from congvan.programs import Child, NotReady, Program, born

SLEEP = (sys.executable, "-S", "-c", "import time; time.sleep(600)")
DEAF = (
    sys.executable,
    "-S",
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)",
)


def until(condition: Callable[[], object], within_s: float = 10.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.01)


@pytest.fixture
def said() -> list[Notice]:
    return []


@pytest.fixture
def keeper(said: list[Notice]) -> Iterator[Keeper]:
    kept = Keeper(said.append, lambda: None)
    yield kept
    kept.stop(kept.children())
    kept.close()


def _program(tmp_path: Path, command: tuple[str, ...] = SLEEP, name: str = "it", stop_within_s: float = 5.0) -> Program:
    return Program(name=name, command=command, log=tmp_path / f"{name}.log", stop_within_s=stop_within_s)


def _pid(keeper: Keeper, name: str = "it") -> int | None:
    running = keeper.children().get(name)
    return running[0].pid if running else None


def test_a_program_that_ends_is_started_again_and_it_is_said(
    keeper: Keeper, said: list[Notice], tmp_path: Path
) -> None:
    keeper.start([_program(tmp_path)])
    first = _pid(keeper)

    keeper.kill("it", stay_down=False)

    until(lambda: _pid(keeper) not in (None, first))
    assert [(notice.kind, notice.about) for notice in said] == [("trouble", "it")]
    assert "SIGKILL" in said[0].en


def test_the_pause_before_a_restart_grows(keeper: Keeper, said: list[Notice], tmp_path: Path) -> None:
    keeper.start([_program(tmp_path, (sys.executable, "-S", "-c", "raise SystemExit(7)"))])

    until(lambda: len(said) >= 3)

    assert [notice.en for notice in said[:3]] == [
        "ended with status 7; starts again in 0.2 s",
        "ended with status 7; starts again in 0.4 s",
        "ended with status 7; starts again in 0.8 s",
    ]


def test_a_program_that_cannot_be_started_does_not_end_the_keeper(keeper: Keeper, tmp_path: Path) -> None:
    keeper.start([_program(tmp_path, ("/no/such/program",), "missing"), _program(tmp_path)])

    until(lambda: keeper.ends("missing")[0] >= 2)

    assert _pid(keeper) is not None


def test_a_program_killed_to_stay_down_stays_down_until_restarted(keeper: Keeper, tmp_path: Path) -> None:
    keeper.start([_program(tmp_path), _program(tmp_path, name="other")])
    keeper.kill("it", stay_down=True)
    until(lambda: _pid(keeper) is None)

    keeper.kill("other", stay_down=False)
    until(lambda: keeper.ends("other")[0] == 1 and _pid(keeper, "other") is not None)

    assert _pid(keeper) is None
    keeper.restart("it")
    assert _pid(keeper) is not None


def test_an_unknown_program_is_refused_by_name(keeper: Keeper, tmp_path: Path) -> None:
    keeper.start([_program(tmp_path)])

    with pytest.raises(NotHere, match="nobody is not one of it"):
        keeper.restart("nobody")


def test_a_program_outlives_the_thread_that_asked_for_it(keeper: Keeper, tmp_path: Path) -> None:
    asking = threading.Thread(target=lambda: keeper.start([_program(tmp_path)]))
    asking.start()
    asking.join()
    pid = _pid(keeper)

    keeper.start([_program(tmp_path, name="other")])
    until(lambda: _pid(keeper, "other") is not None)

    assert _pid(keeper) == pid
    assert keeper.ends("it") == (0, "")


def test_a_paused_program_can_be_stopped(keeper: Keeper, tmp_path: Path) -> None:
    keeper.start([_program(tmp_path)])
    pid = _pid(keeper)
    assert pid is not None
    keeper.send("it", signal.SIGSTOP)
    until(lambda: _status(pid) == "T")

    assert keeper.stop(["it"]) == []
    assert born(pid) is None


def test_a_deaf_program_is_killed_and_named(keeper: Keeper, tmp_path: Path) -> None:
    deaf = _program(tmp_path, DEAF, stop_within_s=0.2)
    keeper.start([deaf])
    until(lambda: deaf.log.read_text() == "deaf\n")

    assert keeper.stop(["it"]) == ["it"]


def test_what_a_program_started_ends_with_it(tmp_path: Path) -> None:
    parent = _program(
        tmp_path,
        (
            sys.executable,
            "-S",
            "-c",
            "import subprocess, sys; p = subprocess.Popen(['/bin/sleep', '600']); print(p.pid, flush=True)",
        ),
    )
    child = Child.start(parent)
    until(lambda: child.ended() is not None)

    left = int(parent.log.read_text())

    until(lambda: born(left) is None)


def test_waiting_tells_the_last_words_of_a_program_that_ended(tmp_path: Path) -> None:
    child = Child.start(
        Program(
            name="it",
            command=(sys.executable, "-S", "-c", "raise SystemExit('no room')"),
            log=tmp_path / "it.log",
            why_not_ready=lambda: "not yet",
        )
    )

    with pytest.raises(NotReady, match="it ended with status 1 before it was ready; its last words:\nno room"):
        child.wait_ready(10)


def test_nothing_is_left_when_the_keeper_is_killed(tmp_path: Path) -> None:
    script = f"""
import threading
from pathlib import Path
from congvan.house.keeper import Keeper
from congvan.programs import Program
keeper = Keeper(print, lambda: None)
programs = [Program(name=n, command={DEAF!r}, log=Path({str(tmp_path)!r}) / n) for n in ("a", "b")]
keeper.start(programs)
print(*(child.pid for child, _ in keeper.children().values()), flush=True)
threading.Event().wait()
"""
    command = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert command.stdout is not None
    pids = [int(word) for word in command.stdout.readline().split()]
    until(lambda: all(_is_deaf(tmp_path / name) for name in ("a", "b")))
    assert len(pids) == 2

    command.kill()
    command.wait()
    command.stdout.close()

    until(lambda: all(born(pid) is None for pid in pids))


def test_leftovers_are_found_by_their_birth_and_by_their_mark(tmp_path: Path) -> None:
    noted = subprocess.Popen(["/bin/sleep", "600"])
    marked = subprocess.Popen(["/bin/sleep", "600"], env={**os.environ, state.MARK: str(tmp_path)})
    stranger = subprocess.Popen(["/bin/sleep", "600"], env={**os.environ, state.MARK: f"{tmp_path}-other"})
    known = state.State(
        programs={
            "portal": {"pid": noted.pid, "born": born(noted.pid), "restarts": 0},
            "notify": {"pid": stranger.pid, "born": "an earlier life of this id", "restarts": 0},
        }
    )
    # Whoever started them is gone in real life; here somebody has to collect them.
    collected = [threading.Thread(target=each.wait) for each in (noted, marked)]
    for each in collected:
        each.start()
    try:
        assert "portal" in state.end_leftovers(tmp_path, known)

        for each in collected:
            each.join(5)
        assert (noted.returncode, marked.returncode, stranger.poll()) == (-9, -9, None)
    finally:
        for left in (noted, marked, stranger):
            left.kill()
            left.wait()


def test_a_log_that_has_grown_too_long_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "LOG_LIMIT_BYTES", 10)
    log = tmp_path / "it.log"
    log.write_text("more than ten letters\n")

    Child.start(_program(tmp_path)).kill()

    assert (log.read_text(), (tmp_path / "it.log.1").read_text()) == ("", "more than ten letters\n")


def test_settings_of_services_in_our_environment_reach_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIRECTORY_DATABASE_URL", "somebody's own")
    monkeypatch.setenv("PGPASSWORD", "somebody's own")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector")

    left = programs.bare_environment()

    assert "DIRECTORY_DATABASE_URL" not in left
    assert "PGPASSWORD" not in left
    assert left["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://collector"


def _status(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _is_deaf(log: Path) -> bool:
    return log.exists() and log.read_text() == "deaf\n"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_program_that_stands_back_does_so_as_a_session_too(keeper: Keeper, tmp_path: Path) -> None:
    def niceness(name: str) -> tuple[int, str]:
        pid = _pid(keeper, name)
        assert pid is not None
        group = Path(f"/proc/{pid}/autogroup")
        weight = group.read_text(encoding="ascii").split()[-1] if group.exists() else ""
        return os.getpriority(os.PRIO_PROCESS, pid), weight

    back = Program(name="back", command=SLEEP, log=tmp_path / "back.log", niceness=10)
    keeper.start([_program(tmp_path), back])

    grouped = Path("/proc/self/autogroup").exists()
    until(lambda: niceness("back") == (10, "10" if grouped else ""))
    assert niceness("it") == (0, "0" if grouped else "")
