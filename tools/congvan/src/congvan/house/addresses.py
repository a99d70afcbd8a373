"""Where everything listens, as other programs are told it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from congvan.house.keys import Keys
from congvan.servers.store import PORT_NAMES as STORE_PORTS

SERVICE_PORTS = (
    "portal",
    "directory",
    "directives",
    "submissions-api",
    "submissions-worker",
    "reporting",
    "notify",
)
PORTS = (*SERVICE_PORTS, "postgres", "nats", "nats-monitor", "mail", *STORE_PORTS)
"""Every port of a house, in the order `--port-base` counts."""


@dataclass(frozen=True)
class Addresses:
    """The addresses of a running house."""

    ports: Mapping[str, int]
    home: Path

    def _web(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    @property
    def portal(self) -> str:
        return self._web("portal")

    @property
    def directory(self) -> str:
        return self._web("directory")

    @property
    def directives(self) -> str:
        return self._web("directives")

    @property
    def submissions(self) -> str:
        return self._web("submissions-api")

    @property
    def reporting(self) -> str:
        return self._web("reporting")

    @property
    def notify(self) -> str:
        return self._web("notify")

    @property
    def nats(self) -> str:
        return f"nats://127.0.0.1:{self.ports['nats']}"

    @property
    def nats_monitor(self) -> str:
        return self._web("nats-monitor")

    @property
    def store(self) -> str:
        """The URL of the S3 store, the same for services and browsers on this machine."""
        return self._web("store")

    @property
    def store_endpoint(self) -> str:
        """The S3 store as `host:port`."""
        return f"127.0.0.1:{self.ports['store']}"

    @property
    def mail(self) -> tuple[str, int]:
        """Host and port of the SMTP server."""
        return "127.0.0.1", self.ports["mail"]

    @property
    def letters(self) -> Path:
        """The directory in which the SMTP server puts one file per letter."""
        return self.home / "mail" / "new"

    def of_program(self, name: str) -> str:
        """Return the base URL of one program of a service (`submissions-worker`), for health and metrics."""
        return self._web(name)

    def where(self, name: str) -> str | None:
        """Return the address of any program of the house, as people write it."""
        if name in SERVICE_PORTS:
            return self._web(name)
        return self.everything().get(name)

    def database(self, service: str, keys: Keys) -> str:
        """Return the URL of a service's database, with its own login."""
        return f"postgresql://{service}:{keys.databases[service]}@127.0.0.1:{self.ports['postgres']}/{service}"

    def everything(self) -> dict[str, str]:
        """Return all addresses people and scripts may want, by name."""
        return {
            "portal": self.portal,
            "directory": self.directory,
            "directives": self.directives,
            "submissions": self.submissions,
            "reporting": self.reporting,
            "notify": self.notify,
            "postgres": f"127.0.0.1:{self.ports['postgres']}",
            "nats": self.nats,
            "nats_monitor": self.nats_monitor,
            "store": self.store,
            "mail": f"smtp://127.0.0.1:{self.ports['mail']}",
            "letters": str(self.letters),
        }
