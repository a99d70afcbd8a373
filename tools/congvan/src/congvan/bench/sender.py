"""Sends answers to obligations as fast as they are taken, in a program of its own: `python -m congvan.bench.sender`.

What to do comes as a line of JSON on its standard input. It says `begin` and `end` on a line each, so that whoever
measures processors can look at the right moments, then one line of JSON: see `Sent`.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

from congvan.bench.wire import Line, LineLost, request

VALUE = 777_000_777
"""Stands in the body for the figure that changes with every answer, so that every answer changes the totals."""
VALUES = 1000


@dataclass(frozen=True)
class Target:
    """An obligation, and the token of whoever answers for it."""

    obligation_id: str
    token: str


@dataclass
class Sent:
    """What became of it: requests answered with 201 in the measured time and in all, others by status, milliseconds."""

    accepted: int = 0
    accepted_in_all: int = 0
    others: dict[str, int] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu_s: float = 0.0


class Body:
    """An answer whose one figure is different each time."""

    def __init__(self, template: str) -> None:
        head, found, tail = template.partition(str(VALUE))
        if not found or str(VALUE) in tail:
            raise ValueError(f"the body must hold {VALUE} exactly once")
        self._head, self._tail = head.encode(), tail.encode()

    def with_value(self, value: int) -> bytes:
        """Return the body with this figure."""
        return b"%b%d%b" % (self._head, value, self._tail)


def submission(target: Target, body: bytes) -> bytes:
    """Return the request that answers an obligation, under an idempotency key of its own."""
    headers = {"authorization": f"Bearer {target.token}", "idempotency-key": uuid4().hex}
    return request("POST", f"/obligations/{target.obligation_id}/submissions", body, headers)


async def send(port: int, lanes: list[list[Target]], body: Body, *, warm_up_s: float, seconds: float) -> Sent:
    """Let each lane answer its own obligations, one after the other, again and again."""
    sent = Sent()
    lines = [await Line.open(port) for _ in lanes]
    begin = time.perf_counter() + warm_up_s
    end = begin + seconds

    async def drive(line: Line, targets: list[Target], first: int) -> None:
        turn = first
        while (started := time.perf_counter()) < end:
            target = targets[turn % len(targets)]
            answer = await line.send(submission(target, body.with_value(turn % VALUES)))
            done = time.perf_counter()
            turn += 1
            if answer.status != 201:
                sent.others[str(answer.status)] = sent.others.get(str(answer.status), 0) + 1
                continue
            sent.accepted_in_all += 1
            if started >= begin and done <= end:
                sent.accepted += 1
                sent.milliseconds.append((done - started) * 1000)

    async def announce() -> None:
        await asyncio.sleep(max(0.0, begin - time.perf_counter()))
        _say("begin")
        before = time.process_time()
        await asyncio.sleep(max(0.0, end - time.perf_counter()))
        _say("end")
        sent.cpu_s = time.process_time() - before

    try:
        # Each lane starts at another figure: two that step together would always state the same.
        driving = [
            drive(line, targets, 13 * place) for place, (line, targets) in enumerate(zip(lines, lanes, strict=True))
        ]
        await asyncio.gather(announce(), *driving)
    finally:
        for line in lines:
            line.close()
    sent.seconds = seconds
    return sent


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    """Read the plan, send, tell."""
    plan: dict[str, Any] = json.loads(sys.stdin.readline())
    lanes = [[Target(*each) for each in lane] for lane in plan["lanes"]]
    try:
        sent = asyncio.run(
            send(plan["port"], lanes, Body(plan["body"]), warm_up_s=plan["warm_up_s"], seconds=plan["seconds"])
        )
    except (LineLost, OSError) as error:
        sys.exit(f"sender: {error!r}")
    _say(json.dumps(asdict(sent)))


if __name__ == "__main__":
    main()
