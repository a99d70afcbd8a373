"""A school is merged while the platform runs and a letter is open: nothing it owes is lost, no total moves unasked."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from chassis.clock import today
from chassis.testing import until
from congvan.demo import letter, province
from congvan.demo.people import account_of
from congvan.demo.performance import Stage
from congvan.demo.play import Play
from congvan.demo.visit import Refused
from congvan.house import House

CLOSED, KEPT = "U-SCH-001", "U-SCH-003"
ITS_COMMUNE, THE_OTHER = "U-VHXH-99001", "U-VHXH-99004"
CODES = tuple(province.INDICATORS.values())


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[House]:
    """A platform of its own: what is merged stays merged."""
    with House(tmp_path_factory.mktemp("merger"), durable=False) as house:
        yield house


async def test_a_merger_is_tried_out_and_applied_while_a_letter_is_open(house, silent) -> None:
    stage = Stage(house.addresses, house.secrets)
    async with Play(stage.platform, province.demo(), silent) as play:
        await play.load_province()
        await play.appoint_people()
        await play.issue_letter()
        await play.submit_reports(play.province.reporting_schools, send_back_first=False, repeat_first=False)
        await play.accept_everything()
        await play.settle()
    async with Play(stage.platform, province.demo(), silent) as play:
        await play.appoint_people()
        await play.issue_letter()
        await play.settle()
        administrator = await play.visitor(*stage.platform.administrator)
        closed, kept = [await play.visitor(account_of(unit)) for unit in (CLOSED, KEPT)]
        await closed.get("directives", "/obligations", unit_id=CLOSED)
        first = await _first_requirement(play)
        before = await _totals(play, first)

        tried = await _try_out(administrator)
        assert [(each["unit_id"], each["successors"][0]["to_unit_id"]) for each in tried["plan"]["ended"]] == [
            (CLOSED, KEPT)
        ]
        assert {each["unit_id"] for each in tried["plan"]["posts_ended"]} == {CLOSED}
        moving = [each["unit_id"] for each in tried["plan"]["obligations_move"]]
        owed = play.obligation(play.outcome.report_id, CLOSED)["obligation_id"]
        assert [(each["obligation_id"], each["to_unit_id"]) for each in tried["obligations"]] == [(owed, KEPT)]
        counted = await administrator.get("directives", "/open-obligations", answered_by=moving)
        assert counted == {"open": {CLOSED: 1}}
        assert await _totals(play, first) == before  # it was only tried

        path = f"/reorganisations/{tried['reorganisation_id']}/apply"
        with pytest.raises(Refused) as refused:
            await administrator.post("directory", path, {"digest": 64 * "0"})
        assert refused.value.code == "dry-run-outdated"
        for _ in range(2):
            await administrator.post("directory", path, {"digest": tried["digest"]})

        await _until_it_owes_through(play, KEPT)
        await _until_signed_out(closed)
        receipt = await kept.ask(
            "POST",
            "submissions",
            f"/obligations/{play.obligation(play.outcome.report_id, CLOSED)['obligation_id']}/submissions",
            json=letter.report(play.province, CLOSED),
            headers={"Idempotency-Key": uuid4().hex},
        )
        assert receipt.status_code == 201
        await play.settle()
        letters = (await kept.get("notify", "/letters"))["letters"]
        assert [each["kind"] for each in letters].count("obligation_transferred") == 1

        # As it was: the letter of May stands on the tree of May, and so does the new one's total of the closed school.
        assert await _totals(play, first) == before
        # As it is now: what the closed school reported counts where it went to, and nothing was lost on the way.
        now = await _totals(play, first, restated_on=today(datetime.now(UTC)).isoformat())
        moved = {code: _stated(play, CLOSED)[code] for code in CODES}
        assert moved["stem.lessons"] > 0
        for code in CODES:
            assert now[ITS_COMMUNE][code] == before[ITS_COMMUNE][code] - moved[code]
            assert now[THE_OTHER][code] == before[THE_OTHER][code] + moved[code]
            assert now[play.outcome.department][code] == before[play.outcome.department][code]


async def _try_out(administrator) -> dict[str, Any]:
    draft = await administrator.post(
        "directory",
        "/reorganisations",
        {
            "title": "Sáp nhập trường",
            "legal_basis": "Quyết định 1/QĐ-UBND",
            "effective_date": today(datetime.now(UTC)).isoformat(),
            "steps": [
                {"do": "end", "unit_id": CLOSED, "becomes": [{"kind": "merged_into", "to_unit_id": KEPT}]},
            ],
        },
    )
    found: dict[str, Any] = {}

    async def of_the_open_letter() -> bool:  # how far directives has told the directory of it
        found.update(await administrator.get("directory", f"/reorganisations/{draft['reorganisation_id']}/dry-run"))
        return len(found["obligations"]) == 1

    await until(of_the_open_letter, within=30, every=0.2)
    assert found["errors"] == []
    return {**found, "reorganisation_id": draft["reorganisation_id"]}


async def _first_requirement(play: Play) -> str:
    """Return the report requirement of the letter that was answered before."""
    officer = await play.visitor("chuyen-vien")
    owed = (await officer.get("directives", "/obligations", unit_id=CLOSED))["obligations"]
    [requirement] = {each["requirement_id"] for each in owed if each["kind"] == "report"} - {play.outcome.report_id}
    return requirement


async def _totals(play: Play, requirement_id: str, **more: str) -> dict[str, dict[str, int]]:
    officer = await play.visitor("chuyen-vien")
    answer = await officer.get("reporting", f"/requirements/{requirement_id}/aggregates", **more)
    return {each["unit_id"]: {code: each["totals"][code] or 0 for code in CODES} for each in answer["aggregates"]}


def _stated(play: Play, school: str) -> dict[str, int]:
    return {each["indicator"]: int(each["value"]) for each in letter.report(play.province, school)["values"]}


async def _until_it_owes_through(play: Play, unit_id: str) -> None:
    officer = await play.visitor("chuyen-vien")

    async def moved() -> bool:
        found = await officer.get("directives", f"/directives/{play.outcome.directive_id}/obligations")
        return {
            each["answering_unit_id"]
            for each in found["obligations"]
            if each["unit_id"] == CLOSED and each["answer_state"] == "none"
        } == {unit_id}

    await until(moved, within=30, every=0.2)
    await play.settle()


async def _until_signed_out(visitor) -> None:
    async def refused() -> bool:
        try:
            await visitor.get("directives", "/obligations", unit_id=CLOSED)
        except Refused as error:
            return error.status in (401, 404)
        return False

    await until(refused, within=60, every=0.5)
