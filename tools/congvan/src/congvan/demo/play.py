"""The main job, step by step, as people would do it; each step checked against what the files say is right."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, Self
from uuid import uuid4

import httpx

from chassis.clock import today
from congvan.demo import letter, people
from congvan.demo.city import City
from congvan.demo.province import CLUSTER, SCHOOL_TYPES, VIDEO_TYPES, Province
from congvan.demo.visit import Refused, Visitor

AT_ONCE = 4
"""Schools that submit at the same time."""
PEOPLE_AT_ONCE = 100
"""Hashing their passwords takes the directory seconds; a larger request might outlast the patience of its sender."""
SETTLED_WITHIN_S = 240.0


class Told(Protocol):
    """Somebody who watches the play."""

    def step(self, vi: str, en: str) -> None:
        """A step begins."""

    def done(self, vi: str, en: str) -> None:
        """Something was achieved."""

    def bytes_total(self, count: int) -> None:
        """So many more bytes will go up."""

    def bytes_sent(self, count: int) -> None:
        """So many bytes have just gone up."""


class WrongOutcome(Exception):
    """The platform answered, and not what is right."""


@dataclass(frozen=True)
class Platform:
    """What the play needs to know of a running platform."""

    services: Mapping[str, str]
    """Base URL of each service's front door."""
    workers: tuple[str, ...]
    """Base URL of every process that has `/health/flow`."""
    administrator: tuple[str, str]
    nats_url: str
    city_seed: str
    folder: Path
    """Where demo passwords, films and logs may be kept."""


@dataclass
class Outcome:
    """What happened, as far as the play itself saw it."""

    directive_id: str = ""
    code: str = ""
    report_id: str = ""
    video_id: str = ""
    department: str = ""
    obligations: dict[str, int] = field(default_factory=dict)
    receipts: dict[str, int] = field(default_factory=dict)
    """Submission → newest number a receipt was given for; of the report requirement."""
    video_receipts: dict[str, int] = field(default_factory=dict)
    submitted: int = 0
    accepted: int = 0
    returned: int = 0
    duplicates_ignored: int = 0
    uploaded: int = 0
    rejected: int = 0
    bytes: int = 0
    aggregates: dict[str, dict[str, Any]] = field(default_factory=dict)
    levels: dict[str, dict[str, Any]] = field(default_factory=dict)


class Play:
    """Plays the main job of one province on one platform."""

    def __init__(self, platform: Platform, province: Province, told: Told) -> None:
        self.platform = platform
        self.province = province
        self.told = told
        self._stack = AsyncExitStack()
        self._visitors: dict[str, Visitor] = {}
        self._passwords = people.Passwords(platform.folder / "demo-people.json")
        self._today = today(datetime.now(UTC))
        self._obligations: dict[str, dict[str, Any]] = {}
        self.outcome = Outcome()
        self.city = City(platform.nats_url, platform.city_seed, platform.folder, durable=f"city-demo-{uuid4().hex[:8]}")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.city.stop()
        await self._stack.aclose()

    async def visitor(self, account: str, password: str | None = None) -> Visitor:
        """Return the signed-in person of an account."""
        if account not in self._visitors:
            visitor = Visitor(self.platform.services, account, password or self._passwords.of(account))
            self._visitors[account] = await self._stack.enter_async_context(visitor)
        return self._visitors[account]

    # 1

    async def load_province(self) -> None:
        """Load units, relations and lineage; appoint cluster leads."""
        told, province = self.told, self.province
        told.step("Nạp đơn vị của tỉnh", "Loading the province")
        administrator = await self.visitor(*self.platform.administrator)
        names = {"units": "units.csv", "relations": "unit_relations.csv", "links": "unit_links.csv"}
        files = {
            part: (name, (province.folder / name).read_bytes(), "text/csv")
            for part, name in names.items()
            if (province.folder / name).exists()
        }
        answer = (await administrator.ask("POST", "directory", "/imports", files=files)).json()
        for cluster, school in province.leads(self._today).items():
            await administrator.put(
                "directory", f"/clusters/{cluster}/lead", {"school_id": school, "valid_from": self._today.isoformat()}
            )
        told.done(
            f"{answer['units']} đơn vị, {answer['relations']} quan hệ, {answer['changed']} thay đổi",
            f"{answer['units']} units, {answer['relations']} relations, {answer['changed']} changed",
        )

    async def appoint_people(self) -> None:
        """Create the people of the department, then one for each unit that will answer."""
        self.told.step("Lập tài khoản người dùng", "Creating people")
        self.outcome.department = self.province.department(self._today)
        administrator = await self.visitor(*self.platform.administrator)
        await self._appoint(administrator, people.office(self.outcome.department, self._passwords))
        officer = await self.visitor("chuyen-vien")
        draft = letter.draft(self.province, self.outcome.department, self._today)
        answering: dict[str, str] = {}
        for asked in draft["requirements"]:
            preview = await self._preview(officer, asked)
            if preview["without_lead"]:
                raise WrongOutcome(f"clusters without a lead: {preview['without_lead']}")
            for unit in preview["units"]:
                of_itself = unit["answering_unit_id"] == unit["unit_id"]
                answering[unit["answering_unit_id"]] = unit["unit_type"] if of_itself else "school"
        created = await self._appoint(administrator, people.answering(answering, self._passwords))
        self.told.done(f"{created} tài khoản mới", f"{created} new accounts")

    async def _appoint(self, administrator: Visitor, accounts: list[dict[str, Any]]) -> int:
        self._passwords.keep()
        created = 0
        for first in range(0, len(accounts), PEOPLE_AT_ONCE):
            some = {"people": accounts[first : first + PEOPLE_AT_ONCE]}
            created += len((await administrator.post("directory", "/people/bulk", some))["created"])
        return created

    async def _preview(self, officer: Visitor, asked: dict[str, Any]) -> dict[str, Any]:
        # The directory's facts travel; the audience is right once all of them have arrived.
        expected = set(self.province.due(tuple(asked["audience"]["unit_types"])))
        question = {"audience": asked["audience"], "as_of": asked["as_of"]}
        deadline = time.monotonic() + SETTLED_WITHIN_S
        while True:
            preview: dict[str, Any] = {"units": [], "without_lead": []}
            try:
                preview = await officer.post("directives", "/audience-previews", question)
            except Refused as refused:
                if refused.code != "audience-unheard-of":
                    raise
            found = {unit["unit_id"] for unit in preview["units"]}
            if found == expected and not preview["without_lead"]:
                return preview
            if time.monotonic() > deadline:
                raise WrongOutcome(f"audience: {sorted(found ^ expected)} differ, no lead: {preview['without_lead']}")
            await asyncio.sleep(0.1)

    # 2

    async def issue_letter(self) -> None:
        """Draft, sign, number and issue the letter."""
        told, outcome = self.told, self.outcome
        told.step("Soạn, ký, cấp số và phát hành công văn", "Drafting, signing, numbering and issuing the letter")
        officer, leader, clerk = [await self.visitor(account) for account in people.OFFICE]
        drafted = await officer.post(
            "directives", "/directives", letter.draft(self.province, outcome.department, self._today)
        )
        outcome.directive_id = drafted["directive_id"]
        path = f"/directives/{outcome.directive_id}"
        await leader.post("directives", f"{path}/sign")
        register = f"/registers/{outcome.department}/{self._today.year}"
        try:
            await clerk.put("directives", register, {"next_number": letter.FIRST_NUMBER})
        except Refused as refused:
            if refused.status != 409:  # the register is already beyond it: the demo was played before
                raise
        numbered = await clerk.post("directives", f"{path}/number", {"notation": letter.NOTATION})
        outcome.code = numbered["code"]
        issued = await clerk.post("directives", f"{path}/issue", {"issued_on": self._today.isoformat()})
        outcome.report_id, outcome.video_id = [each["requirement_id"] for each in drafted["requirements"]]
        outcome.obligations = issued["obligation_counts"]
        opened = await officer.get("directives", f"{path}/obligations")
        self._obligations = {f"{each['requirement_id']}/{each['unit_id']}": each for each in opened["obligations"]}
        self._check_obligations()
        told.done(
            f"{outcome.code}: {' + '.join(str(count) for count in outcome.obligations.values())} đơn vị phải trả lời",
            f"{outcome.code}: {' + '.join(str(count) for count in outcome.obligations.values())} units owe an answer",
        )

    def _check_obligations(self) -> None:
        for requirement_id, types in (
            (self.outcome.report_id, SCHOOL_TYPES),
            (self.outcome.video_id, VIDEO_TYPES),
        ):
            expected = set(self.province.due(types))
            found = {each["unit_id"] for each in self._obligations.values() if each["requirement_id"] == requirement_id}
            if found != expected:
                raise WrongOutcome(f"obligations of {requirement_id}: {sorted(found ^ expected)} differ")

    def obligation(self, requirement_id: str, unit_id: str) -> dict[str, Any]:
        """Return what a unit owes."""
        return self._obligations[f"{requirement_id}/{unit_id}"]

    # 3

    async def submit_reports(self, schools: list[str], *, send_back_first: bool, repeat_first: bool) -> None:
        """Let these schools submit; the first is sent back once, the second sends the same request twice."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def submit(index: int, school: str) -> None:
            async with gate:
                spoiled = 7 if send_back_first and index == 0 else 0
                first = await self._submit(school, letter.report(self.province, school, lessons_off_by=spoiled))
                if spoiled:
                    await self._send_back(school, first)
                if repeat_first and index == min(1, len(schools) - 1):
                    await self._repeat(school, first)

        await asyncio.gather(*(submit(index, school) for index, school in enumerate(schools)))

    async def _submit(self, school: str, body: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        key = key or uuid4().hex
        obligation = self.obligation(self.outcome.report_id, school)
        visitor = await self.visitor(people.account_of(obligation["answering_unit_id"]))
        receipt = await self.until_known(
            lambda: visitor.post(
                "submissions",
                f"/obligations/{obligation['obligation_id']}/submissions",
                body,
                headers={"Idempotency-Key": key},
            )
        )
        self.outcome.submitted += 1
        self.outcome.receipts[receipt["submission_id"]] = receipt["number"]
        return {**receipt, "key": key, "body": body}

    async def until_known(self, ask: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """Ask until the obligation asked about is known there."""
        # An obligation opened a moment ago is on its way to submissions.
        deadline = time.monotonic() + SETTLED_WITHIN_S
        while True:
            try:
                return await ask()
            except Refused as refused:
                if refused.status != 404 or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(0.1)

    async def _send_back(self, school: str, first: dict[str, Any]) -> None:
        officer = await self.visitor("chuyen-vien")
        reason = "Số bài học STEM chưa khớp với sổ đầu bài; đề nghị trường rà soát và gửi lại."
        path = f"/submissions/{first['submission_id']}"
        await officer.post("submissions", f"{path}/return", {"number": first["number"], "reason": reason})
        self.outcome.returned += 1
        await self._submit(school, letter.report(self.province, school))

    async def _repeat(self, school: str, first: dict[str, Any]) -> None:
        obligation = self.obligation(self.outcome.report_id, school)
        visitor = await self.visitor(people.account_of(obligation["answering_unit_id"]))
        answer = await visitor.ask(
            "POST",
            "submissions",
            f"/obligations/{obligation['obligation_id']}/submissions",
            json=first["body"],
            headers={"Idempotency-Key": first["key"]},
        )
        same = answer.json()
        if (same["submission_id"], same["number"]) != (first["submission_id"], first["number"]):
            raise WrongOutcome(f"the same request gave {same} after {first}")
        self.outcome.duplicates_ignored += 1

    async def accept_everything(self) -> None:
        """Let the desk officer accept what came in."""
        self.told.step("Chuyên viên duyệt báo cáo", "The desk officer accepts the reports")
        officer = await self.visitor("chuyen-vien")
        for submission_id, number in (self.outcome.receipts | self.outcome.video_receipts).items():
            await officer.post("submissions", f"/submissions/{submission_id}/accept", {"number": number})
            self.outcome.accepted += 1
        self.told.done(f"{self.outcome.accepted} đã duyệt", f"{self.outcome.accepted} accepted")

    # 5 and 6

    async def settle(self) -> None:
        """Wait until nothing is on its way any more: every outbox empty, every durable read."""
        deadline = time.monotonic() + SETTLED_WITHIN_S
        quiet = 0
        async with httpx.AsyncClient(timeout=10) as client:
            # Twice in a row: what a durable has just read may have left an event in the outbox looked at before.
            while quiet < 2:
                waiting = [each for url in self.platform.workers if (each := await _waiting(client, url))]
                quiet = 0 if waiting else quiet + 1
                if time.monotonic() > deadline:
                    raise WrongOutcome(f"still on the way: {waiting}")
                await asyncio.sleep(0.1)

    async def read_totals(self) -> None:
        """Read the totals as the desk officer sees them."""
        officer = await self.visitor("chuyen-vien")
        path = f"/requirements/{self.outcome.report_id}/aggregates"
        answer = await officer.get("reporting", path, period=self.province.period)
        for each in answer["aggregates"]:
            self.outcome.aggregates[each["unit_id"]] = {
                **each["totals"],
                "units_reported": each["units_reported"],
                "units_due": each["units_due"],
            }
            self.outcome.levels[each["unit_id"]] = each["levels"]
        for cluster in self.province.due((CLUSTER,)):  # a cluster without a school that owes has no row of its own
            self.outcome.aggregates.setdefault(
                cluster, {**dict.fromkeys(_codes()), "units_reported": 0, "units_due": 0}
            )

    async def city_has(self, aggregates: Mapping[str, Mapping[str, Any]], *, within_s: float = 30) -> None:
        """Wait until the city's last values are these; raises `WrongOutcome` with what differs."""
        deadline = time.monotonic() + within_s
        while differing := self._differences(aggregates):
            if time.monotonic() > deadline:
                raise WrongOutcome(f"the city holds other values than the totals: {differing}")
            await asyncio.sleep(0.05)

    def _differences(self, aggregates: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        seen = self.city_values()
        due = {unit: totals for unit, totals in aggregates.items() if totals["units_due"]}
        return {unit: (seen.get(unit), totals) for unit, totals in due.items() if seen.get(unit) != totals}

    def city_values(self) -> dict[str, dict[str, Any]]:
        """Return the last value the city saw, per unit and indicator."""
        return {
            unit_id: {
                **each["totals"],
                "units_reported": each["units_reported"],
                "units_due": each["units_due"],
            }
            for unit_id, each in self.city.last_values(self.outcome.report_id).items()
        }


def _codes() -> list[str]:
    return [figure["code"] for figure in letter.FIGURES]


async def _waiting(client: httpx.AsyncClient, url: str) -> str | None:
    try:
        flow = (await client.get(f"{url}/health/flow")).raise_for_status().json()
    except httpx.HTTPError as error:
        return f"{url}: {error!r}"
    left = {name: each for name, each in flow["durables"].items() if each is None or each["pending"] or each["unacked"]}
    if flow["outbox"] or left:
        return f"{url}: outbox {flow['outbox']}, {left}"
    return None
