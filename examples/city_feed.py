"""Follow a province's aggregated figures over HTTP, as the city authority may do. Needs nothing but Python 3.11.

The feed is a list of events that only grows; each has a position. A newcomer takes the newest event of each aggregate
(`--newest`), everybody goes on from the position they have reached, which is kept in a file with what was received.

    CITY_API_KEY=… python city_feed.py --directory https://province.example/directory \\
        --reporting https://province.example/reporting --state city.json [--newest] [--once]

prints one JSON object per line. Once a day the province tells a digest of all aggregates: it is reckoned here as well,
and a line says whether the two are the same.
"""

import argparse
import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

WAIT_SECONDS = 25
RENEW_SECONDS = 600
AGGREGATE = "reporting.aggregate.updated.v1"
DIGEST = "reporting.aggregates.digested.v1"


class Feed:
    """The front doors of the province, and the key to them."""

    def __init__(self, directory: str, reporting: str, key: str) -> None:
        self._directory = directory
        self._reporting = reporting
        self._key = key
        self._token = ""
        self._renew_at = 0.0

    def after(self, position: int, *, newest: bool, wait: int) -> dict[str, Any]:
        """Return what was told behind a position; wait for something when there is nothing yet."""
        if time.monotonic() >= self._renew_at:
            session = ask(f"{self._directory}/sessions", {"api_key": self._key})
            self._token, self._renew_at = session["access_token"], time.monotonic() + RENEW_SECONDS
        query = f"after={position}&limit=500&newest={'true' if newest else 'false'}&wait={wait}"
        page: dict[str, Any] = ask(f"{self._reporting}/feed?{query}", token=self._token)
        return page


def ask(url: str, body: Any = None, *, token: str = "") -> Any:
    """Return the JSON an address answers with."""
    request = urllib.request.Request(url, data=json.dumps(body).encode() if body is not None else None)  # noqa: S310  named by whoever runs this
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=WAIT_SECONDS + 20) as answer:  # noqa: S310  as above
        return json.load(answer)


class State:
    """What was received: the newest of each aggregate, and the position to go on from."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.position = 0
        self._newest: dict[str, dict[str, Any]] = {}
        if file is not None and file.exists():
            kept = json.loads(file.read_text(encoding="utf-8"))
            self.position, self._newest = kept["position"], kept["newest"]

    def take(self, event: dict[str, Any], *, is_complete: bool = True) -> dict[str, Any] | None:
        """Take an event in; return what is to be said of it, if anything.

        Not `is_complete`: what came before this event has not all been received, so a digest says nothing yet.
        """
        told = event["data"]
        if event["type"] == DIGEST and is_complete:
            return {"digest_of": told["day"], "agrees": self.digest() == told["digest"], "held": len(self._newest)}
        known = self._newest.get(event["subject"])
        if event["type"] != AGGREGATE or (known is not None and known["version"] >= told["version"]):
            return None
        self._newest[event["subject"]] = told
        return {
            "requirement_id": told["requirement_id"],
            "unit_id": told["unit_id"],
            "period": told["period"],
            "version": told["version"],
            "totals": {each["indicator"]: each["value"] for each in told["totals"]},
            "units_reported": told["units_reported"],
            "units_due": told["units_due"],
            "event_id": event["id"],
        }

    def digest(self) -> str:
        """Return one figure for everything we hold, as the catalogue of events describes it."""
        lines = []
        for subject, told in self._newest.items():
            figures = [f"{each['indicator']}={each['value']}" for each in told["totals"] if each["value"]]
            counts = f"{told['units_reported']}/{told['units_due']}"
            lines.append(" ".join([subject, str(told["version"]), counts, *sorted(figures)]).encode() + b"\n")
        return hashlib.sha256(b"".join(sorted(lines))).hexdigest()

    def save(self) -> None:
        """Replace the file as a whole, so that a reader never sees half of it."""
        if self._file is None:
            return
        half = self._file.with_name(f"{self._file.name}.half")
        with half.open("w", encoding="utf-8") as out:
            json.dump({"position": self.position, "newest": self._newest}, out, ensure_ascii=False)
            out.flush()
            os.fsync(out.fileno())
        half.replace(self._file)


def follow(feed: Feed, state: State, *, newest: bool, once: bool) -> None:
    """Print what is told, for ever, or until there is nothing more for now."""
    newest = newest and state.position == 0
    while True:
        try:
            page = feed.after(state.position, newest=newest, wait=0 if once else WAIT_SECONDS)
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                sys.exit(f"city_feed: {error.code} {error.read(500).decode(errors='replace')}")
            page = None
        except OSError as error:
            print(f"city_feed: {error}", file=sys.stderr, flush=True)
            page = None
        if page is None:
            time.sleep(2)
            continue
        for each in page["events"]:
            said = state.take(each["event"], is_complete=not newest)
            if said is not None:
                print(json.dumps(said, ensure_ascii=False))
        sys.stdout.flush()
        state.position = page["next"]
        state.save()  # after it is printed: what we die before comes again
        if not page["has_more"]:
            newest = False
            if once:
                return


def main() -> None:
    """Read the command line and follow the feed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--directory", required=True, help="where the province lets machines in")
    parser.add_argument("--reporting", required=True, help="where the province tells its aggregates")
    parser.add_argument("--state", type=Path, help="file to keep what was received in, and the position")
    parser.add_argument("--newest", action="store_true", help="begin with the newest of each, not with all history")
    parser.add_argument("--once", action="store_true", help="end when there is nothing more for now")
    asked = parser.parse_args()
    key = os.environ.get("CITY_API_KEY", "")
    if not key:
        sys.exit("city_feed: no key: set CITY_API_KEY")
    feed = Feed(asked.directory.rstrip("/"), asked.reporting.rstrip("/"), key)
    follow(feed, State(asked.state), newest=asked.newest, once=asked.once)


if __name__ == "__main__":
    main()
