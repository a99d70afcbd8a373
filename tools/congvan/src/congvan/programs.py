"""Programs that run as children: started, watched, signalled, ended, and recognised again by whoever comes later."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launch.py")
LOG_LIMIT_BYTES = 20 * 1024 * 1024  # enough for days of a laptop; one older file is kept
POLL_S = 0.02


def _is_ready_at_once() -> str | None:
    return None


def _nothing_to_mend() -> None:
    return None


@dataclass(frozen=True)
class Owner:
    """The system user a program runs as when we are root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run, how to know that it is ready, and how to end it."""

    name: str
    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Added to what `bare_environment` leaves of ours. Holds secrets, so it is never shown."""
    cwd: Path = Path("/")
    owner: Owner | None = None
    niceness: int = 0
    """How far it stands back when processors are short, as nice(1) counts."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within_s: float = 10.0
    death_signal: signal.Signals = signal.SIGKILL
    """What the kernel sends it when we are gone."""
    mend: Callable[[], None] = _nothing_to_mend
    """Repairs what a sudden end may have left behind; called before every start and after every stop."""
    why_not_ready: Callable[[], str | None] = _is_ready_at_once
    """Return None once the program really answers, else the reason why not. May be called from any thread."""


class NotReady(Exception):
    """A program did not become ready in time, or ended before it was."""


def bare_environment() -> dict[str, str]:
    """Return our environment without anything that is ours or a service's, so that a shell's leftovers reach nobody."""
    ours = (
        "CONGVAN_",
        "DIRECTORY_",
        "DIRECTIVES_",
        "SUBMISSIONS_",
        "REPORTING_",
        "NOTIFY_",
        "PORTAL_",
        "PG",
        "WEED_",
        "PYTEST_",
    )
    dropped = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP"}
    return {name: value for name, value in os.environ.items() if name not in dropped and not name.startswith(ours)}


def ending_with_us(
    command: Iterable[str],
    *,
    owner: Owner | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
    niceness: int = 0,
) -> list[str]:
    """Return a command that runs `command`, as `owner`, and ends when the thread that starts it does (see `launch`)."""
    user = [str(owner.uid), str(owner.gid)] if owner else ["", ""]
    told = [str(os.getpid()), str(int(death_signal)), str(niceness), *user]
    return [sys.executable, "-I", "-S", str(LAUNCHER), *told, *command]


def born(pid: int) -> str | None:
    """Return a text that tells this life of `pid` from every other, or None when nobody has the id now.

    The start in clock ticks since boot, with the boot's own id: unlike a wall-clock time it does not move when the
    clock is set.
    """
    if sys.platform != "linux":
        import psutil  # type: ignore[import-untyped]  # it ships no types

        try:
            return repr(psutil.Process(pid).create_time())
        except psutil.Error:
            return None
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *rest = stat.rpartition(")")[2].split()  # the name before it may hold spaces and brackets
    if state in "ZX":
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot}/{rest[18]}"  # field 22 of proc(5): starttime


def turn_log(log: Path) -> None:
    """Put a log aside when it has grown past the limit; the one put aside before is dropped."""
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > LOG_LIMIT_BYTES:
            log.replace(log.with_name(f"{log.name}.1"))


def log_tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log, or nothing when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 16384))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""


class Child:
    """One life of a program, with a session and a process group of its own."""

    def __init__(self, program: Program, popen: "subprocess.Popen[bytes]") -> None:
        self.program = program
        self.started = time.monotonic()
        self.born = born(popen.pid)
        self._popen = popen

    @classmethod
    def start(cls, program: Program) -> "Child":
        """Start a program. Call it from a thread that lives as long as the program should (see `launch`)."""
        program.mend()
        program.log.parent.mkdir(parents=True, exist_ok=True)
        turn_log(program.log)
        with program.log.open("ab") as log:
            popen = subprocess.Popen(  # noqa: S603  commands are ours, from a list, without a shell
                ending_with_us(
                    program.command,
                    owner=program.owner,
                    death_signal=program.death_signal,
                    niceness=program.niceness,
                ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=program.cwd,
                env=bare_environment() | dict(program.environment),
                start_new_session=True,
            )
        return cls(program, popen)

    @property
    def pid(self) -> int:
        return self._popen.pid

    def ended(self) -> int | None:
        """Return how the program ended (a signal as its negative number), or None while it runs.

        Whatever it started and left in its group is ended as well.
        """
        if self._popen.returncode is None and hasattr(os, "waitid"):
            # Looked at before it is reaped: until then nobody else can get the id of the group.
            with contextlib.suppress(ChildProcessError):
                if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                    return None
                self._signal_group(signal.SIGKILL)
        return self._popen.poll()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the program alone; nothing happens when it has ended."""
        if self.ended() is None:
            self._popen.send_signal(number)

    def kill(self) -> None:
        """End the program and everything it started, at once."""
        if self.ended() is None:
            self._signal_group(signal.SIGKILL)
            self._popen.wait()

    def stop(self) -> None:
        """Ask the program to end; kill it when it does not within its time."""
        stop_all([self])

    def wait_ready(self, within_s: float) -> None:
        """Wait until the program answers. Raises `NotReady` when it ends first or takes longer."""
        deadline = time.monotonic() + within_s
        while True:
            reason = self.program.why_not_ready()
            if reason is None:
                return
            code = self.ended()
            if code is not None:
                tail = log_tail(self.program.log)
                raise NotReady(f"{self.program.name} {how_it_ended(code)} before it was ready; its last words:\n{tail}")
            if time.monotonic() > deadline:
                raise NotReady(f"{self.program.name} was not ready within {within_s:.0f} s: {reason}")
            time.sleep(POLL_S)

    def _signal_group(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # gone already; macOS says the latter
            os.killpg(self.pid, number)


def how_it_ended(code: int) -> str:
    """Say an exit status as a person would."""
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"


def stop_all(children: Iterable[Child]) -> list[str]:
    """Ask all to end at the same time; return the names of those that had to be killed."""
    stopping = [child for child in children if child.ended() is None]
    waiting = stopping
    for child in waiting:
        child.send(child.program.stop_signal)
        child.send(signal.SIGCONT)  # one that is paused would not hear it
    started = time.monotonic()
    killed: list[str] = []
    while waiting:
        waiting = [child for child in waiting if child.ended() is None]
        for child in waiting:
            if time.monotonic() - started > child.program.stop_within_s:
                killed.append(child.program.name)
                child.kill()
        if waiting:
            time.sleep(POLL_S)
    for child in stopping:
        child.program.mend()
    return killed
