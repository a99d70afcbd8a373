"""Many who upload at once, beside as many who send the same parts straight to the store."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from statistics import median

import psutil  # type: ignore[import-untyped]  # it ships no types
from minio import Minio

from congvan.bench.parts import Api, send, send_straight
from congvan.bench.processors import Meter
from congvan.bench.sender import Target
from congvan.bench.watching import Peak
from congvan.demo.play import WrongOutcome
from congvan.house import House
from congvan.house.roster import BUCKET
from congvan.servers import store

PROGRAM = "submissions-api"
ROUNDS = {1: 9, 8: 3, 32: 2}
"""How often each way is taken by a crowd of that size; the more, the longer each time."""
FEW_ROUNDS = 2
AT_REST_S = 5.0


@dataclass
class Crowd:
    """So many uploaders at once: seconds of each round, either way; what our front door used."""

    size: int
    ours: list[float] = field(default_factory=list)
    straight: list[float] = field(default_factory=list)
    api_cpu_s: float = 0.0
    """Beyond what it uses with nobody there."""
    api_peak_bytes: int = 0

    @property
    def files(self) -> int:
        """Return how many files went past our front door."""
        return self.size * len(self.ours)

    @property
    def of_straight(self) -> float:
        """Return how fast ours is beside the store alone."""
        return median(self.straight) / median(self.ours)

    @property
    def api_cpu_ms_per_file(self) -> float:
        """Return the processor time of our front door for each file."""
        return 1000 * self.api_cpu_s / self.files


def rounds_of(size: int) -> int:
    """Return how often a crowd of that size takes each way."""
    return ROUNDS.get(size, FEW_ROUNDS)


async def at_rest(house: House) -> float:
    """Return the processor seconds our front door uses in a second with nobody there."""
    meter = Meter(house)
    before, began = meter.read(), time.monotonic()
    await asyncio.sleep(AT_REST_S)
    return meter.between(before, meter.read()).programs[PROGRAM] / (time.monotonic() - began)


async def measure(
    house: House, size: int, targets: Sequence[Target], name: str, content: bytes, *, resting: float
) -> Crowd:
    """Let a crowd upload one file each to targets nobody has sent anything to, and the other way, in turn.

    `resting`: what our front door uses in a second with nobody there.
    """
    meter, crowd = Meter(house), Crowd(size)
    straight = store.client(house.addresses.store_endpoint, house.secrets.store)
    program = psutil.Process(house.pid(PROGRAM))
    fresh = iter(targets)
    for turn in range(rounds_of(size)):
        uploaders = [_Uploader(house, next(fresh), name, content) for _ in range(size)]
        alone = [_Alone(straight, f"bench/crowd-{turn}-{place}", content) for place in range(size)]
        # First one way, then the other, so that a store that slows down as it fills slows both.
        for ours in (True, False) if turn % 2 else (False, True):
            if not ours:
                crowd.straight.append(await asyncio.to_thread(_together, [each.send for each in alone]))
                continue
            before = meter.read()
            async with Peak(program) as peak:
                crowd.ours.append(await asyncio.to_thread(_together, [each.send for each in uploaders]))
            used = meter.between(before, meter.read()).programs[PROGRAM]
            crowd.api_cpu_s += max(0.0, used - resting * crowd.ours[-1])
            crowd.api_peak_bytes = max(crowd.api_peak_bytes, peak.bytes)
        for each in alone:
            await asyncio.to_thread(each.see_it_is_whole_and_remove_it)
    return crowd


def _together(sending: Sequence[Callable[[], None]]) -> float:
    """Let all begin at once; return the seconds until the last has done. Blocks."""
    with ThreadPoolExecutor(len(sending)) as people:
        began = time.monotonic()
        for each in [people.submit(send) for send in sending]:
            each.result()
        return time.monotonic() - began


@dataclass(frozen=True)
class _Uploader:
    house: House
    target: Target
    name: str
    content: bytes

    def send(self) -> None:
        with closing(Api(self.house.addresses.ports[PROGRAM], self.target.token)) as api:
            send(api, self.target.obligation_id, self.name, self.content)


@dataclass(frozen=True)
class _Alone:
    client: Minio
    key: str
    content: bytes

    def send(self) -> None:
        send_straight(self.client, self.key, self.content)

    def see_it_is_whole_and_remove_it(self) -> None:
        stored = self.client.stat_object(BUCKET, self.key).size
        if stored != len(self.content):
            raise WrongOutcome(f"{stored} bytes of {len(self.content)} were stored")
        self.client.remove_object(BUCKET, self.key)
