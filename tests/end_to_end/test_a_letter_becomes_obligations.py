"""Letters as departments write them, read, confirmed by a person, issued in the demo province: who owes what then."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chassis.clock import VIETNAM, today
from congvan.demo import people, province
from congvan.demo.play import Play

REPOSITORY = Path(__file__).parents[2]
LETTERS = REPOSITORY / "services" / "directives" / "tests" / "letters"
ORIGINALS = REPOSITORY.parent / "shared" / "seeds"
"""The five letters the house was built after, where they lie beside the clone: their text is not in it."""

COMMUNES = ("phong_vhxh",)
UPPER = ("thpt", "thpt_chuyen", "ptdtnt")
MULTI = ("pt_nhieu_cap", "thcs_thpt")
LOWER = ("thcs", "th_thcs")
CENTRES = ("gdnn_gdtx", "gdtx")
EVERY_SCHOOL = (*LOWER, *MULTI, *UPPER, *CENTRES)
HOST = "U-THPT-02"
YEAR = ["2026-2027"]
DUE = {"due_phrase": "chậm nhất ngày 18/12/2026", "due_at": "2026-12-19T00:00:00+07:00"}
SAID = {"due_phrase": "trước ngày 04/12/2026", "due_at": "2026-12-04T00:00:00+07:00"}
SUMMER = {"due_phrase": "trước ngày 15/12/2026", "due_at": "2026-12-15T00:00:00+07:00"}

EVERY_UNIT = (*COMMUNES, *EVERY_SCHOOL)
FIRST_HALF = {
    "due_phrase": "trước ngày 20/12/2026",
    "due_at": "2026-12-20T00:00:00+07:00",
    "cut_off_at": "2026-12-15T00:00:00+07:00",  # figures of 14/12 count
}
SECOND_HALF = {
    "due_phrase": "trước ngày 20/6/2027",
    "due_at": "2027-06-20T00:00:00+07:00",
    "cut_off_at": "2027-06-15T00:00:00+07:00",
}
STARTUP = {
    "periods": YEAR,
    "indicators": [
        {"code": "startup.has_plan", "name": "Có kế hoạch hỗ trợ", "type": "bool", "unit_of_measure": "đơn vị"},
        {"code": "startup.learners", "name": "Tổng số học sinh", "type": "int", "unit_of_measure": "học sinh"},
        {
            "code": "startup.learners_reached",
            "name": "Số học sinh được trang bị kiến thức",
            "type": "int",
            "unit_of_measure": "học sinh",
            "at_most": "startup.learners",
        },
    ],
    "audience": {"unit_types": list(EVERY_UNIT)},
}
"""What a plan asks of everyone each half-year, as a person confirms what it says only in words."""


@dataclass(frozen=True)
class Case:
    """What a person confirms of a letter, and who owes each of it then."""

    name: str
    notation: str
    requirements: tuple[dict[str, Any], ...]
    due: tuple[tuple[str, tuple[str, ...] | str, str], ...]
    """Kind, unit types (or one unit), deadline: as read, or as the person said where nothing is written."""
    recipients: bool = False


OWN = (
    Case(
        "khao-sat",
        "KH-SGDĐT",
        (
            {"candidate": 0, **DUE},
            {"candidate": 1, **DUE, "periods": YEAR},
            {"candidate": 2, **SAID},
            {"candidate": 3, **DUE},
        ),
        (
            ("report", COMMUNES, DUE["due_at"]),
            ("report", COMMUNES, DUE["due_at"]),
            ("report", (*LOWER, *UPPER), SAID["due_at"]),
            ("report", (*LOWER, *UPPER), DUE["due_at"]),
        ),
    ),
    Case(
        "toa-dam",
        "SGDĐT-GDPT",
        (
            {"candidate": 2},
            {"candidate": 3},
            {"candidate": 0, **DUE},
            {"candidate": 1, **DUE},
            {"candidate": 4, **DUE, "audience": {"include": [HOST]}},
        ),
        (
            ("report", (*COMMUNES, *MULTI, *UPPER), "2026-12-14T00:00:00+07:00"),
            ("video", (*COMMUNES, province.CLUSTER), "2026-12-11T17:00:00+07:00"),
            ("registration", COMMUNES, DUE["due_at"]),
            ("registration", (*MULTI, *UPPER), DUE["due_at"]),
            ("report", HOST, DUE["due_at"]),
        ),
    ),
    Case(
        "khoi-nghiep",
        "KH-SGDĐT",
        ({"candidate": 1, **SUMMER}, {"candidate": 2, **SUMMER}, {"candidate": 4, **SUMMER}),
        (
            ("report", COMMUNES, SUMMER["due_at"]),
            ("document", (*UPPER, "gdnn_gdtx"), SUMMER["due_at"]),  # a plan of the school's own
            ("report", (*COMMUNES, *UPPER), SUMMER["due_at"]),
        ),
        recipients=True,
    ),
    Case(
        "khoi-nghiep",
        "KH-SGDĐT",
        ({"candidate": 4, **STARTUP, **FIRST_HALF}, {"candidate": 4, **STARTUP, **SECOND_HALF}),
        (("report", EVERY_UNIT, FIRST_HALF["due_at"]), ("report", EVERY_UNIT, SECOND_HALF["due_at"])),
        recipients=True,
    ),
    Case(
        "ra-lop",
        "SGDĐT-GDTX",
        ({"candidate": 0, **DUE}, {"candidate": 1, **DUE, "periods": YEAR}, {"candidate": 2, **DUE}),
        (
            ("report", COMMUNES, DUE["due_at"]),
            ("report", COMMUNES, DUE["due_at"]),
            ("report", ("thcs_thpt", *UPPER, "gdtx"), DUE["due_at"]),
        ),
        recipients=True,
    ),
    Case(
        "khuyen-hoc",
        "KH-SGDĐT",
        ({"candidate": 4}, {"candidate": 3, **DUE}),
        (
            ("report", EVERY_SCHOOL, "2026-10-08T00:00:00+07:00"),
            ("document", EVERY_SCHOOL, DUE["due_at"]),
        ),
        recipients=True,
    ),
)


@pytest.fixture(scope="module")
async def play(stage, silent) -> AsyncIterator[Play]:
    """The demo province, its department's officer, leader and clerk at their desks."""
    async with Play(stage.platform, province.demo(), silent) as play:
        await play.load_province()
        await play.appoint_people()
        await play.settle()
        yield play


async def suggested(play: Play, path: Path) -> dict[str, Any]:
    officer = await play.visitor("chuyen-vien")
    answer = await officer.ask("POST", "directives", "/document-suggestions", files={"document": _file(path)})
    return answer.json()


def _file(path: Path) -> tuple[str, bytes]:
    return path.name, path.read_bytes()


async def issued(play: Play, path: Path, case: Case) -> dict[str, Any]:
    """Draft what a person confirms of a letter, sign, number and issue it; return it as issued."""
    officer, leader, clerk = [await play.visitor(account) for account in people.OFFICE]
    confirmation: dict[str, Any] = {
        "issuer_unit_id": play.outcome.department,
        "as_of": play.province.as_of.isoformat(),
        "requirements": list(case.requirements),
    }
    if case.recipients:
        read = (await suggested(play, path))["draft"]["recipients"]
        confirmation["recipients"] = [{**each, "purpose": each["purpose"] or "inform"} for each in read]
    answer = await officer.ask(
        "POST",
        "directives",
        "/document-drafts",
        files={"document": _file(path)},
        data={"confirmation": json.dumps(confirmation)},
    )
    address = f"/directives/{answer.json()['directive_id']}"
    await officer.post("directives", f"{address}/submit", {"revision": 1})
    await leader.post("directives", f"{address}/sign", {"revision": 1})
    await clerk.post("directives", f"{address}/number", {"notation": case.notation})
    day = today(datetime.now(UTC))  # the clusters of the demo have their leads since today
    body = {"issued_on": day.isoformat(), "although_overdue": True}  # some of their deadlines are of this autumn
    return await clerk.post("directives", f"{address}/issue", body)


async def owed(play: Play, directive: dict[str, Any]) -> list[tuple[str, set[str], set[str]]]:
    """Return kind, units and deadlines of the obligations of each requirement, in order."""
    officer = await play.visitor("chuyen-vien")
    opened = (await officer.get("directives", f"/directives/{directive['directive_id']}/obligations"))["obligations"]
    return [
        (
            asked["kind"],
            {each["unit_id"] for each in opened if each["requirement_id"] == asked["requirement_id"]},
            {_instant(each["due_at"]) for each in opened if each["requirement_id"] == asked["requirement_id"]},
        )
        for asked in directive["requirements"]
    ]


def _instant(written: str) -> str:
    return datetime.fromisoformat(written).astimezone(VIETNAM).isoformat()


def expected(play: Play, case: Case) -> list[tuple[str, set[str], set[str]]]:
    return [
        (kind, {units} if isinstance(units, str) else set(play.province.due(units)), {due})
        for kind, units, due in case.due
    ]


@pytest.mark.parametrize("case", OWN, ids=[each.name for each in OWN])
async def test_each_unit_owes_exactly_what_the_letter_asks_of_it(play, case) -> None:
    directive = await issued(play, LETTERS / f"{case.name}.txt", case)

    assert await owed(play, directive) == expected(play, case)
    assert all(units for _, units, _ in expected(play, case))


ORIGINAL_CASES = (
    Case(
        "000",
        "KH-SGDĐT",
        ({"kind": "cascade", **DUE}, {"kind": "registration", **DUE, "periods": YEAR}, {"kind": "report", **SAID}),
        (
            ("report", COMMUNES, DUE["due_at"]),
            ("report", COMMUNES, DUE["due_at"]),
            ("report", (*LOWER, *UPPER), SAID["due_at"]),
        ),
    ),
    Case(
        "001",
        "SGDĐT-GDPT",
        ({"kind": "report", **DUE}, {"kind": "video", **DUE}),
        (
            ("report", (*COMMUNES, *MULTI, *UPPER), DUE["due_at"]),
            ("video", (*COMMUNES, province.CLUSTER), DUE["due_at"]),
        ),
    ),
    Case(
        "002",
        "KH-SGDĐT",
        (
            {"kind": "report", "candidate": 6, **STARTUP, **FIRST_HALF},
            {"kind": "report", "candidate": 6, **STARTUP, **SECOND_HALF},
        ),
        (("report", EVERY_UNIT, FIRST_HALF["due_at"]), ("report", EVERY_UNIT, SECOND_HALF["due_at"])),
    ),
    Case("003", "SGDĐT-GDTX", ({"kind": "figures", **DUE},), (("report", COMMUNES, DUE["due_at"]),)),
    Case("004", "KH-SGDĐT", ({"kind": "report", **DUE},), (("report", EVERY_SCHOOL, DUE["due_at"]),)),
)


@pytest.mark.skipif(not ORIGINALS.is_dir(), reason="the originals are not beside this clone")
@pytest.mark.parametrize("case", ORIGINAL_CASES, ids=[each.name for each in ORIGINAL_CASES])
async def test_an_original_is_issued_among_todays_units(play, case) -> None:
    path = next(ORIGINALS.glob(f"{case.name}_*.txt"))
    officer = await play.visitor("chuyen-vien")
    proposal = (await officer.ask("POST", "directives", "/document-proposals", files={"document": _file(path)})).json()
    kinds = [each["kind"] for each in proposal["requirements"]]
    asked = tuple({"candidate": kinds.index(each["kind"]), **each} for each in case.requirements)
    for each in asked:
        del each["kind"]

    directive = await issued(play, path, Case(case.name, case.notation, asked, case.due, recipients=True))

    assert await owed(play, directive) == expected(play, case)
