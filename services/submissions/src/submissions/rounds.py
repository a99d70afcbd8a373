"""The rounds a worker makes without being asked: inspecting files as they come in, sweeping every ten minutes."""

import asyncio
import logging
import random

from prometheus_client import CollectorRegistry, Counter, Gauge

from submissions.operations.archive import Archive
from submissions.operations.inspecting import inspect_next
from submissions.operations.reconciling import reconcile
from submissions.operations.rendering import render_next
from submissions.operations.sweeping import sweep

log = logging.getLogger(__name__)

INSPECTIONS_AT_ONCE = 2
"""An inspection takes a core for some seconds; more of them at once would only take each other's."""
LOOK_SECONDS = 1.0
"""How long a file waits at most before its inspection begins, when nothing is in the way."""
LOOK_FOR_FILMS_SECONDS = 5.0
"""A film can be looked at before it is made playable, by those who wait for it most."""
AFTER_FAILURE_SECONDS = 5.0
SWEEP_SECONDS = 600.0
RECONCILE_SECONDS = 86_400.0
"""The whole store is listed; what is left lying between two of these is nobody's and reached by nobody."""
MOST_REMOVED = 100
"""Without being asked. More than that look like a database that was restored: its files must not go too."""


class Rounds:
    """Inspects and sweeps for as long as the process lives, through outages of the database and of the store."""

    def __init__(self, archive: Archive, registry: CollectorRegistry) -> None:
        self._archive = archive
        self._inspections = Counter(
            "congvan_inspections", "inspections of files by how they ended", ["outcome"], registry=registry
        )
        self._renditions = Counter(
            "congvan_renditions", "films made playable by how it ended", ["outcome"], registry=registry
        )
        self._differing = Gauge(
            "congvan_media_differing", "files the store does not hold as the database says", registry=registry
        )
        self._given_up = Gauge(
            "congvan_media_given_up", "files that wait for a person: no inspection came to a verdict", registry=registry
        )

    async def inspect(self) -> None:
        """Inspect what waits, one file after the other."""
        while True:
            try:
                outcome = await inspect_next(self._archive)
            except Exception as error:  # noqa: BLE001  the file is claimed again when its lease runs out; the loop must live
                log.warning("an inspection failed: %r", error)
                await asyncio.sleep(AFTER_FAILURE_SECONDS)
                continue
            if outcome is None:
                # Not in step with the others who look: each would keep a connection of its own.
                await asyncio.sleep(LOOK_SECONDS * random.uniform(0.7, 1.0))  # noqa: S311  a pause, not a secret
                continue
            self._inspections.labels(outcome).inc()
            if outcome == "given_up":
                self._given_up.inc()

    async def render(self) -> None:
        """Make films playable, one after the other, while nothing else is to do for them."""
        while True:
            try:
                outcome = await render_next(self._archive)
            except Exception as error:  # noqa: BLE001  the film is claimed again when its lease runs out; the loop must live
                log.warning("a rendition failed: %r", error)
                await asyncio.sleep(AFTER_FAILURE_SECONDS)
                continue
            if outcome is None:
                await asyncio.sleep(LOOK_FOR_FILMS_SECONDS * random.uniform(0.7, 1.0))  # noqa: S311  a pause, not a secret
                continue
            self._renditions.labels(outcome).inc()

    async def sweep(self) -> None:
        """Tidy up now and every ten minutes."""
        while True:
            try:
                swept = await sweep(self._archive)
            except Exception as error:  # noqa: BLE001  whatever is left lying is still there next time
                log.warning("a sweep failed: %r", error)
            else:
                self._given_up.set(swept.given_up)
                if swept.abandoned or swept.settled or swept.cleared or swept.deleted or swept.erased:
                    log.info("swept: %s", swept)
            await asyncio.sleep(SWEEP_SECONDS)

    async def reconcile(self) -> None:
        """Hold the store against the database once a day, and remove what no row calls for."""
        while True:
            await asyncio.sleep(RECONCILE_SECONDS)
            try:
                found = await reconcile(self._archive)
                if 0 < len(found.orphans) <= MOST_REMOVED:
                    found = await reconcile(self._archive, remove=True)
            except Exception as error:  # noqa: BLE001  tomorrow is another day
                log.warning("the store could not be held against the database: %r", error)
            else:
                self._differing.set(len(found.missing) + len(found.differing) + len(found.unclaimed))
                if not found.is_whole or found.removed:
                    log.warning("the store differs from the database: %s", found)
