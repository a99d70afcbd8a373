"""`bench directives`: issuing to thousands of units, numbers for many at once, documents read and laid out."""

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psutil  # type: ignore[import-untyped]  # it ships no types

from chassis.clock import today
from congvan.bench import generated, opening, papers
from congvan.bench.ground import SEED
from congvan.bench.outcome import Aim, Outcome, Sheet
from congvan.bench.processors import Meter
from congvan.bench.watching import Peak
from congvan.demo import ledger, letter, people, province
from congvan.demo.performance import Stage
from congvan.demo.play import Play, Told, WrongOutcome
from congvan.demo.province import SCHOOL_TYPES
from congvan.demo.visit import Visitor
from congvan.house import House

SIZE = generated.Size(lower_secondary=2_800, communes=300, upper_secondary=240, clusters=8)
FEW = 300
ISSUERS = 50
READERS = ("submissions", "reporting", "notify")
"""Who keeps what is owed."""
WITHIN_S = 120.0
AIMS = {
    "issue_s": Aim(at_most=2),
    "readers_s": Aim(at_most=10),
    "issue_memory_growth": Aim(at_most=1.5),
    "numbers_missing": Aim(at_most=0),
    "import_pdf_s": Aim(at_most=2),
    "import_docx_s": Aim(at_most=2),
    "render_pdf_s": Aim(at_most=1),
    "render_docx_s": Aim(at_most=1),
}


async def measure(
    house: House, told: Told, *, size: generated.Size = SIZE, few: int = FEW, issuers: int = ISSUERS
) -> Outcome:
    """Measure on a running house that nobody else uses."""
    documents = papers.measure(told)
    folder = house.home / "province"
    generated.write(folder, size, seed=SEED)
    stage = Stage(house.addresses, house.secrets)
    async with Play(stage.platform, province.read(folder), told) as play:
        desk = await _Desk.at(play)
        url = await opening.make_database(house.superuser_url)
        schools = play.province.due(SCHOOL_TYPES)
        told.step("Phát hành đến mọi trường", "Issuing to every school")
        issues = []
        for units in (schools[:few], schools):
            issues.append(await _issue(desk, house, stage.stores, units))
            issues[-1]["ceiling_s"] = round(await opening.open_obligations(url, len(units)), 3)
        told.done(f"{issues[-1]['issue_s']} s; mọi nơi có sau {issues[-1]['readers_s']} s",
                  f"{issues[-1]['issue_s']} s; everybody has them after {issues[-1]['readers_s']} s")  # fmt: skip
        told.step("Cấp số cùng lúc", "Numbering at once")
        numbering = await _number(desk, issuers)
        numbering["ceiling_s"] = round(await opening.draw_numbers(url, issuers), 3)
        told.done(f"{issuers} số trong {numbering['seconds']} s", f"{issuers} numbers in {numbering['seconds']} s")
    return outcome(issues, numbering, documents)


class _Desk:
    """The officer, the leader and the clerk of the department, who have heard of every unit."""

    def __init__(self, play: Play, office: list[Visitor], department: str) -> None:
        self.play, self.department = play, department
        self.officer, self.leader, self.clerk = office
        self.today = today(datetime.now(UTC))

    @classmethod
    async def at(cls, play: Play) -> "_Desk":
        await play.load_province()
        department = play.province.department(today(datetime.now(UTC)))
        passwords = people.Passwords(play.platform.folder / "demo-people.json")
        accounts = people.office(department, passwords)
        passwords.keep()
        administrator = await play.visitor(*play.platform.administrator)
        await administrator.post("directory", "/people/bulk", {"people": accounts})
        await play.settle()
        office = [await play.visitor(account, passwords.of(account)) for account in people.OFFICE]
        return cls(play, office, department)

    async def signed(self, units: list[str]) -> str:
        """Draft and sign a directive that asks these units for a report; return its address."""
        draft = letter.draft(self.play.province, self.department, self.today)
        asked = draft["requirements"][0] | {"audience": {"include": units}}
        drafted = await self.officer.post("directives", "/directives", draft | {"requirements": [asked]})
        path = f"/directives/{drafted['directive_id']}"
        await self.leader.post("directives", f"{path}/sign")
        return path

    async def number(self, path: str) -> int:
        """Number a directive; return its number."""
        numbered = await self.clerk.post("directives", f"{path}/number", {"notation": letter.NOTATION})
        number: int = numbered["number"]
        return number


async def _issue(desk: _Desk, house: House, stores: ledger.Stores, units: list[str]) -> dict[str, Any]:
    path = await desk.signed(units)
    await desk.number(path)
    await desk.play.settle()
    program = psutil.Process(house.pid("directives"))
    before, meter = program.memory_info().rss, Meter(house)
    clocks = meter.read()
    async with Peak(program) as peak:
        begun = time.perf_counter()
        issued = await desk.clerk.post("directives", f"{path}/issue", {"issued_on": desk.today.isoformat()})
        answered = time.perf_counter() - begun
        opened = sum(issued["obligation_counts"].values())
        if opened != len(units):
            raise WrongOutcome(f"{opened} obligations were opened of {len(units)}")
        arrived = await _arrived(stores, UUID(issued["requirements"][0]["requirement_id"]), opened, begun)
    return {
        "units": opened,
        "issue_s": round(answered, 3),
        "readers_s": max(arrived.values()),
        "by_reader_s": arrived,
        "cpu_s": {name: round(used, 2) for name, used in meter.between(clocks, meter.read()).programs.items() if used},
        "rss_before_mib": round(before / 2**20, 1),
        "rss_peak_mib": round(peak.bytes / 2**20, 1),
    }


async def _arrived(stores: ledger.Stores, requirement_id: UUID, count: int, begun: float) -> dict[str, float]:
    """Wait until everybody keeps all obligations of a requirement; return when each of them had them, since `begun`.

    `published` is when the last event had left the outbox.
    """
    arrived: dict[str, float] = {}
    waiting = {"published", *READERS}
    question = "SELECT count(*) AS kept FROM obligations WHERE requirement_id = $1"
    async with asyncio.timeout(WITHIN_S):
        while waiting:
            for name in sorted(waiting):
                if name == "published":
                    [row] = await ledger.rows(stores.databases["directives"], "SELECT count(*) AS left FROM outbox")
                    is_there = row["left"] == 0
                else:
                    [row] = await ledger.rows(stores.databases[name], question, requirement_id)
                    is_there = row["kept"] >= count
                if is_there:
                    arrived[name] = round(time.perf_counter() - begun, 2)
                    waiting.discard(name)
            await asyncio.sleep(0.05)
    return arrived


async def _number(desk: _Desk, issuers: int) -> dict[str, Any]:
    # Each with a directive and a session of their own: what they meet at is the register.
    paths = [await desk.signed(desk.play.province.due(SCHOOL_TYPES)[:1]) for _ in range(issuers)]
    passwords = people.Passwords(desk.play.platform.folder / "demo-people.json")
    account = next(each for each, (role, _) in people.OFFICE.items() if role == "clerk")
    async with AsyncExitStack() as opened:
        clerks = [
            await opened.enter_async_context(Visitor(desk.play.platform.services, account, passwords.of(account)))
            for _ in range(issuers)
        ]
        for each in clerks:
            await each.headers()
        begun = time.perf_counter()
        answers = await asyncio.gather(
            *(
                each.post("directives", f"{path}/number", {"notation": letter.NOTATION})
                for each, path in zip(clerks, paths, strict=True)
            )
        )
        seconds = time.perf_counter() - begun
    numbers = sorted(each["number"] for each in answers)
    missing = set(range(numbers[0], numbers[0] + issuers)) - set(numbers)
    return {"issuers": issuers, "seconds": round(seconds, 3), "missing": len(missing)}


def outcome(issues: list[dict[str, Any]], numbering: dict[str, Any], documents: dict[str, papers.Figures]) -> Outcome:
    """Return what was measured: issuing to few and to all, numbering at once, documents."""
    few, all_units = issues
    at_once, seconds, missing = (numbering[name] for name in ("issuers", "seconds", "missing"))
    ratios = {
        "issue_s": all_units["issue_s"],
        "readers_s": all_units["readers_s"],
        "issue_of_ceiling": round(all_units["issue_s"] / max(all_units["ceiling_s"], 0.001), 1),
        "issue_memory_growth": round(all_units["rss_peak_mib"] / few["rss_peak_mib"], 2),
        "units_growth": round(all_units["units"] / few["units"], 1),
        "numbers_missing": numbering["missing"],
        "numbering_of_ceiling": round(numbering["seconds"] / max(numbering["ceiling_s"], 0.001), 1),
        **{f"import_{form}_s": each["import_s"] for form, each in documents.items()},
        **{
            f"import_{form}_of_reading": round(each["import_s"] / max(each["read_s"], 0.001), 2)
            for form, each in documents.items()
        },
        **{f"render_{form}_s": each["render_s"] for form, each in documents.items()},
    }
    rows = [
        (f"{each['units']}", f"{each['issue_s']:.2f}", f"{each['ceiling_s']:.2f}", f"{each['readers_s']:.1f}",
         f"{each['rss_before_mib']:.0f}", f"{each['rss_peak_mib']:.0f}")
        for each in issues
    ]  # fmt: skip
    return Outcome(
        name="directives",
        figures={"issues": issues, "numbering": numbering, "papers": documents},
        ratios=ratios,
        aims=AIMS,
        sheets=[
            Sheet(
                "Phát hành theo số đơn vị",
                "Issuing by number of units",
                (
                    "đơn vị\nunits",
                    "phát hành\nissue, s",
                    "trần\nceiling, s",
                    "mọi nơi có\nreaders, s",
                    "RSS MiB",
                    "đỉnh\npeak",
                ),
                rows,
            ),
            Sheet(
                f"Văn bản {papers.PAGES} trang",
                f"A document of {papers.PAGES} pages",
                ("", "trình bày\nrender, s", "đọc\nimport, s", "chỉ lấy chữ\ntext only, s", "byte"),
                [
                    (
                        form,
                        f"{each['render_s']:.3f}",
                        f"{each['import_s']:.3f}",
                        f"{each['read_s']:.3f}",
                        f"{each['bytes']:.0f}",
                    )
                    for form, each in documents.items()
                ],
            ),
        ],
        notes=[
            (
                "«Trần» là một giao dịch chỉ ghi ngần ấy nghĩa vụ và sự kiện; "
                "cấp số được so với ngần ấy kết nối cùng tăng một dòng.",
                "The ceiling is one transaction that only writes as many obligations and events; "
                "numbering is held against as many connections that only raise one row.",
            ),
            (
                f"{at_once} người cấp số cùng lúc: {seconds} s, thiếu {missing} số.",
                f"{at_once} numbered at once: {seconds} s, {missing} numbers missing.",
            ),
        ],
    )
