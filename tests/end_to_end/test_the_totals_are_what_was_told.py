"""After everything that was played in this house the totals are what was told, from the streams to the sums."""

import asyncio
import json
import sys

from congvan.demo import ledger, province
from congvan.demo.performance import perform


async def test_the_totals_follow_from_the_streams_while_the_house_runs(house, stage, silent) -> None:
    if not await ledger.rows(stage.stores.databases["reporting"], "SELECT FROM aggregates LIMIT 1"):
        assert (await perform(stage, province.demo(), silent))["ok"]
    command = (sys.executable, "-m", "congvan", "reporting", "rebuild", "--verify", "--home", str(house.home))

    program = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await program.communicate()

    told = json.loads(out)
    # What nobody can read (another test of this house sends it) is parked, and no fact.
    assert (told["misrecorded"], told["corrections"]) == (0, [])
    assert not any(told["unfounded"].values())
    assert (told["is_true"], program.returncode) == (True, 0)
    assert min(told["requirements"], told["obligations"], told["facts"]) > 0
