"""An obligation of one period takes the figures of that period, per level where it is asked so, until it closes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.testing import tell
from contracts.directives import IndicatorAsked, ObligationChanged, PeriodAsked
from contracts.submissions import SubmissionSubmitted

NOW = datetime.now(UTC)
LESSONS = IndicatorAsked(code="stem.lessons", name="Bài học", type="int", unit_of_measure="bài", per_level=True)
SUBMITTED = SubmissionSubmitted.type


@pytest.fixture
def monthly(asked):
    months = (("2026-11", date(2026, 10, 15), date(2026, 11, 14)), ("2026-12", date(2026, 11, 15), date(2026, 12, 14)))
    calendar = tuple(PeriodAsked(code=code, name=code, starts_on=first, ends_on=last) for code, first, last in months)
    return asked.directive(asked.report(periods=(), indicators=(LESSONS,), sections=(), calendar=calendar))


@pytest.fixture
def owed(asked, monthly):
    def make(period, **said):
        levels = ("lower_secondary", "upper_secondary")
        return asked.obligation(monthly, **{"period": period, "levels": levels, **said})

    return make


@pytest.fixture
def send(client, reporter):
    async def post(obligation, body, key="khoa-cua-bai-nop"):
        headers = {**reporter, "Idempotency-Key": key}
        return await client.post(f"/obligations/{obligation.obligation_id}/submissions", json=body, headers=headers)

    return post


def figures(period, *values):
    return {
        "values": [
            {"indicator": "stem.lessons", "period": period, "value": value, "level": level}
            for value, level in zip(values, ("lower_secondary", "upper_secondary"), strict=True)
        ]
    }


async def test_each_period_is_answered_by_itself_and_told_with_its_levels(
    frame, client, reporter, record, monthly, owed, send
) -> None:
    november, december = owed("2026-11"), owed("2026-12")
    await tell(frame, monthly, november, december)

    assert (await send(november, figures("2026-11", 3, 4))).status_code == 201
    wrong = await send(december, figures("2026-11", 3, 4), key="khoa-khac")
    assert wrong.status_code == 422
    assert [each["where"] for each in wrong.json()["errors"]][:2] == ["values[0]", "values[1]"]

    [(_, told)] = [each for each in await record.events() if each[0] == SUBMITTED]
    assert [(each["period"], each["value"], each["level"]) for each in told["values"]] == [
        ("2026-11", 3, "lower_secondary"),
        ("2026-11", 4, "upper_secondary"),
    ]
    shown = await client.get(f"/obligations/{november.obligation_id}/submission", headers=reporter)
    assert [each["level"] for each in shown.json()["versions"][0]["values"]] == ["lower_secondary", "upper_secondary"]


async def test_its_form_closes_when_the_obligation_says(frame, monthly, owed, send) -> None:
    closed = owed("2026-11", closes_at=NOW - timedelta(hours=1), due_at=NOW - timedelta(days=1))
    await tell(frame, monthly, closed)

    answer = await send(closed, figures("2026-11", 3, 4))
    assert (answer.status_code, answer.json()["code"]) == (409, "closed")


async def test_what_became_of_it_may_be_told_before_its_period_is(frame, monthly, owed, send) -> None:
    november = owed("2026-11")
    said = november.model_dump(include={*ObligationChanged.model_fields}) | {"version": 2, "due_at": NOW}
    later = ObligationChanged(**{**said, "state": "open", "closes_at": None, "change": "extended"})
    await tell(frame, later, monthly, november)

    assert (await send(november, figures("2026-11", 3, 4))).status_code == 201


async def test_the_same_request_is_the_same_whether_or_not_it_names_no_level(
    frame, asked, client, reporter, send
) -> None:
    directive = asked.directive(asked.report())
    obligation = asked.obligation(directive)
    await tell(frame, directive, obligation)
    body = asked.answer()
    assert (await send(obligation, body)).status_code == 201

    said = {**body, "values": [{**each, "level": None} for each in body["values"]]}
    again = await send(obligation, said)
    assert (again.status_code, again.headers.get("Idempotent-Replay")) == (201, "true")


async def test_a_draft_knows_the_period_and_the_levels_of_its_unit(
    frame, client, reporter, officer, monthly, owed, send
) -> None:
    november = owed("2026-11")
    await tell(frame, monthly, november)
    path = f"/obligations/{november.obligation_id}"
    fields = {"values/stem.lessons/2026-11/lower_secondary": 3, "values/stem.lessons/2026-11/upper_secondary": 4}

    saved = await client.patch(f"{path}/draft", json={"fields": fields}, headers={**reporter, "If-Match": '"0"'})
    form = (await client.get(f"{path}/form", headers=reporter)).json()
    headers = {**reporter, "If-Match": '"1"', "Idempotency-Key": "nop-ban-nhap-thang-11"}
    sent = await client.post(f"{path}/draft/submission", headers=headers)

    assert (saved.status_code, saved.json()["errors"]) == (200, [])
    assert (form["period"], form["levels"]) == ("2026-11", ["lower_secondary", "upper_secondary"])
    assert sent.status_code == 201
    reasons = [{"field": "values/stem.lessons/2026-11/upper_secondary", "reason": "Xem lại."}]
    back = {"number": 1, "reason": "Xem lại.", "fields": reasons}
    returned = await client.post(f"/submissions/{sent.json()['submission_id']}/return", json=back, headers=officer)
    assert returned.status_code == 200
