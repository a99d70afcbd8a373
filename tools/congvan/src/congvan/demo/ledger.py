"""What the stores hold, compared with each other: is anything lost, is anything there twice?

Read straight from the databases, the store and the mailbox, not through the services, and with no code of theirs.
"""

import asyncio
import email
import email.policy
import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg


@dataclass
class Findings:
    """Things that are missing somewhere, and things that are there more than once; each said in words."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def compare(self, what: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        """Note what is expected and not found as lost, what is found and not expected as doubled."""
        self.lost += [f"{what}: {key} is missing" for key in expected.keys() - found.keys()]
        self.doubled += [f"{what}: {key} should not be there" for key in found.keys() - expected.keys()]
        self.lost += [
            f"{what}: {key} is {found[key]}, should be {expected[key]}"
            for key in expected.keys() & found.keys()
            if expected[key] != found[key]
        ]


@dataclass(frozen=True)
class Stores:
    """Where the stores of a platform are."""

    databases: Mapping[str, str]
    letters: Path


async def rows(url: str, query: str, *values: Any) -> list[asyncpg.Record]:
    """Return what a database answers."""
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(query, *values))
    finally:
        await connection.close()


async def check_submissions(stores: Stores, findings: Findings, receipts: Mapping[str, int], requirement: str) -> None:
    """Every receipt given is a stored version; every submission that counts is counted once, with its own version."""
    stored = await rows(
        stores.databases["submissions"],
        "SELECT s.submission_id, s.obligation_id, s.state, s.number FROM submissions s"
        " JOIN obligations o USING (obligation_id) WHERE o.requirement_id = $1::uuid",
        requirement,
    )
    held = {str(row["submission_id"]): row["number"] for row in stored}
    for submission_id, number in receipts.items():
        if held.get(submission_id, 0) < number:
            findings.lost.append(f"receipt: version {number} of {submission_id} is not stored")
    counting = {str(row["obligation_id"]): row["number"] for row in stored if row["state"] in ("submitted", "accepted")}
    contributions = await rows(
        stores.databases["reporting"],
        "SELECT obligation_id, number FROM contributions WHERE requirement_id = $1::uuid AND number IS NOT NULL",
        requirement,
    )
    findings.compare("contribution", counting, {str(row["obligation_id"]): row["number"] for row in contributions})


async def check_totals(stores: Stores, findings: Findings, requirement: str) -> None:
    """The stored totals equal the values of the submissions that count, added up here from the versions themselves."""
    versions = await rows(
        stores.databases["submissions"],
        "SELECT s.obligation_id, v.stated FROM submissions s"
        " JOIN obligations o USING (obligation_id)"
        " JOIN submission_versions v ON v.submission_id = s.submission_id AND v.number = s.number"
        " WHERE o.requirement_id = $1::uuid AND s.state IN ('submitted', 'accepted')",
        requirement,
    )
    sums: Counter[str] = Counter()
    for row in versions:
        for indicator, _period, value in json.loads(row["stated"]):
            sums[indicator] += int(value)
    top = await rows(
        stores.databases["reporting"],
        "SELECT sums FROM aggregates WHERE requirement_id = $1::uuid ORDER BY units_due DESC, unit_id LIMIT 1",
        requirement,
    )
    stored: dict[str, int] = json.loads(top[0]["sums"]) if top else {}
    # A sum of zero may be kept or left out; it is the same total.
    findings.compare("total", *({code: each for code, each in totals.items() if each} for totals in (sums, stored)))


async def check_media(stores: Stores, findings: Findings, store: Mapping[str, int]) -> tuple[int, int]:
    """Every file that is ready lies whole in the store; returns how many are ready and how many bytes they are."""
    ready = await rows(stores.databases["submissions"], "SELECT media_id, byte_count FROM media WHERE state = 'ready'")
    expected = {str(row["media_id"]): row["byte_count"] for row in ready}
    kept = {key.split("/")[1]: size for key, size in store.items() if key.startswith("media/")}
    findings.compare("object", expected, kept)
    return len(ready), sum(expected.values())


RESTS = "(state = 'waiting' AND attempts = 0 AND next_attempt_at > now())"
"""A delivery that nobody has tried yet, for it is to leave later."""


async def wait_for_mail(stores: Stores, *, within_s: float) -> None:
    """Wait until every letter that may leave now has left, at most so long; what is still missing will be found."""
    deadline = time.monotonic() + within_s
    waiting = f"SELECT count(*) AS waiting FROM deliveries WHERE state = 'waiting' AND NOT {RESTS}"
    while (await rows(stores.databases["notify"], waiting))[0]["waiting"] and time.monotonic() < deadline:  # noqa: ASYNC110  the table cannot ring
        await asyncio.sleep(0.25)


async def check_letters(stores: Stores, findings: Findings, directive: str) -> tuple[int, int]:
    """Every letter in an inbox was handed to the mail server once; returns how many of each a directive caused.

    A reminder rests at night; one that was overtaken never leaves.
    """
    stays = f"SELECT 1 FROM deliveries WHERE letter_id = letters.letter_id AND (state = 'overtaken' OR {RESTS})"
    query = f"SELECT letter_id, directive_id FROM letters WHERE NOT EXISTS ({stays})"
    letters = await rows(stores.databases["notify"], query)
    mails = await asyncio.to_thread(_mail_ids, stores.letters)
    findings.doubled += [f"mail: {letter} came {count} times" for letter, count in mails.items() if count > 1]
    findings.compare("mail", {str(row["letter_id"]): 1 for row in letters}, dict.fromkeys(mails, 1))
    ours = [str(row["letter_id"]) for row in letters if str(row["directive_id"]) == directive]
    return len(ours), sum(mails[letter] for letter in ours)


def _mail_ids(folder: Path) -> Counter[str]:
    ids: Counter[str] = Counter()
    for path in folder.iterdir() if folder.is_dir() else ():
        with path.open("rb") as mail:
            message = email.message_from_binary_file(mail, policy=email.policy.default)
        ids[str(message["Message-ID"]).strip("<>").partition("@")[0]] += 1
    return ids


async def check_flow(stores: Stores, findings: Findings) -> None:
    """Nothing waits in an outbox, nothing is parked."""
    for service, url in stores.databases.items():
        [row] = await rows(
            url, "SELECT (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM parked_messages) AS parked"
        )
        if row["outbox"]:
            findings.lost.append(f"{service}: {row['outbox']} events wait in the outbox")
        if row["parked"]:
            findings.lost.append(f"{service}: {row['parked']} messages are parked")
