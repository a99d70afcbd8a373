"""Whoever keeps the house can ask beforehand who would be told what of a directive, and why."""

import asyncio
import json
import sys

from congvan.demo import ledger, province
from congvan.demo.performance import perform


async def test_the_command_says_who_would_be_reminded_and_who_has_answered(house, stage, silent) -> None:
    database = stage.stores.databases["notify"]
    if not await ledger.rows(database, "SELECT FROM answers LIMIT 1"):
        assert (await perform(stage, province.demo(), silent))["ok"]
    about = "SELECT directive_id::text AS id FROM reminders WHERE awaited = 'answer' AND NOT is_owed LIMIT 1"
    [answered] = await ledger.rows(database, about)
    command = ("-m", "congvan", "notify", "preview", answered["id"], "--at", "2027-01-04T08:00", "--json")

    program = await asyncio.create_subprocess_exec(
        sys.executable, *command, "--home", str(house.home), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await program.communicate()

    assert program.returncode == 0
    entries = json.loads(out)["entries"]
    assert {"đã nộp", "đã duyệt"} & {each["why"][0] for each in entries}
    assert all(each["why"] for each in entries)
    assert all(not each["told"] for each in entries if each["why"][0] in ("đã nộp", "đã duyệt"))
