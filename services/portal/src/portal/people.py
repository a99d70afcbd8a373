"""Names: of who is signed in, and of units. Asked once, kept for a while."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from portal.asking import Services
from portal.sessions import Visit

Unit = Mapping[str, Any]

PROVINCE = "*"
KEPT_SECONDS = 600.0
ALL_KEPT_SECONDS = 60.0
REMEMBERED = 5_000
DAYS_REMEMBERED = 8
"""Of so many days the units are kept; totals are looked at on the day they were asked for."""
ONE_BY_ONE = 6
"""Of more units than these nobody asked for lately, all there are today are asked for at once."""


class Names:
    """What units are called. Everybody who is signed in may know it, so one memory serves all."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: OrderedDict[str, tuple[tuple[str, str], float]] = OrderedDict()
        self._all: OrderedDict[str, tuple[Sequence[Unit], float]] = OrderedDict()
        self._asking_for_all = asyncio.Lock()
        self._own: OrderedDict[str, tuple[Unit, float]] = OrderedDict()

    async def of_units(self, unit_ids: Iterable[str], visit: Visit, *, whole: bool = False) -> dict[str, str]:
        """Return the short name of each unit, or the whole one, asking at once for those nobody asked for lately."""
        wanted = set(unit_ids)
        if sum(not self._is_fresh(unit_id) for unit_id in wanted) > ONE_BY_ONE:
            for unit in await self.everywhere(visit):
                self._keep(unit["unit_id"], unit)
        found = await asyncio.gather(*(self._of_unit(unit_id, visit) for unit_id in wanted))
        return {unit_id: names[1 if whole else 0] for unit_id, names in zip(wanted, found, strict=True)}

    async def everywhere(self, visit: Visit, *, on: str = "") -> Sequence[Unit]:
        """Return all units of a day, today unless it is said, as they were a minute ago at most.

        They are hundreds, and several pages begin with them; whoever comes while they are asked for waits for those.
        """
        async with self._asking_for_all:
            units, until = self._all.get(on, ((), 0.0))
            if time.monotonic() < until:
                return units
            told = await self._services.get(
                "directory", "/units", token=visit.access_token, **({"on": on} if on else {})
            )
            self._all[on] = told["units"], time.monotonic() + ALL_KEPT_SECONDS
            self._all.move_to_end(on)
            while len(self._all) > DAYS_REMEMBERED:
                self._all.popitem(last=False)
            return self._all[on][0]

    async def unit(self, unit_id: str, visit: Visit) -> Unit | None:
        """Return a unit of today, as it was a minute ago at most; null when there is none."""
        unit, until = self._own.get(unit_id, (None, 0.0))
        if unit is not None and time.monotonic() < until:
            return unit
        unit = await self._services.find("directory", f"/units/{quote(unit_id, safe='')}", token=visit.access_token)
        if unit is not None:
            self._own[unit_id] = unit, time.monotonic() + ALL_KEPT_SECONDS
            while len(self._own) > REMEMBERED:
                self._own.popitem(last=False)
        return unit

    def forget_units(self) -> None:
        """Forget what units there are, for somebody has just changed them here."""
        self._all.clear()
        self._own.clear()
        self._known.clear()

    async def introduce(self, visit: Visit) -> None:
        """Learn what who is signed in is called, and where; pages show it from then on."""
        if "full_name" in visit.names:
            return
        person, units = await asyncio.gather(
            self._services.find("directory", f"/people/{visit.person_id}", token=visit.access_token),
            self.of_units((unit for unit, _role in visit.posts if unit != PROVINCE), visit),
        )
        visit.names["units"] = ", ".join(dict.fromkeys(units[unit] for unit, _ in visit.posts if unit in units))
        visit.names["full_name"] = (person or {}).get("full_name", "")

    async def _of_unit(self, unit_id: str, visit: Visit) -> tuple[str, str]:
        if self._is_fresh(unit_id):
            return self._known[unit_id][0]
        unit = await self._services.find("directory", f"/units/{quote(unit_id, safe='')}", token=visit.access_token)
        return self._keep(unit_id, unit)

    def _is_fresh(self, unit_id: str) -> bool:
        known = self._known.get(unit_id)
        return known is not None and time.monotonic() < known[1]

    def _keep(self, unit_id: str, unit: Unit | None) -> tuple[str, str]:
        names = (unit["short_name"] or unit["name"], unit["name"]) if unit else (unit_id, unit_id)
        self._known[unit_id] = (names, time.monotonic() + KEPT_SECONDS)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return names
