"""The pull loop of every durable, hardened where FastStream 0.7.8 was seen to spin, stall or stop in silence.

The stock loop waits until a batch is full, blocks the event loop when the connection is closed for good, and goes
silent when its consumer is deleted. It also creates consumers, which only the declaration may do. This subclass
replaces those two private methods; `faststream==0.7.8` is pinned for it and the tests beside it hold both.
"""

import asyncio
import logging
import os
import signal
from contextlib import suppress

import nats.errors
import nats.js.errors
from faststream.nats.subscriber.usecases.stream_pull_subscriber import BatchPullStreamSubscriber
from nats.aio.msg import Msg

log = logging.getLogger(__name__)

IDLE_SECONDS = 5.0
LINGER = "linger_seconds"
"""Where a subscriber keeps how long it waits for more; FastStream's classes have slots."""
AT_ONCE = "batches_at_once"
"""Where it keeps how many batches are under way at most."""
PAUSE_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)


class HardenedPull(BatchPullStreamSubscriber):
    """Takes the first message as soon as it comes, with whatever else already waits; never gives up."""

    __slots__ = ()

    async def _create_subscription(self) -> None:
        if self.subscription:
            return
        self.subscription = await self.jetstream.pull_subscribe_bind(
            durable=self.extra_options["durable"],
            stream=self.stream.name,
            pending_msgs_limit=-1,
            pending_bytes_limit=-1,
        )
        self.add_task(self._consume_pull)

    async def _consume_pull(self) -> None:
        free = asyncio.Semaphore(self.extra_options[AT_ONCE])
        async with asyncio.TaskGroup() as under_way:
            await self._pull(free, under_way)

    async def _pull(self, free: asyncio.Semaphore, under_way: asyncio.TaskGroup) -> None:
        failures = 0
        while self.running:
            async with free:
                pass  # nothing is fetched that could not be begun at once
            if not self.running:
                return  # it was told to stop meanwhile: what would be fetched now, nobody would take in
            try:
                messages = await self._fetch()
                failures = 0
            except nats.errors.ConnectionClosedError:
                if self.running:
                    # The client has given up for good: no loop in this process will ever see a message again.
                    log.critical("the NATS connection is closed for good; leaving, to be started anew")
                    os.kill(os.getpid(), signal.SIGTERM)
                return
            except (nats.js.errors.Error, nats.errors.Error, ConnectionError) as error:
                pause = PAUSE_SECONDS[min(failures, len(PAUSE_SECONDS) - 1)]
                failures += 1
                log.warning("durable %s: %r; asking again in %.1f s", self.extra_options["durable"], error, pause)
                await asyncio.sleep(pause)
                continue
            if messages and self.running:
                await free.acquire()
                taking_in = under_way.create_task(self.consume(messages))
                taking_in.add_done_callback(lambda _: free.release())
                if len(messages) < self.pull_sub.batch_size:
                    await taking_in  # nobody is waiting: what comes meanwhile becomes one batch

    async def _fetch(self) -> list[Msg]:
        assert self.subscription is not None  # noqa: S101  set by `_create_subscription` before this task exists
        try:
            messages = await self.subscription.fetch(1, timeout=IDLE_SECONDS)
        except (TimeoutError, nats.errors.TimeoutError):
            # Silence has two causes: nothing to read, or no consumer to read it. Ask which.
            await self.subscription.consumer_info()
            return []
        linger = self.extra_options[LINGER]
        if linger:
            await asyncio.sleep(linger)
            waiting = self.pull_sub.batch_size - 1
        else:
            waiting = min(messages[0].metadata.num_pending, self.pull_sub.batch_size - 1)
        if waiting:
            with suppress(nats.errors.TimeoutError, asyncio.TimeoutError):  # fewer came, or another worker was quicker
                messages += await self.subscription.fetch(waiting, timeout=0.05)
        return messages


def harden(subscriber: object, *, linger: float = 0.0, at_once: int = 1) -> None:
    """Give a batch pull subscriber, as the broker made it, the hardened loop.

    With `linger` it waits so many seconds after the first message for others to fold with it. While batches come full,
    up to `at_once` of them are under way.
    """
    if not isinstance(subscriber, BatchPullStreamSubscriber):
        raise TypeError(f"not a batch pull subscriber: {type(subscriber).__name__}")
    subscriber.__class__ = HardenedPull
    subscriber.extra_options[LINGER] = linger
    subscriber.extra_options[AT_ONCE] = at_once
