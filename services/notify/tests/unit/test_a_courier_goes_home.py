"""A courier who is told to stop stops, whatever arrives in that moment."""

import asyncio
from contextlib import suppress

from notify.courier import Courier


class Distracted(Courier):
    """Meets what `asyncio.wait_for` does before Python 3.12: of an answer and a cancellation the latter is lost."""

    async def carry_batch(self) -> int:
        task = asyncio.current_task()
        assert task is not None
        assert not task.cancelling(), "takes up another batch after it was told to stop"
        asyncio.get_running_loop().call_soon(task.cancel)
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return 1


async def test_a_courier_who_is_told_to_stop_as_an_answer_arrives_stops() -> None:
    courier = Distracted(transactions=None, server=None, book=None, outcomes=None)

    walking = asyncio.create_task(courier.walk())
    await asyncio.wait((walking,), timeout=10)

    assert walking.cancelled(), walking
