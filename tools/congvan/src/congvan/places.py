"""Where the clone lies, and where a platform keeps what it owns."""

import os
from pathlib import Path


def clone() -> Path:
    """Return the root of the clone this command was installed from."""
    root = Path(__file__).resolve().parents[4]
    if not (root / "deploy" / "jetstream" / "streams.toml").is_file():
        raise FileNotFoundError(f"{root} is not a clone of Congvan: deploy/jetstream/streams.toml is missing")
    return root


def default_home() -> Path:
    """Return the directory everything lives in: `$CONGVAN_HOME`, else `.congvan` in the clone."""
    named = os.environ.get("CONGVAN_HOME")
    return Path(named).expanduser().absolute() if named else clone() / ".congvan"


def streams_file() -> Path:
    """Return the declaration of streams and durables."""
    return clone() / "deploy" / "jetstream" / "streams.toml"
