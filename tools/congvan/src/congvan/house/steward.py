"""Sees to it that every declared stream and durable is there, while the house stands."""

import threading
import tomllib
from collections.abc import Callable
from pathlib import Path

from congvan.house.notices import Notice, Tell
from congvan.servers.nats import Nats

LOOK_EVERY_S = 3.0


def declared(file: Path) -> set[tuple[str, str, str]]:
    """Return what the declaration names, in the shape of `Nats.present`."""
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    accounts = {each["name"]: each.get("account", "PLATFORM") for each in found["stream"]}
    return {(account, name, "") for name, account in accounts.items()} | {
        (accounts[each["stream"]], each["stream"], each["name"]) for each in found.get("durable", [])
    }


class Steward:
    """Looks every few seconds, through the monitor, and has the declaration applied when something is missing.

    Looking is cheap; applying is a program of its own, so that its libraries take no memory in between.
    """

    def __init__(self, nats: Nats, streams_file: Path, apply: Callable[[], str | None], tell: Tell) -> None:
        self._nats = nats
        self._streams_file = streams_file
        self._apply = apply
        self._tell = tell
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._live, name="steward", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._ended.set()
        self._thread.join()

    def _live(self) -> None:
        said = ""
        while not self._ended.wait(LOOK_EVERY_S):
            try:
                missing = declared(self._streams_file) - self._nats.present()
            except (OSError, ValueError):
                continue  # the server is away or starting: its keeper's business
            if not missing:
                said = ""
                continue
            names = ", ".join(sorted(durable or stream for _, stream, durable in missing))
            problem = self._apply()
            words = problem or names
            if words != said:  # once, not every time it looks
                kind = (
                    ("trouble", "không tạo lại được", "could not be made again")
                    if problem
                    else ("note", "đã tạo lại", "made again")
                )
                self._tell(Notice(kind[0], "streams", f"{kind[1]}: {words}", f"{kind[2]}: {words}"))  # type: ignore[arg-type]  # both are kinds of notice
                said = words
