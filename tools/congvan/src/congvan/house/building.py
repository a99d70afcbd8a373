"""A house: the whole platform on this machine, started, kept running, broken on purpose, and stopped in order."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from congvan import places, ports
from congvan.house import roster, state
from congvan.house.addresses import PORTS, Addresses
from congvan.house.keeper import Keeper
from congvan.house.keys import STORED_SERVICES, Keys, load_or_make
from congvan.house.notices import Notice, Tell, say_nothing
from congvan.house.roster import Site
from congvan.house.steward import Steward
from congvan.programs import POLL_S, NotReady, Program, born, log_tail
from congvan.servers.nats import Nats
from congvan.servers.postgres import Postgres
from congvan.servers.server import Server
from congvan.servers.store import WITH_TWIN

SERVERS_WITHIN_S = 60.0
PREPARED_WITHIN_S = 180.0
SERVICES_WITHIN_S = 120.0  # eight programs importing their libraries for the first time on two busy cores
ENDS_ALLOWED = 3
"""A program that ends this often while the house starts will not come; waiting longer helps nobody."""


class House:
    """The platform in one directory. `with House(home) as house:` starts and stops it; `async with` does as well.

    Every program ends when the one who started the house does, however it ends. A house may be started again after it
    was stopped, and after a `kill -9`: it first ends whatever was left behind.
    """

    def __init__(
        self,
        home: Path,
        *,
        durable: bool = True,
        port_base: int | None = None,
        tell: Tell = say_nothing,
        services: Callable[[Site], Mapping[str, Program]] = roster.services,
        migrated: tuple[str, ...] = STORED_SERVICES,
        more_settings: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home.absolute()
        self._durable = durable
        self._port_base = port_base
        self._tell = tell
        self._services = services
        self._migrated = migrated
        self._more_settings = more_settings or {}
        self._stack = contextlib.ExitStack()
        self._state = state.State()
        self._site: Site | None = None
        self._programs: dict[str, Program] = {}
        self._servers: dict[str, Server] = {}
        self._keeper: Keeper | None = None
        self._steward: Steward | None = None

    @property
    def addresses(self) -> Addresses:
        """Where everything listens."""
        return self._standing().addresses

    @property
    def secrets(self) -> Keys:
        """Passwords, seeds and keys."""
        return self._standing().keys

    @property
    def state(self) -> state.State:
        """What is written down: phase, seconds until ready, whether it was a warm start, programs."""
        return self._state

    @property
    def names(self) -> tuple[str, ...]:
        """The name of every program."""
        return tuple(self._programs)

    @property
    def superuser_url(self) -> str:
        """The address of PostgreSQL as its superuser."""
        postgres = self._servers["postgres"]
        assert isinstance(postgres, Postgres)  # noqa: S101  what the roster puts there
        return postgres.url()

    def database_url(self, service: str) -> str:
        """Return the address of a service's database."""
        return self.addresses.database(service, self.secrets)

    # Life.

    def start(self) -> None:
        """Start everything and wait until all of it is ready.

        Raises `AlreadyRunning`, or `NotReady` with the last words of the program that would not come; nothing is left
        running then.
        """
        began = time.monotonic()
        self._stack.enter_context(state.only_one(self.home))
        try:
            self._found()
            self._start_servers()
            self._prepare("all")
            programs = dict(self._services(self._standing()))
            self._programs |= programs
            self._kept().start(programs.values())
            self._wait_ready(programs, SERVICES_WITHIN_S)
            self._keep_streams()
        except BaseException:
            self.stop()
            raise
        self._state.phase = "ready"
        self._state.ready_after_s = round(time.monotonic() - began, 2)
        self._write()

    def stop(self) -> None:
        """Stop everything in order, services before the servers they use; bounded, and safe to repeat."""
        self._state.phase = "stopping"
        if self._steward is not None:
            self._steward.close()
            self._steward = None
        with self._stack:  # closes the keeper, then lets go of the house
            if self._keeper is not None:
                services = [name for name in self._programs if name not in self._servers]
                for names in (services, list(self._servers)):
                    for name in self._keeper.stop(names):
                        self._tell(Notice("trouble", name, "phải buộc dừng", "had to be killed"))
            self._keeper = None
            self._programs = {}
            if self._site is not None:
                self._state.phase = "down"
                self._state.pid = self._state.born = None
                self._state.programs = {}
                state.write(self.home, self._state)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)

    # Breaking things on purpose.

    def kill(self, name: str, *, stay_down: bool = False) -> None:
        """End a program with SIGKILL. It starts again by itself unless it shall stay down until `restart`."""
        self._kept().kill(name, stay_down=stay_down)

    def restart(self, name: str) -> None:
        """Start a program at once, ending it in order first if it runs. Does not wait until it is ready."""
        self._kept().restart(name)

    def pause(self, name: str) -> None:
        """Freeze a program: its connections stay open and nothing answers, until `resume`."""
        self._kept().send(name, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Let a frozen program go on."""
        self._kept().send(name, signal.SIGCONT)

    def wait_ready(self, *names: str, within_s: float = 60.0) -> None:
        """Wait until these programs (all of them when none is named) answer. Raises `NotReady`."""
        self._wait_ready({name: self._programs[name] for name in names or self.names}, within_s, ends_allowed=None)

    def pid(self, name: str) -> int | None:
        """Return the process id of a program, None while it is down."""
        running = self._kept().children().get(name)
        return running[0].pid if running else None

    # How it is done.

    def _standing(self) -> Site:
        if self._site is None:
            raise RuntimeError("the house was never started")
        return self._site

    def _kept(self) -> Keeper:
        if self._keeper is None:
            raise RuntimeError("the house is not running")
        return self._keeper

    def _found(self) -> None:
        """Clear away what is left, choose the ports, read or make the secrets."""
        before = state.read(self.home)
        for name in state.end_leftovers(self.home, before):
            self._tell(Notice("note", name, "còn sót từ lần trước, đã dừng", "was left from an earlier run; ended"))
        wanted = None if self._port_base is not None else before.ports
        chosen, taken = ports.choose(PORTS, remembered=wanted, base=self._port_base, with_twin=WITH_TWIN)
        for each in taken:
            self._tell(
                Notice(
                    "note",
                    each.name,
                    f"cổng {each.port} đã có chương trình khác dùng; dùng cổng {each.instead}",
                    f"port {each.port} is taken; uses {each.instead} instead",
                )
            )
        self._site = Site(
            home=self.home,
            addresses=Addresses(chosen, self.home),
            keys=self._secrets(),
            durable=self._durable,
            more_settings=self._more_settings,
        )
        self._servers = roster.servers(self._site)
        postgres = self._servers["postgres"]
        assert isinstance(postgres, Postgres)  # noqa: S101  what the roster puts there
        self._state = state.State(
            ports=chosen,
            phase="starting",
            pid=os.getpid(),
            born=born(os.getpid()),
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            was_warm=postgres.is_laid,
        )
        self._write()
        self._keeper = Keeper(self._tell, self._write)
        self._stack.callback(self._keeper.close)

    def _secrets(self) -> Keys:
        file = self.home / "secrets.json"
        if not file.exists():
            # In a program of its own: the libraries that make keys would stay in our memory for good.
            _run_to_end([sys.executable, "-m", "congvan.house.keys", str(file)])
        return load_or_make(file)

    def _start_servers(self) -> None:
        # The store is the slowest to come, so it goes first; the others are laid out meanwhile.
        for name in ("store", "postgres", "mail", "nats"):
            self._tell(Notice("begins", name, "đang khởi động", "starting"))
            server = self._servers[name]
            server.lay()
            program = replace(server.program, niceness=roster.STANDING_BACK.get(name, 0))
            self._programs[name] = program
            self._kept().start([program])
        self._wait_ready({name: self._programs[name] for name in self._servers}, SERVERS_WITHIN_S)

    def _prepare(self, what: str, *, quiet: bool = False) -> None:
        """Make databases, migrate, declare streams, make the bucket; or only the streams. Raises `NotReady`."""
        program = roster.preparation(self._standing(), what, self._migrated)
        program.log.unlink(missing_ok=True)  # what went wrong last time is not what goes wrong now
        began = time.monotonic()
        if not quiet:
            self._tell(
                Notice("begins", "prepare", "cơ sở dữ liệu, luồng sự kiện, kho tệp", "databases, streams, bucket")
            )
        child = self._kept().run_once(program)
        try:
            while (code := child.ended()) is None:
                if time.monotonic() - began > PREPARED_WITHIN_S:
                    raise NotReady(f"preparing took longer than {PREPARED_WITHIN_S:.0f} s:\n{log_tail(program.log)}")
                time.sleep(POLL_S)
        finally:
            child.kill()
        if code != 0:
            raise NotReady(f"preparing failed:\n{log_tail(program.log, 40)}")
        if not quiet:
            self._tell(Notice("ready", "prepare", "xong", "done", time.monotonic() - began))

    def _keep_streams(self) -> None:
        nats = self._servers["nats"]
        assert isinstance(nats, Nats)  # noqa: S101  what the roster puts there

        def apply() -> str | None:
            try:
                self._prepare("streams", quiet=True)
            except NotReady as error:
                return str(error)
            return None

        self._steward = Steward(nats, places.streams_file(), apply, self._tell)

    def _wait_ready(
        self, programs: Mapping[str, Program], within_s: float, *, ends_allowed: int | None = ENDS_ALLOWED
    ) -> None:
        began = time.monotonic()
        waiting = dict(programs)
        reasons: dict[str, str] = {}
        while waiting:
            for name, program in list(waiting.items()):
                reason = program.why_not_ready()
                if reason is None:
                    del waiting[name]
                    self._tell(Notice("ready", name, "sẵn sàng", "ready", time.monotonic() - began))
                    continue
                reasons[name] = reason
                ends, how = self._kept().ends(name)
                if ends_allowed is not None and ends >= ends_allowed:
                    raise NotReady(f"{name} {how}, {ends} times; its last words:\n{log_tail(program.log)}")
            if waiting and time.monotonic() - began > within_s:
                raise NotReady(
                    f"not ready within {within_s:.0f} s: " + "; ".join(f"{name}: {reasons[name]}" for name in waiting)
                )
            if waiting:
                time.sleep(2 * POLL_S)

    def _write(self) -> None:
        """Write down what runs; called by the keeper whenever that changes."""
        if self._keeper is not None:
            self._state.programs = {
                name: {"pid": child.pid, "born": child.born, "restarts": ends}
                for name, (child, ends) in self._keeper.children().items()
            }
        state.write(self.home, self._state)


def _run_to_end(command: Iterable[str]) -> None:
    done = subprocess.run(list(command), check=False, capture_output=True, text=True)  # noqa: S603  our own module
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
