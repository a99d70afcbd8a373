"""Is the process alive, is it ready, what flows through it, what does it count."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

if TYPE_CHECKING:
    from chassis.porch import Porch

Check = Callable[[], Awaitable[str | None]]
"""Answers null when all is well, else what is wrong."""
CHECK_SECONDS = 3.0

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Flow:
    """What is on its way through a service."""

    outbox: int
    parked: int
    durables: Mapping[str, Mapping[str, int] | None]
    """By durable: what is not read and what is not acknowledged; null when it does not exist."""


@router.get("/health/live")
async def live() -> dict[str, float]:
    """Answer while the event loop turns."""
    return {"now": time.time()}


@router.get("/health/ready")
async def ready(request: Request) -> JSONResponse:
    """Answer 200 when every server this process needs answers, and what it reads and writes is in place; else 503."""
    checks: dict[str, Check] = request.app.state.frame.checks
    outcomes = await asyncio.gather(*(_outcome(check) for check in checks.values()))
    is_ready = all(outcome == "ok" for outcome in outcomes)
    body = {"ready": is_ready, "checks": dict(zip(checks, outcomes, strict=True))}
    return JSONResponse(body, 200 if is_ready else 503)


async def _outcome(check: Check) -> str:
    try:
        return await asyncio.wait_for(check(), CHECK_SECONDS) or "ok"
    except Exception as error:  # noqa: BLE001  whatever a server does to us, it is the answer
        return f"{type(error).__name__}: {error}"[:200]


@router.get("/health/flow")
async def flow(request: Request) -> dict[str, Any]:
    """Answer what waits to go out, what waits to be read, and what is parked."""
    porch: Porch = request.app.state.frame
    return asdict(await porch.flow())


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Answer the figures of this process in Prometheus' format."""
    porch: Porch = request.app.state.frame
    flow = await porch.flow()
    porch.metrics.outbox.set(flow.outbox)
    porch.metrics.parked.set(flow.parked)
    for durable, count in flow.durables.items():
        porch.metrics.pending.labels(durable).set(count["pending"] if count else -1)
    return Response(generate_latest(porch.metrics.registry), media_type=CONTENT_TYPE_LATEST)
