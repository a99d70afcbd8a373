"""A page that lies open is told, and lets go when it has to."""

import asyncio

import pytest

from chassis.testing import until
from portal.pages.listening import COME_AGAIN, Listening


class Teller:
    """Tells two things, and then nothing for ever."""

    def __init__(self) -> None:
        self.is_closed = False

    async def lines(self):
        try:
            for piece in (b"one", b"two"):
                yield piece
            await asyncio.Event().wait()
        finally:
            self.is_closed = True


@pytest.fixture
def teller():
    return Teller()


async def test_a_process_that_stops_lets_every_line_go(teller) -> None:
    listening, heard = Listening(), []

    async for piece in listening.until_leaving(teller.lines()):
        heard.append(piece)
        if len(heard) == 3:
            assert listening.ears == 1
            asyncio.get_running_loop().call_soon(listening.leave)

    assert (heard, listening.ears, teller.is_closed) == ([COME_AGAIN, b"one", b"two"], 0, True)


async def test_a_browser_that_goes_leaves_nothing_behind(teller) -> None:
    listening = Listening()
    told = listening.until_leaving(teller.lines())

    async def listen() -> None:
        async for _ in told:
            pass

    listener = asyncio.create_task(listen())

    async def is_listening() -> bool:
        return listening.ears == 1

    await until(is_listening, within=5)
    listener.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listener

    await told.aclose()
    assert listening.ears == 0
