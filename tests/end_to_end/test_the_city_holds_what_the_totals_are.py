"""After everything that was played in this house, what the city holds is what the totals are; a difference is found."""

import asyncio
import json
import sys

from congvan.demo import ledger, province
from congvan.demo.performance import perform


async def city_verify(house):
    command = (sys.executable, "-m", "congvan", "city", "verify", "--home", str(house.home))
    program = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await program.communicate()
    return program.returncode, json.loads(out)


async def test_the_account_of_the_city_and_the_feed_hold_what_the_totals_are(house, stage, silent) -> None:
    database = stage.stores.databases["reporting"]
    if not await ledger.rows(database, "SELECT FROM aggregates LIMIT 1"):
        assert (await perform(stage, province.demo(), silent))["ok"]

    status, told = await city_verify(house)

    assert (status, told["same"]) == (0, True), told
    assert told["held"] == told["aggregates"] > 0
    assert told["held_digest"] == told["digest"]

    [one] = await ledger.rows(
        database, "SELECT unit_id FROM aggregates WHERE relation = 'reporting' ORDER BY 1 LIMIT 1"
    )
    change = "UPDATE aggregates SET version = version + $1 WHERE unit_id = $2 RETURNING 1 AS one"
    await ledger.rows(database, change, 1, one["unit_id"])
    try:
        status, told = await city_verify(house)
    finally:
        await ledger.rows(database, change, -1, one["unit_id"])
    assert (status, told["same"], told["feed"]["agrees"]) == (1, False, False)
    assert all(one["unit_id"] in each for each in told["feed"]["missing"])
