"""A letter is replaced while its answers are being accepted: nobody is asked twice, and every figure counts once."""

import asyncio
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.clock import today
from congvan.demo import letter, province
from congvan.demo.people import OFFICE, account_of
from congvan.demo.performance import Stage
from congvan.demo.play import Play
from congvan.demo.visit import Refused
from congvan.house import House

SCHOOL = "U-SCH-001"
TODAY = today(datetime.now(UTC))


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[House]:
    """A platform of its own: what is replaced stays replaced."""
    with House(tmp_path_factory.mktemp("replaced"), durable=False) as house:
        yield house


async def test_a_letter_is_replaced_while_its_answers_are_accepted(house, silent) -> None:
    async with Play(Stage(house.addresses, house.secrets).platform, province.demo(), silent) as play:
        await play.load_province()
        await play.appoint_people()
        await play.issue_letter()
        await play.submit_reports(play.province.reporting_schools, send_back_first=False, repeat_first=False)
        await play.settle()
        old = play.outcome.directive_id, play.outcome.report_id
        before = await _totals(play, old[1])
        assert before[play.outcome.department]["units_reported"] == len(play.province.reporting_schools)
        numbered = await _numbered(play, *old)
        clerk = await play.visitor("van-thu")

        path = f"/directives/{numbered['directive_id']}/issue"
        issue = clerk.post("directives", path, {"issued_on": TODAY.isoformat()})
        await asyncio.gather(_accept(play, dict(play.outcome.receipts)), issue)
        await play.settle()

        new_report = numbered["requirements"][0]["requirement_id"]
        assert await _totals(play, new_report) == before
        assert {each["units_due"] for each in (await _totals(play, old[1])).values()} == {0}
        officer = await play.visitor("chuyen-vien")
        coverage = await officer.get("reporting", f"/requirements/{new_report}/coverage")
        assert {each["state"] for each in coverage["units"]} == {"accepted"}
        shown = await officer.get("directives", f"/directives/{old[0]}")
        assert (shown["state"], shown["replaced"]["by_directive_id"]) == ("replaced", numbered["directive_id"])
        school = await play.visitor(account_of(SCHOOL))
        owed = (await school.get("directives", "/obligations", unit_id=SCHOOL))["obligations"]
        assert {(each["code"], each["state"], each["answer_state"]) for each in owed if each["kind"] == "report"} >= {
            (numbered["code"], "open", "accepted")
        }
        kinds = [each["kind"] for each in (await school.get("notify", "/letters"))["letters"]]
        told = {
            kind: kinds.count(kind) for kind in ("directive_replaced", "submission_carried", "submission_submitted")
        }
        assert told == {"directive_replaced": 1, "submission_carried": 1, "submission_submitted": 1}


async def _numbered(play: Play, directive_id: str, report_id: str) -> dict[str, Any]:
    """Return the letter that asks for the same report again, and for the video anew; signed and numbered."""
    officer, leader, clerk = [await play.visitor(account) for account in OFFICE]
    again = deepcopy(letter.draft(play.province, play.outcome.department, TODAY))
    again["relations"] = [{"kind": "replaces", "directive_id": directive_id}]
    again["requirements"][0]["same_as"] = report_id
    draft = await officer.post("directives", "/directives", again)
    path = f"/directives/{draft['directive_id']}"
    await leader.post("directives", f"{path}/sign")
    return await clerk.post("directives", f"{path}/number", {"notation": letter.NOTATION})


async def _accept(play: Play, receipts: dict[str, int]) -> None:
    """Accept what came in, wherever it is by then."""
    officer = await play.visitor("chuyen-vien")
    for submission_id, number in receipts.items():
        try:
            await officer.post("submissions", f"/submissions/{submission_id}/accept", {"number": number})
        except Refused as refused:
            if refused.code != "carried-over":
                raise
            there = refused.problem["submission_id"]
            await officer.post("submissions", f"/submissions/{there}/accept", {"number": 1})


async def _totals(play: Play, requirement_id: str) -> dict[str, dict[str, Any]]:
    officer = await play.visitor("chuyen-vien")
    answer = await officer.get("reporting", f"/requirements/{requirement_id}/aggregates")
    return {
        each["unit_id"]: {name: each[name] for name in ("totals", "units_reported", "units_due")}
        for each in answer["aggregates"]
    }
