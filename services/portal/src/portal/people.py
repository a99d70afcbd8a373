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
ONE_BY_ONE = 6
"""Of more units than these nobody asked for lately, all there are today are asked for at once."""


class Names:
    """What units are called. Everybody who is signed in may know it, so one memory serves all."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: OrderedDict[str, tuple[tuple[str, str], float]] = OrderedDict()
        self._all: tuple[Sequence[Unit], float] = ((), 0.0)

    async def of_units(self, unit_ids: Iterable[str], visit: Visit, *, whole: bool = False) -> dict[str, str]:
        """Return the short name of each unit, or the whole one, asking at once for those nobody asked for lately."""
        wanted = set(unit_ids)
        if sum(not self._is_fresh(unit_id) for unit_id in wanted) > ONE_BY_ONE:
            for unit in await self.everywhere(visit):
                self._keep(unit["unit_id"], unit)
        found = await asyncio.gather(*(self._of_unit(unit_id, visit) for unit_id in wanted))
        return {unit_id: names[1 if whole else 0] for unit_id, names in zip(wanted, found, strict=True)}

    async def everywhere(self, visit: Visit) -> Sequence[Unit]:
        """Return all units of today, as they were a minute ago at most: hundreds, and several pages begin with them."""
        units, until = self._all
        if time.monotonic() < until:
            return units
        told = await self._services.get("directory", "/units", token=visit.access_token)
        self._all = told["units"], time.monotonic() + ALL_KEPT_SECONDS
        return self._all[0]

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
