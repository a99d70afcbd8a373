"""The largest memory a program is seen with while something is measured."""

import asyncio
from types import TracebackType
from typing import Self

import psutil  # type: ignore[import-untyped]  # it ships no types

LOOK_EVERY_S = 0.02


class Peak:
    """Looks at a program's memory until it is left. `async with Peak(program) as peak: …; peak.bytes`."""

    def __init__(self, program: psutil.Process) -> None:
        self._program = program
        self.bytes = 0

    async def __aenter__(self) -> Self:
        self._watching = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._watching.cancel()
        await asyncio.gather(self._watching, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            self.bytes = max(self.bytes, self._program.memory_info().rss)
            await asyncio.sleep(LOOK_EVERY_S)
