"""What is asked of a unit can be read, and an answer be checked, before anything is sent; nothing is recorded."""

from datetime import date

import pytest

from chassis.testing import tell
from contracts.directives import IndicatorAsked, PeriodAsked, TargetAsked, TargetAssigned

CODE = "stem.lessons"
LEVELS = ("lower_secondary", "upper_secondary")


@pytest.fixture
def monthly(asked):
    figure = IndicatorAsked(code=CODE, name="Bài học", type="int", unit_of_measure="bài", per_level=True)
    months = (("2026-11", date(2026, 10, 15), date(2026, 11, 14)), ("2026-12", date(2026, 11, 15), date(2026, 12, 14)))
    return asked.directive(
        asked.report(
            periods=(),
            indicators=(figure,),
            sections=(),
            calendar=tuple(PeriodAsked(code=code, name=code, starts_on=one, ends_on=two) for code, one, two in months),
            targets=(TargetAsked(indicator=CODE, kind="assigned"), TargetAsked(indicator=CODE, kind="previous")),
        )
    )


@pytest.fixture
async def two_months(frame, asked, monthly):
    assigned = (TargetAssigned(indicator=CODE, value=10),)
    owed = [
        asked.obligation(monthly, period=period, levels=LEVELS, assigned=assigned) for period in ("2026-11", "2026-12")
    ]
    await tell(frame, monthly, *owed)
    return owed


def stated(period, lower, upper):
    figures = zip(LEVELS, (lower, upper), strict=True)
    return {
        "values": [{"indicator": CODE, "period": period, "value": value, "level": level} for level, value in figures]
    }


@pytest.fixture
def check(client, reporter):
    async def post(obligation, body, headers=reporter):
        return await client.post(f"/obligations/{obligation.obligation_id}/checks", json=body, headers=headers)

    return post


@pytest.fixture
def send(client, reporter):
    async def post(obligation, body):
        headers = {**reporter, "Idempotency-Key": f"khoa-{obligation.obligation_id}"}
        return await client.post(f"/obligations/{obligation.obligation_id}/submissions", json=body, headers=headers)

    return post


async def accepted(client, send, officer, obligation, body):
    sent = await send(obligation, body)
    submission = sent.json()["submission_id"]
    answer = await client.post(f"/submissions/{submission}/accept", json={"number": 1}, headers=officer)
    assert answer.status_code == 200, answer.text


async def test_a_unit_reads_what_it_is_asked(client, two_months, reporter, stranger) -> None:
    november, _ = two_months
    answer = await client.get(f"/obligations/{november.obligation_id}/asked", headers=reporter)

    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert shown["periods"] == ["2026-11"]
    assert [(each["code"], each["stated_for"]) for each in shown["indicators"]] == [(CODE, list(LEVELS))]
    assert [(each["kind"], each["period"], each["parts"]) for each in shown["aims"]] == [("assigned", "2026-11", 10)]
    hidden = await client.get(f"/obligations/{november.obligation_id}/asked", headers=stranger)
    assert hidden.status_code == 404


async def test_a_check_tells_faults_then_warnings_and_records_nothing(two_months, check, record) -> None:
    november, _ = two_months
    before = await record.everything()

    faulty = (await check(november, {"values": stated("2026-11", 1, 2)["values"][:1]})).json()
    assert ([each["indicator"] for each in faulty["errors"]], faulty["warnings"]) == ([CODE], [])
    taken = (await check(november, stated("2026-11", 4, 5))).json()
    assert taken["errors"] == []
    assert [each["what_vi"] for each in taken["warnings"]] == [
        "«Bài học» kỳ 2026-11 (9) chưa đạt chỉ tiêu được giao 10."
    ]
    assert (await check(november, stated("2026-11", 5, 5))).json() == {"errors": [], "warnings": []}
    assert await record.everything() == before


async def test_the_accepted_answer_of_the_month_before_is_an_aim(
    client, two_months, check, send, reporter, officer
) -> None:
    november, december = two_months
    assert (await check(december, stated("2026-12", 6, 6))).json()["warnings"] == []
    await accepted(client, send, officer, november, stated("2026-11", 20, 5))

    [warning] = (await check(december, stated("2026-12", 6, 6))).json()["warnings"]
    assert "kỳ trước 25" in warning["what_vi"]
    shown = (await client.get(f"/obligations/{december.obligation_id}/asked", headers=reporter)).json()
    assert {each["kind"]: each["parts"] for each in shown["aims"]} == {"assigned": 10, "previous": 25}

    taken = await send(december, stated("2026-12", 6, 6))
    assert (taken.status_code, taken.json()["state"]) == (201, "submitted")


async def test_nobody_checks_for_another_unit(two_months, check, stranger, officer) -> None:
    november, _ = two_months
    assert (await check(november, stated("2026-11", 1, 1), stranger)).status_code == 404
    assert (await check(november, stated("2026-11", 1, 1), officer)).status_code == 403
