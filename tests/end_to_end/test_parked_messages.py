"""A message nobody can read is parked, and an operator finds it from the command line."""

import asyncio
import json
import sys

import nats

from chassis.testing import until
from congvan.demo import ledger


async def congvan(home, *words: str) -> tuple[int, str, str]:
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "congvan",
        *words,
        "--home",
        str(home),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await program.communicate()
    assert program.returncode is not None
    return program.returncode, out.decode(), errors.decode()


async def test_an_operator_lists_shows_and_replays_what_was_parked(house, stage) -> None:
    seed = stage.keys.nats_seeds["submissions"]
    client = await nats.connect(stage.addresses.nats, nkeys_seed_str=seed, inbox_prefix="_INBOX.submissions")
    await client.jetstream().publish("submissions.submission.submitted.v1.x", b"not an event")
    await client.close()
    found: list[dict] = []

    async def all_readers_gave_up() -> bool:
        _, out, _ = await congvan(house.home, "parked", "list")
        found[:] = [json.loads(line) for line in out.splitlines()]
        return {each["service"] for each in found} == {"directives", "reporting", "notify"}

    try:
        await until(all_readers_gave_up, within=120, every=0.5)
        number = str(next(each["id"] for each in found if each["service"] == "reporting"))
        shown, text, _ = await congvan(house.home, "parked", "show", "reporting", number)
        replayed, _, reason = await congvan(house.home, "parked", "replay", "reporting", number)
        missing, _, _ = await congvan(house.home, "parked", "show", "reporting", "999999")

        assert shown == 0
        assert json.loads(text)["body"] == "not an event"
        assert replayed == 1
        assert "Unreadable" in reason
        assert missing == 1
        assert len(await ledger.rows(stage.stores.databases["reporting"], "SELECT id FROM parked_messages")) == 1
    finally:
        for service in ("directives", "reporting", "notify"):
            await ledger.rows(stage.stores.databases[service], "DELETE FROM parked_messages RETURNING id")
