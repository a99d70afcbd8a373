"""Whoever asks while an answer is under way asks together with all others who wait for the next one."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 64
"""How many ask at once: beyond that a statement gets slower, not cheaper."""
TURNS = 3
"""Turns of the event loop: what the sockets already hold is read, and whoever asks in it comes along."""
PATIENCE_SECONDS = 0.01
"""After this the next ones no longer wait for those under way, who may have met somebody else's lock."""

Values = Mapping[str, Any]
Ask = Callable[[Sequence[Values]], Awaitable[Mapping[int, Any]]]
"""Asks for many at once; gives the answers by place. Whoever has none there gets null."""


@dataclass(frozen=True, slots=True)
class _Asker:
    values: Values
    apart: Hashable
    answer: asyncio.Future[Any]


class Gathering:
    """Those who ask one thing of one server.

    Alone, one is asked for at once. What goes wrong for several together is asked again one by one, when it is a
    `refusal`, an error after which nothing has happened: then everybody gets their own. Any other error is everybody's.
    """

    def __init__(self, ask: Ask, *, refusal: type[Exception] | tuple[type[Exception], ...]) -> None:
        self._ask = ask
        self._refusal = refusal
        self._waiting: list[_Asker] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._calling: asyncio.Task[None] | None = None

    async def ask(self, values: Values, *, apart: Hashable = None) -> Any:
        """Return the answer to `values`. Two with the same `apart` never go together; null goes with everybody."""
        asker = _Asker(values, apart, asyncio.get_running_loop().create_future())
        self._waiting.append(asker)
        if self._calling is None:
            self._calling = asyncio.create_task(self._call())
        return await asker.answer

    async def _call(self) -> None:
        try:
            while self._waiting:
                for _ in range(TURNS):
                    await asyncio.sleep(0)
                run = asyncio.create_task(self._answer(self._next()))
                self._under_way.add(run)
                run.add_done_callback(self._under_way.discard)
                await asyncio.wait((run,), timeout=PATIENCE_SECONDS)
        finally:
            self._calling = None

    def _next(self) -> list[_Asker]:
        together: list[_Asker] = []
        later: list[_Asker] = []
        apart: set[Hashable] = set()
        for asker in self._waiting:
            if asker.answer.done():
                continue  # went away while waiting
            if len(together) == MOST or asker.apart in apart:
                later.append(asker)
                continue
            together.append(asker)
            if asker.apart is not None:
                apart.add(asker.apart)
        self._waiting = later
        return together

    async def _answer(self, together: Sequence[_Asker]) -> None:
        if not together:
            return
        try:
            answers = await self._ask([each.values for each in together])
        except self._refusal as error:
            if len(together) == 1:
                _fail(together, error)
                return
            for each in together:
                await self._answer([each])
        except BaseException as error:
            _fail(together, error)  # whoever waits must hear of it, of a cancellation too
            if not isinstance(error, Exception):
                raise
        else:
            for place, each in enumerate(together):
                if not each.answer.done():
                    each.answer.set_result(answers.get(place))


def _fail(together: Sequence[_Asker], error: BaseException) -> None:
    for each in together:
        if not each.answer.done():
            each.answer.set_exception(error)
