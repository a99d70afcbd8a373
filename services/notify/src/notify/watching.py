"""Asks the other services whether a message of theirs could not be taken in, and has the operators told."""

import asyncio
import logging
import ssl
from collections.abc import Mapping

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from chassis.outages import is_outage
from chassis.transaction import Transactions
from notify.addressing import write_letters
from notify.publishing import note_parked

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0
ANSWER_SECONDS = 5.0


class _Flow(BaseModel):
    model_config = ConfigDict(extra="ignore")

    parked: int


async def look(transactions: Transactions, services: Mapping[str, str], client: httpx.AsyncClient) -> None:
    """Ask each service once. One that does not answer is left for the next time: that it is away others notice."""
    for service, url in services.items():
        try:
            answer = await client.get(f"{url}/health/flow")
            parked = _Flow.model_validate_json(answer.content).parked
        except (httpx.HTTPError, ValidationError) as error:
            log.info("%s does not say what is parked: %s", service, type(error).__name__)
            continue
        async with transactions.begin() as tx:
            due_ids = await note_parked(tx, service, parked)
            await write_letters(tx, due_ids=due_ids)


async def keep_watch(transactions: Transactions, services: Mapping[str, str], *, every: float = EVERY_SECONDS) -> None:
    """Run `look` now and again, for ever."""
    if not services:
        return
    async with httpx.AsyncClient(
        timeout=ANSWER_SECONDS,
        trust_env=False,  # a neighbour is not reached through the proxy meant for the world outside
        verify=ssl.create_default_context(),
    ) as client:
        while True:
            try:
                await look(transactions, services, client)
            except Exception as error:
                if not is_outage(error):
                    raise
                log.warning("cannot note what is parked: %r", error)
            await asyncio.sleep(every)
