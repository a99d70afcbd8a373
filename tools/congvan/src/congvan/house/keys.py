"""Every secret of one installation: made once, at random, readable by its owner alone.

`python -m congvan.house.keys FILE` makes them.
"""

import json
import os
import secrets
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from congvan.servers.nats import make_keys as make_nats_keys
from congvan.servers.store import StoreKeys, directives_pair
from congvan.servers.store import make_keys as make_store_keys

STORED_SERVICES = ("directory", "directives", "submissions", "reporting", "notify")
"""The services with a database and a user at NATS; the portal has neither."""
NATS_USERS = (*STORED_SERVICES, "steward", "city", "city-steward")
ADMINISTRATOR = "quan-tri"
MACHINE = "notify"


@dataclass(frozen=True)
class Keys:
    """The secrets of a house. Never printed; shown to its owner by name only."""

    postgres: str = field(repr=False)
    """Of the superuser."""
    databases: dict[str, str] = field(repr=False)
    """Password of each service at PostgreSQL."""
    nats_seeds: dict[str, str] = field(repr=False)
    nats_public: dict[str, str]
    directory_signing: str = field(repr=False)
    """Ed25519 private key, PEM (PKCS 8)."""
    store: StoreKeys
    accounts: dict[str, str] = field(repr=False)
    """Password of each founding account at the directory."""


def make() -> Keys:
    """Make the secrets of a new house."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    users = make_nats_keys(NATS_USERS, os.urandom)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Keys(
        postgres=secrets.token_urlsafe(24),
        databases={service: secrets.token_urlsafe(24) for service in STORED_SERVICES},
        nats_seeds={user: seed for user, (seed, _) in users.items()},
        nats_public={user: public for user, (_, public) in users.items()},
        directory_signing=pem.decode("ascii"),
        store=make_store_keys(),
        accounts={ADMINISTRATOR: secrets.token_urlsafe(12), MACHINE: secrets.token_urlsafe(24)},
    )


def load_or_make(file: Path) -> Keys:
    """Return the secrets kept in `file`, made and kept there first when it does not exist.

    Raises ValueError when the file is there and cannot be read: new secrets would lock out the databases that exist.
    """
    try:
        kept = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        made = make()
        _keep(made, file)
        return made
    try:
        found = json.loads(kept)
        is_older = "directives_access_key" not in found["store"]
        if is_older:  # made when directives kept its files in its database
            found["store"] |= directives_pair()
        keys = _from_json(found)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{file} cannot be read; put it back, or start anew with `down --wipe`: {error}") from error
    if is_older:
        _keep(keys, file)
    return keys


def _from_json(found: dict[str, Any]) -> Keys:
    store = found.pop("store")
    return Keys(**found, store=StoreKeys(**store | {"inner": tuple(store["inner"])}))


def _keep(keys: Keys, file: Path) -> None:
    half = file.with_suffix(".half")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(asdict(keys), out, indent=1)
        out.flush()
        os.fsync(out.fileno())  # databases made with these secrets are useless without them
    half.replace(file)


if __name__ == "__main__":
    load_or_make(Path(sys.argv[1]))
