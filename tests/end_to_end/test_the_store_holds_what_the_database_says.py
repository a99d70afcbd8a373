"""After everything that was played in this house, films over lines that were cut among it, nothing is lost or left."""

import asyncio
import json
import sys

from congvan.demo import ledger, province
from congvan.demo.performance import perform


async def test_the_store_is_held_against_the_database_and_there_is_no_difference(house, stage, silent) -> None:
    if not await ledger.rows(stage.stores.databases["submissions"], "SELECT FROM media LIMIT 1"):
        assert (await perform(stage, province.demo(), silent))["ok"]
    command = (sys.executable, "-m", "congvan", "media", "verify", "--home", str(house.home))

    program = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await program.communicate()

    told = json.loads(out)
    assert (told["missing"], told["differing"], told["orphans"]) == ([], [], [])
    assert program.returncode == 0
    assert told["files"] > 0
