"""Who lives in a house: every program, what it is told, and how one knows that it is ready."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from congvan import places, web
from congvan.house.addresses import Addresses
from congvan.house.keys import ADMINISTRATOR, MACHINE, STORED_SERVICES, Keys
from congvan.house.state import MARK
from congvan.programs import Program, bare_environment
from congvan.servers import talk
from congvan.servers.mail import Mail
from congvan.servers.nats import Nats
from congvan.servers.postgres import Postgres
from congvan.servers.server import Server
from congvan.servers.store import PORT_NAMES, Store, directives_bucket, held_bucket

BUCKET = "congvan"
ROLES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "directory": ("directory", ("api", "worker")),
    "directives": ("directives", ("api", "worker")),
    "submissions-api": ("submissions", ("api",)),
    "submissions-worker": ("submissions", ("worker",)),
    "reporting": ("reporting", ("api", "worker")),
    "notify": ("notify", ("api", "worker")),
    "portal": ("portal", ("api",)),
}
"""Each program of a service: which service, which of its roles. Submissions are two, because their front door must stay
quick on deadline day; each further program costs some 100 MB."""

STANDING_BACK = {"submissions-worker": 19, "reporting": 19, "notify": 19, "mail": 19, "nats": 10}
"""How far everybody stands back while people wait at a front door, as nice(1) counts: whatever they do is safe in a
stream or a table and can be done a moment later. On deadline day the receipts come first."""


@dataclass(frozen=True)
class Site:
    """Where one house stands and how careful it is."""

    home: Path
    addresses: Addresses
    keys: Keys
    durable: bool = True
    more_settings: Mapping[str, str] = field(default_factory=dict)
    """Added to the environment of every service, over what it is told otherwise."""

    @property
    def logs(self) -> Path:
        return self.home / "logs"


def servers(site: Site) -> dict[str, Server]:
    """Return the four servers, by name."""
    ports = site.addresses.ports

    def configuration(*, port: int, store_dir: Path, monitor_port: int) -> str:
        # Written by a program of its own: what derives it from the declaration would stay in our memory for good.
        plan = {
            "streams_file": str(places.streams_file()),
            "public_keys": site.keys.nats_public,
            "port": port,
            "store_dir": str(store_dir),
            "monitor_port": monitor_port,
        }
        command = [sys.executable, "-m", "congvan.prepare", "nats-config"]
        told = bare_environment() | {"CONGVAN_PREPARE": json.dumps(plan)}
        made = subprocess.run(command, env=told, check=False, capture_output=True, text=True)  # noqa: S603  our own module
        if made.returncode != 0:
            raise RuntimeError(f"the configuration of NATS could not be made:\n{made.stderr}")
        return made.stdout

    return {
        "postgres": Postgres(
            site.home / "postgres",
            port=ports["postgres"],
            password=site.keys.postgres,
            durable=site.durable,
            logs=site.logs,
        ),
        "nats": Nats(
            site.home / "nats",
            port=ports["nats"],
            monitor_port=ports["nats-monitor"],
            configuration=configuration,
            logs=site.logs,
        ),
        "store": Store(
            site.home / "store",
            chosen_ports={name: ports[name] for name in PORT_NAMES},
            keys=site.keys.store,
            bucket=BUCKET,
            durable=site.durable,
            logs=site.logs,
        ),
        "mail": Mail(site.home / "mail", port=ports["mail"], logs=site.logs),
    }


def settings_of(site: Site, service: str) -> dict[str, str]:
    """Return what a service is told, whatever its roles; the port is told to each program."""
    at, keys = site.addresses, site.keys
    told: dict[str, str] = {"HTTP_HOST": "127.0.0.1", "DIRECTORY_URL": at.directory}
    if service in STORED_SERVICES:
        told |= {
            "DATABASE_URL": at.database(service, keys),
            "NATS_URL": at.nats,
            "NATS_SEED": keys.nats_seeds[service],
            "STREAMS_FILE": str(places.streams_file()),
        }
    match service:
        case "directory":
            del told["DIRECTORY_URL"]
            told |= {
                "SIGNING_KEY": keys.directory_signing,
                # A newcomer's machine may rest for months, and its secrets file is the only place passwords come from.
                "DORMANT_AFTER_DAYS": "0",
                "ADMINISTRATOR_PASSWORD_DAYS": "0",
                "TOTP_REQUIRED_FOR": "[]",  # nothing but this machine can reach the house
            }
        case "directives":
            told |= {
                "STORE_ENDPOINT": at.store_endpoint,
                "STORE_ACCESS_KEY": keys.store.directives_access_key,
                "STORE_SECRET_KEY": keys.store.directives_secret_key,
                "STORE_BUCKET": directives_bucket(BUCKET),
            }
        case "submissions":
            told |= {
                "STORE_ENDPOINT": at.store_endpoint,
                "STORE_PUBLIC_URL": at.store,
                "STORE_ACCESS_KEY": keys.store.access_key,
                "STORE_SECRET_KEY": keys.store.secret_key,
                "STORE_BUCKET": BUCKET,
                "STORE_HELD_BUCKET": held_bucket(BUCKET),
            }
        case "notify":
            host, port = at.mail
            told |= {
                "SMTP_HOST": host,
                "SMTP_PORT": str(port),
                "SMTP_STARTTLS": "false",
                "MAIL_FROM": "Congvan <khong-tra-loi@congvan.example>",
                "MACHINE_ACCOUNT": MACHINE,
                "MACHINE_SECRET": keys.accounts[MACHINE],
                "WATCHED": json.dumps(
                    {
                        "directory": at.directory,
                        "directives": at.directives,
                        "submissions": at.submissions,
                        "reporting": at.reporting,
                        "notify": at.notify,
                    }
                ),
            }
        case "portal":
            told |= {
                "DIRECTIVES_URL": at.directives,
                "SUBMISSIONS_URL": at.submissions,
                "REPORTING_URL": at.reporting,
                "NOTIFY_URL": at.notify,
                "STORE_PUBLIC_URL": at.store,
                "ASSETS": str(web.assets()),
            }
    return {f"{service.upper()}_{name}": value for name, value in told.items()}


def founding_accounts(keys: Keys) -> str:
    """Return the accounts a new directory is founded with, as JSON."""
    return json.dumps(
        [
            {
                "account": ADMINISTRATOR,
                "full_name": "Quản trị hệ thống",
                "email": "quan-tri@congvan.example",
                "password": keys.accounts[ADMINISTRATOR],
                "role": "administrator",
                "kind": "person",
            },
            {
                "account": MACHINE,
                "full_name": "Dịch vụ thông báo",
                "email": "notify@congvan.example",
                "password": keys.accounts[MACHINE],
                "role": "postman",
                "kind": "machine",
            },
        ],
        ensure_ascii=False,
    )


def environment(site: Site) -> dict[str, str]:
    """Return what every program of a house is told beside its settings."""
    return {
        MARK: str(site.home.absolute()),
        "MALLOC_ARENA_MAX": "2",  # glibc gives every thread an arena of its own otherwise, and returns none of them
        "MALLOC_MMAP_THRESHOLD_": "1048576",  # what Argon2 and uploads borrow goes back to the system at once
        "PYTHONUTF8": "1",
    }


def answers_ready(port: int) -> Callable[[], str | None]:
    """Return a check that asks a program of a service whether it is ready."""

    def why_not() -> str | None:
        try:
            status, body = talk.get(port, "/health/ready", timeout_s=8.0)
        except OSError as error:
            return str(error)
        if status == 200:
            return None
        with contextlib.suppress(ValueError, AttributeError):
            checks = json.loads(body)["checks"]
            return "; ".join(f"{name}: {why}" for name, why in checks.items() if why != "ok")
        return f"/health/ready answers {status}"

    return why_not


def services(site: Site) -> dict[str, Program]:
    """Return every program of every service, by name."""
    programs: dict[str, Program] = {}
    for name, (service, roles) in ROLES.items():
        port = site.addresses.ports[name]
        told = settings_of(site, service) | {f"{service.upper()}_HTTP_PORT": str(port)}
        programs[name] = Program(
            name=name,
            command=(sys.executable, "-m", service, *roles),
            log=site.logs / f"{name}.log",
            environment=environment(site) | told | dict(site.more_settings),
            niceness=STANDING_BACK.get(name, 0),
            stop_within_s=15.0,
            why_not_ready=answers_ready(port),
        )
    return programs


def preparation(site: Site, what: str, migrated: tuple[str, ...]) -> Program:
    """Return the program that makes databases, streams and buckets and migrates (`all`), or only the streams."""
    told: dict[str, str] = {}
    for service in migrated:
        told |= settings_of(site, service) | {f"{service.upper()}_HTTP_PORT": "0"}
    if "directory" in migrated:
        told["DIRECTORY_FOUNDING_ACCOUNTS"] = founding_accounts(site.keys)  # nobody else need know these passwords
    postgres = servers(site)["postgres"]
    assert isinstance(postgres, Postgres)  # noqa: S101  what is put there above
    seeds, store = site.keys.nats_seeds, site.keys.store
    plan = {
        "superuser_url": postgres.url(),
        "passwords": site.keys.databases,
        "migrated": migrated,
        "nats_url": site.addresses.nats,
        "stewards": {"PLATFORM": seeds["steward"], "CITY": seeds["city-steward"]},
        "streams_file": str(places.streams_file()),
        "store": {"endpoint": site.addresses.store_endpoint, "bucket": BUCKET, "keys": asdict(store)},
    }
    return Program(
        name="prepare",
        command=(sys.executable, "-m", "congvan.prepare", what),
        log=site.logs / "prepare.log",
        environment=environment(site) | told | dict(site.more_settings) | {"CONGVAN_PREPARE": json.dumps(plan)},
    )
