"""Runs a measuring program apart from us, and looks at the processors when it begins and when it ends."""

import asyncio
import json
import sys
from typing import Any

from congvan.bench.processors import Meter, Used
from congvan.programs import bare_environment, ending_with_us


class Broken(Exception):
    """A measuring program ended without an outcome."""


async def run_apart(
    module: str, plan: dict[str, Any], meter: Meter, *, within_s: float, watched: str | None = None
) -> tuple[dict[str, Any], Used]:
    """Run `python -m <module>` with this plan; return what it tells and what the house used while it measured.

    With `watched`, the backends of PostgreSQL that serve this program are told apart from the others.
    """
    program = await asyncio.create_subprocess_exec(
        *ending_with_us([sys.executable, "-m", module]),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 26,  # one line holds the milliseconds of every request
        env=bare_environment(),
    )
    assert program.stdin is not None  # noqa: S101  a pipe was asked for
    assert program.stdout is not None  # noqa: S101  a pipe was asked for
    try:
        async with asyncio.timeout(within_s):
            program.stdin.write(json.dumps(plan).encode() + b"\n")
            await _expect(program.stdout, "begin", module)
            before = meter.read()
            await _expect(program.stdout, "end", module)
            after = meter.read()
            if watched is not None:
                await meter.find_backends(watched)  # now: a program at rest keeps no connections
            program.stdin.close()  # it has kept its connections: what served them must not end before it is read
            told: dict[str, Any] = json.loads(await _line(program.stdout, module))
            await program.wait()
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    return told, meter.between(before, after)


async def _line(lines: asyncio.StreamReader, module: str) -> str:
    line = (await lines.readline()).decode()
    if not line:
        raise Broken(f"{module} ended without an outcome")
    return line


async def _expect(lines: asyncio.StreamReader, word: str, module: str) -> None:
    line = (await _line(lines, module)).strip()
    if line != word:
        raise Broken(f"{module} said {line[:200]!r} instead of {word!r}")
