"""The play is right for a province of other sizes too: as a command, on a platform of its own."""

import asyncio
import json
import os
import sys

from congvan.bench import generated
from congvan.demo import province


async def test_the_demo_is_right_for_a_generated_province_of_other_sizes(tmp_path) -> None:
    generated.write(tmp_path / "province", generated.Size(17, 5, 6, 2), seed=11)
    expected = province.read(tmp_path / "province").expected()

    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "congvan",
        "demo",
        "--data",
        str(tmp_path / "province"),
        "--json",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"CONGVAN_HOME": str(tmp_path / "home")},
    )
    out, errors = await program.communicate()

    assert program.returncode == 0, (out.decode()[-3000:], errors.decode()[-3000:])
    account = json.loads(out)
    assert account["ok"]
    assert account["aggregates"] == account["city"]["aggregates"]
    assert account["aggregates"] == {
        unit: {**each.totals, "units_reported": each.units_reported, "units_due": each.units_due}
        for unit, each in expected.items()
    }
