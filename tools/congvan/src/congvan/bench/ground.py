"""The ground of a measurement: a throw-away house, a province in it, a letter issued, people signed in."""

import asyncio
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from chassis.clock import today
from congvan import places
from congvan.bench import generated
from congvan.bench.sender import Target
from congvan.bench.wire import Line, request
from congvan.demo import letter, people, province
from congvan.demo.performance import Stage
from congvan.demo.play import Play, Told, WrongOutcome
from congvan.demo.province import Province
from congvan.demo.visit import Visitor
from congvan.house import House, state
from congvan.house.notices import Tell
from congvan.servers.postgres import Postgres

SIZE = generated.Size(lower_secondary=560, communes=60, upper_secondary=40, clusters=4)
"""Six hundred schools: so many that those who submit at once meet at no row but the totals."""
SEED = 11
SIGNING_IN_AT_ONCE = 4
ENROLLED_AT_ONCE = 50
"""Each costs a slow hash, and nobody should wait for an answer for half a minute."""


class AlreadyMeasuring(Exception):
    """Another measurement is under way; two at once would measure each other."""


@contextmanager
def throw_away_folder() -> Iterator[Path]:
    """Make a folder beside the platform's own data, so that a write to disk costs there what it costs here.

    Raises `AlreadyMeasuring`. What a measurement that was killed has left is cleared away first.
    """
    bench = places.default_home() / "bench"
    with ExitStack() as held:
        try:
            held.enter_context(state.only_one(bench))
        except state.AlreadyRunning as error:
            raise AlreadyMeasuring(f"another measurement holds {bench}") from error
        folder = bench / "house"
        _clear(folder)
        folder.mkdir()
        try:
            yield folder
        finally:
            _clear(folder)


def _clear(folder: Path) -> None:
    if folder.is_dir():
        state.end_leftovers(folder, state.read(folder))
        Postgres(folder / "postgres", port=0, password="").remove()  # it may lie elsewhere
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def throw_away_house(tell: Tell, *, more_settings: Mapping[str, str] | None = None) -> Iterator[House]:
    """Start a house whose writes wait for the disk, and remove it afterwards."""
    told = dict(more_settings or {})
    with throw_away_folder() as folder, House(folder, durable=True, tell=tell, more_settings=told) as house:
        yield house


@dataclass(frozen=True)
class Requirement:
    """One thing a letter asks for, and who owes it."""

    requirement_id: str
    obligations: dict[str, str]
    """Unit that owes → obligation."""
    answering: dict[str, str]
    """Unit that owes → unit that answers for it."""


class Ground:
    """A province on a running house. `async with await Ground.lay(…) as ground:`."""

    def __init__(self, house: House, loaded: Province, play: Play) -> None:
        self.house = house
        self.province = loaded
        self._play = play
        self._passwords = people.Passwords(house.home / "demo-people.json")
        self.today = today(datetime.now(UTC))

    @classmethod
    async def lay(cls, house: House, told: Told, *, size: generated.Size = SIZE) -> Self:
        """Write a province, load it, and create its people."""
        folder = house.home / "province"
        generated.write(folder, size, seed=SEED)
        loaded = province.read(folder)
        ground = cls(house, loaded, Play(Stage(house.addresses, house.secrets).platform, loaded, told))
        try:
            await ground._play.load_province()
            await ground._appoint_people(told)
        except BaseException:
            await ground.__aexit__()
            raise
        return ground

    async def _appoint_people(self, told: Told) -> None:
        told.step("Lập tài khoản người dùng", "Creating people")
        department = self.province.department(self.today)
        await self._enrol(people.office(department, self._passwords))
        await self.settle()  # directives must have been told of every unit before it can say who answers
        officer = await self.visitor("chuyen-vien")
        answering: dict[str, str] = {}
        for asked in letter.draft(self.province, department, self.today)["requirements"]:
            question = {"audience": asked["audience"], "as_of": asked["as_of"]}
            preview = await officer.post("directives", "/audience-previews", question)
            for unit in preview["units"]:
                of_itself = unit["answering_unit_id"] == unit["unit_id"]
                answering[unit["answering_unit_id"]] = unit["unit_type"] if of_itself else "school"
        await self._enrol(people.answering(answering, self._passwords))
        await self.settle()
        told.done(f"{len(answering)} đơn vị trả lời", f"{len(answering)} units answer")

    async def _enrol(self, accounts: list[dict[str, Any]]) -> None:
        self._passwords.keep()  # before anyone gets one: the same house may be measured again
        administrator = await self._play.visitor(*self._play.platform.administrator)
        for first in range(0, len(accounts), ENROLLED_AT_ONCE):
            some = accounts[first : first + ENROLLED_AT_ONCE]
            await administrator.post("directory", "/people/bulk", {"people": some})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._play.__aexit__()

    async def visitor(self, account: str) -> Visitor:
        """Return the signed-in person of an account."""
        return await self._play.visitor(account, self._passwords.of(account))

    async def settle(self) -> None:
        """Wait until nothing is on its way any more."""
        await self._play.settle()

    async def issue(self, asked: list[dict[str, Any]] | None = None) -> list[Requirement]:
        """Issue the letter of the demo, or one that asks for something else; return once submissions knows of it."""
        officer, leader, clerk = [await self.visitor(account) for account in people.OFFICE]
        draft = letter.draft(self.province, self.province.department(self.today), self.today)
        drafted = await officer.post("directives", "/directives", draft | ({"requirements": asked} if asked else {}))
        path = f"/directives/{drafted['directive_id']}"
        await leader.post("directives", f"{path}/sign")
        await clerk.post("directives", f"{path}/number", {"notation": letter.NOTATION})
        await clerk.post("directives", f"{path}/issue", {"issued_on": self.today.isoformat()})
        opened = (await officer.get("directives", f"{path}/obligations"))["obligations"]
        await self.settle()
        return [
            Requirement(
                each["requirement_id"],
                {one["unit_id"]: one["obligation_id"] for one in opened if _is_of(one, each)},
                {one["unit_id"]: one["answering_unit_id"] for one in opened if _is_of(one, each)},
            )
            for each in drafted["requirements"]
        ]

    def draft_of_report(self) -> dict[str, Any]:
        """Return what the letter of the demo asks of schools, to be changed and issued."""
        report: dict[str, Any] = letter.draft(self.province, "", self.today)["requirements"][0]
        return report

    async def targets(self, requirement: Requirement, units: list[str]) -> list[Target]:
        """Sign in whoever answers for these units; return their obligations with their tokens."""
        waiting = list(enumerate(units))
        signed_in: dict[int, Target] = {}

        async def sign_in_some() -> None:
            line = await Line.open(self.house.addresses.ports["directory"])
            try:
                while waiting:
                    place, unit_id = waiting.pop()
                    account = people.account_of(requirement.answering[unit_id])
                    signed_in[place] = Target(requirement.obligations[unit_id], await self._token(line, account))
            finally:
                line.close()

        await asyncio.gather(*(sign_in_some() for _ in range(SIGNING_IN_AT_ONCE)))
        return [signed_in[place] for place in range(len(units))]

    async def _token(self, line: Line, account: str) -> str:
        body = json.dumps({"account": account, "password": self._passwords.of(account)}).encode()
        answer = await line.send(request("POST", "/sessions", body, {}))
        if answer.status != 201:
            raise WrongOutcome(f"{account} could not sign in: {answer.status} {answer.body[:300]!r}")
        token: str = json.loads(answer.body)["access_token"]
        return token


def _is_of(obligation: dict[str, Any], requirement: dict[str, Any]) -> bool:
    return bool(obligation["requirement_id"] == requirement["requirement_id"])
