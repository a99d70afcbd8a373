"""Names: of who is signed in, and of units. Asked once, kept for a while."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable
from urllib.parse import quote

from portal.asking import Services
from portal.sessions import Visit

PROVINCE = "*"
KEPT_SECONDS = 600.0
REMEMBERED = 5_000


class Names:
    """What units are called. Everybody who is signed in may know it, so one memory serves all."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: OrderedDict[str, tuple[tuple[str, str], float]] = OrderedDict()

    async def of_units(self, unit_ids: Iterable[str], visit: Visit, *, whole: bool = False) -> dict[str, str]:
        """Return the short name of each unit, or the whole one, asking at once for those nobody asked for lately."""
        wanted = set(unit_ids)
        found = await asyncio.gather(*(self._of_unit(unit_id, visit) for unit_id in wanted))
        return {unit_id: names[1 if whole else 0] for unit_id, names in zip(wanted, found, strict=True)}

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
        known = self._known.get(unit_id)
        if known is not None and time.monotonic() < known[1]:
            return known[0]
        unit = await self._services.find("directory", f"/units/{quote(unit_id, safe='')}", token=visit.access_token)
        names = (unit["short_name"] or unit["name"], unit["name"]) if unit else (unit_id, unit_id)
        self._known[unit_id] = (names, time.monotonic() + KEPT_SECONDS)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return names
