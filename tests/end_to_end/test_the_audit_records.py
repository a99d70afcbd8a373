"""An operator checks and exports the audit records from the command line."""

import asyncio
import json
import sys


async def audit(home, *words: str) -> tuple[int, str]:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "congvan", "audit", *words, "--home", str(home), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await program.communicate()
    assert program.returncode is not None
    return program.returncode, out.decode()


async def test_an_operator_verifies_the_chain_and_exports_it(house, stage) -> None:
    status, said = await audit(house.home, "verify")
    whole = json.loads(said)
    exported, lines = await audit(house.home, "export")
    positions = [json.loads(line)["position"] for line in lines.splitlines()]

    assert (status, exported, whole["holds"]) == (0, 0, True)
    assert positions == list(range(1, len(positions) + 1))
    assert len(positions) >= whole["records"] >= 2  # the founding accounts, and whatever other tests have done
    assert (await audit(house.home, "verify", str(whole["records"]), whole["head"]))[0] == 0
    assert (await audit(house.home, "verify", "1", "0" * 64))[0] == 1
