"""Real servers for tests: the ones named by the environment, else Docker's, else the wheels'.

- `CONGVAN_TEST_SERVERS`: `docker` or `wheels`: these and no others; nothing falls back silently.
- `CONGVAN_TEST_POSTGRES_URL`: a superuser's URL; databases are made in it.
- `CONGVAN_TEST_NATS_URL`: a server that already has our accounts; `CONGVAN_TEST_NATS_SEEDS`: JSON, user to nkey seed.
- `CONGVAN_TEST_S3_URL` (`http://host:port`), `CONGVAN_TEST_S3_BUCKET` (beside it there is one with `-directives` after
  its name), and `CONGVAN_TEST_S3_KEYS`: JSON with the keys of `StoreKeys`: `access_key`, `secret_key`, and the same two
  of `directives_` and of `steward_`.
"""

import contextlib
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import urlsplit

from congvan.servers import mail as mails
from congvan.servers import nats as natses
from congvan.servers import postgres as postgreses
from congvan.servers import store as stores
from congvan.servers.mail import Mail
from congvan.servers.store import StoreKeys

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

Source = Literal["docker", "wheels"]
POSTGRES_IMAGE = "postgres:16-alpine"
NATS_IMAGE = "nats:2.15.1-alpine"
STORE_IMAGE = "chrislusf/seaweedfs:4.48"
STORE_PORT = 8333  # inside its container
MEMORY = Path("/dev/shm")  # noqa: S108  the file system in memory of every Linux; what we make in it is ours alone
ROOM = 4 * 2**30
"""Bytes: several servers at once, some hundred megabytes each, and no test pushed out of its memory."""


class NoSuchSource(Exception):
    """The servers that were asked for cannot be had."""


class Configure(Protocol):
    """Writes a configuration of NATS for users with these public keys."""

    def __call__(self, public_keys: Mapping[str, str], *, port: int, store_dir: Path, monitor_port: int) -> str: ...


@dataclass(frozen=True)
class BorrowedNats:
    """A NATS server and the seed of each of its users."""

    url: str
    seeds: Mapping[str, str]


@dataclass(frozen=True)
class BorrowedStore:
    """An S3 store with empty buckets."""

    endpoint: str
    """`host:port`."""
    bucket: str
    keys: StoreKeys

    @property
    def url(self) -> str:
        return f"http://{self.endpoint}"

    @property
    def directives_bucket(self) -> str:
        return stores.directives_bucket(self.bucket)

    @property
    def held_bucket(self) -> str:
        return stores.held_bucket(self.bucket)


@cache
def source() -> Source:
    """Return where servers come from when no URL names them. Raises `NoSuchSource` when Docker is forced and away."""
    forced = os.environ.get("CONGVAN_TEST_SERVERS")
    if forced == "wheels":
        return "wheels"
    if forced not in (None, "", "docker"):
        raise NoSuchSource(f"CONGVAN_TEST_SERVERS is docker or wheels, not {forced}")
    problem = _why_no_docker()
    if problem is None:
        return "docker"
    if forced:
        raise NoSuchSource(f"CONGVAN_TEST_SERVERS=docker, and Docker does not answer: {problem}")
    return "wheels"


def _why_no_docker() -> str | None:
    import docker
    from docker.errors import DockerException

    try:
        _touch_socket(os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock")
        client = docker.from_env(timeout=3)
        try:
            client.ping()
        finally:
            client.close()
    except (DockerException, OSError) as error:
        return str(error)
    return None


def _touch_socket(address: str) -> None:
    """Connect to Docker's local socket and let go; raises OSError. Docker's own client leaves it open when it fails."""
    scheme, _, path = address.partition("://")
    if scheme == "unix":
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(3)
            line.connect(path)


def _named(variable: str) -> str | None:
    """Return what a variable names, unless one source is forced."""
    return None if os.environ.get("CONGVAN_TEST_SERVERS") else os.environ.get(variable) or None


@contextlib.contextmanager
def ground(memory: Path = MEMORY) -> Iterator[Path]:
    """Lend a folder for a server nobody will ask for its files: in memory where there is room, else on the disk.

    A database is made there in a tenth of the time, and what is dropped again never reaches a disk.
    """
    place = memory if _has_room(memory) else None
    if place:
        _sweep(place)
    with tempfile.TemporaryDirectory(prefix="congvan-test-", suffix=f"-{os.getpid()}", dir=place) as folder:
        yield Path(folder)


def _has_room(memory: Path) -> bool:
    import psutil  # type: ignore[import-untyped]  # it ships no types

    if not os.access(memory, os.W_OK | os.X_OK):
        return False
    return bool(min(shutil.disk_usage(memory).free, psutil.virtual_memory().available) >= ROOM)


def _sweep(memory: Path) -> None:
    """Remove what somebody who was killed has left behind: here it would hold memory until the machine stops."""
    import psutil

    for left in memory.glob("congvan-test-*-*"):
        number = left.name.rpartition("-")[2]
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Lend a PostgreSQL; yield the URL of its superuser."""
    if url := _named("CONGVAN_TEST_POSTGRES_URL"):
        yield url
        return
    if source() == "docker":
        from testcontainers.community.postgres import PostgresContainer

        with PostgresContainer(POSTGRES_IMAGE, driver=None) as container:
            yield container.get_connection_url()
        return
    with ground() as home:
        server = postgreses.start(home / "postgres")
        try:
            yield server.url()
        finally:
            server.stop()
            server.remove()


@contextlib.contextmanager
def nats(configure: Configure, users: tuple[str, ...]) -> Iterator[BorrowedNats]:
    """Lend a NATS server, configured for users with new keys."""
    if url := _named("CONGVAN_TEST_NATS_URL"):
        yield BorrowedNats(url, json.loads(os.environ.get("CONGVAN_TEST_NATS_SEEDS", "{}")))
        return
    made = natses.make_keys(users, os.urandom)
    seeds = {user: seed for user, (seed, _) in made.items()}
    public = {user: key for user, (_, key) in made.items()}
    if source() == "docker":
        with _nats_in_docker(configure, public) as url:
            yield BorrowedNats(url, seeds)
        return

    def configuration(*, port: int, store_dir: Path, monitor_port: int) -> str:
        return configure(public, port=port, store_dir=store_dir, monitor_port=monitor_port)

    with ground() as home:
        server = natses.start(home / "nats", configuration=configuration)
        try:
            yield BorrowedNats(server.url, seeds)
        finally:
            server.stop()


@contextlib.contextmanager
def store(bucket: str = "congvan-test") -> Iterator[BorrowedStore]:
    """Lend an S3 store with empty buckets."""
    if url := _named("CONGVAN_TEST_S3_URL"):
        kept = json.loads(os.environ["CONGVAN_TEST_S3_KEYS"])
        keys = StoreKeys(**kept | {"inner": ("", "", "", "")})
        yield BorrowedStore(urlsplit(url).netloc, os.environ["CONGVAN_TEST_S3_BUCKET"], keys)
        return
    if source() == "docker":
        with _store_in_docker(bucket) as borrowed:
            yield borrowed
        return
    with tempfile.TemporaryDirectory(prefix="congvan-test-") as home:
        server = stores.start(Path(home) / "store", bucket=bucket)
        try:
            yield BorrowedStore(server.endpoint, bucket, server.keys)
        finally:
            server.stop()


@contextlib.contextmanager
def mail() -> Iterator[Mail]:
    """Lend an SMTP server; the same one everywhere, since it is ours."""
    with tempfile.TemporaryDirectory(prefix="congvan-test-") as home:
        server = mails.start(Path(home) / "mail")
        try:
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def _nats_in_docker(configure: Configure, public: Mapping[str, str]) -> Iterator[str]:
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy

    text = configure(public, port=4222, store_dir=Path("/data"), monitor_port=8222)
    with tempfile.TemporaryDirectory(prefix="congvan-test-") as home:
        file = Path(home) / "server.conf"
        file.write_text(text.replace("127.0.0.1", "0.0.0.0"), encoding="utf-8")  # noqa: S104  inside a container
        container = (
            DockerContainer(NATS_IMAGE)
            .with_exposed_ports(4222)
            .with_volume_mapping(str(file), "/server.conf", "ro")
            .with_command("--config /server.conf")
            .waiting_for(LogMessageWaitStrategy("Server is ready"))
        )
        with container:
            yield f"nats://{_place(container, 4222)}"


@contextlib.contextmanager
def _store_in_docker(bucket: str) -> Iterator[BorrowedStore]:
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import HttpWaitStrategy

    keys = stores.make_keys()
    inside = {name: STORE_PORT + number for number, name in enumerate(stores.PORT_NAMES)}
    with tempfile.TemporaryDirectory(prefix="congvan-test-") as home:
        file = Path(home) / "identities.json"
        file.write_text(json.dumps(stores.identities(keys, bucket)), encoding="utf-8")
        command = stores.options(
            inside, directory="/data", identities_file="/identities.json", address="0.0.0.0", origins="*"  # noqa: S104  inside a container
        )  # fmt: skip
        container = (
            DockerContainer(STORE_IMAGE)
            .with_exposed_ports(STORE_PORT)
            .with_volume_mapping(str(file), "/identities.json", "ro")
            .with_tmpfs_mount("/data/master")  # what the store does not make by itself
            .with_envs(**stores.inner_environment(keys))
            .with_command(["mini", *command])
            .waiting_for(HttpWaitStrategy(STORE_PORT, "/healthz"))
        )
        with container:
            endpoint = _place(container, STORE_PORT)
            stores.make_buckets(endpoint, keys, bucket)
            yield BorrowedStore(endpoint, bucket, keys)


def _place(container: "DockerContainer", port: int) -> str:
    return f"{container.get_container_host_ip()}:{container.get_exposed_port(port)}"
