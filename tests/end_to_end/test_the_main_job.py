"""The main job, end to end, on real processes: what a directive asks comes back, adds up, and reaches the city."""

import pytest

from chassis.testing import until
from congvan.demo import ledger, province
from congvan.demo.people import Passwords
from congvan.demo.performance import perform
from congvan.demo.visit import Visitor

GOLDEN = {
    "U-SGD-MG": (37, 33, 461, 62, 18),
    "U-CUM-1": (5, 4, 57, 6, 1),
    "U-CUM-2": (4, 3, 44, 4, 1),
    "U-CUM-3": (4, 3, 55, 7, 2),
}
GOLDEN_LEVELS = {"lower_secondary": (24, 23, 305, 45, 14), "upper_secondary": (13, 10, 156, 17, 4)}
GOLDEN_DISTRICTS = {
    "U-PGD-D01": (4, 4, 45, 9, 3),
    "U-PGD-D02": (4, 4, 37, 8, 1),
    "U-PGD-D03": (4, 4, 56, 7, 3),
    "U-PGD-D04": (4, 4, 55, 8, 4),
    "U-PGD-D05": (4, 3, 46, 5, 0),
    "U-PGD-D06": (4, 4, 66, 8, 3),
}
CODES = tuple(province.INDICATORS.values())


def figures(totals: dict, units: int) -> tuple[int, ...]:
    return (units, *(totals[code] for code in CODES))


@pytest.fixture(scope="module")
async def account(stage, silent) -> dict:
    return await perform(stage, province.demo(), silent)


async def test_everything_held(account) -> None:
    assert account["ok"], account["findings"]
    assert (account["lost"], account["doubled"]) == (0, 0)


async def test_exactly_the_units_that_owe_something_are_asked(account) -> None:
    assert account["obligations"] == {"report": 37, "video": 15}


async def test_a_returned_report_comes_again_and_a_repeated_request_counts_once(account) -> None:
    assert account["submissions"] == {"submitted": 53, "accepted": 52, "returned": 1, "duplicates_ignored": 1}


async def test_every_film_arrives_but_the_one_that_is_too_long(account) -> None:
    assert (account["media"]["uploaded"], account["media"]["rejected"]) == (15, 1)
    assert account["media"]["bytes"] > 150_000_000


async def test_the_totals_are_the_golden_ones(account) -> None:
    aggregates = account["aggregates"]
    assert {unit: figures(aggregates[unit], aggregates[unit]["units_reported"]) for unit in GOLDEN} == GOLDEN
    assert {
        level: figures(each["totals"], each["units_reported"]) for level, each in account["levels"].items()
    } == GOLDEN_LEVELS
    assert len(aggregates) == 12 + 1 + 3


async def test_the_city_holds_what_the_totals_are_and_got_what_it_missed(account) -> None:
    assert account["city"]["aggregates"] == account["aggregates"]
    assert account["city"]["missed_then_received"] > 0


async def test_everybody_was_told_once(account) -> None:
    # 37 + 15 opened, 53 receipts, 1 returned, 52 accepted, 1 film rejected
    assert account["letters"] == {"inbox": 159, "email": 159}


async def test_the_old_districts_are_restated_from_the_same_answers(account, stage) -> None:
    services = stage.platform.services
    password = Passwords(stage.addresses.home / "demo-people.json").of("chuyen-vien")
    [requirement] = await ledger.rows(
        stage.stores.databases["reporting"],
        "SELECT requirement_id FROM requirements WHERE kind = 'report' ORDER BY requirement_id DESC LIMIT 1",
    )
    async with Visitor(services, "chuyen-vien", password) as officer:
        answer = await officer.get(
            "reporting", f"/requirements/{requirement['requirement_id']}/aggregates", restated_on="2025-06-30"
        )

    found = {each["unit_id"]: figures(each["totals"], each["units_reported"]) for each in answer["aggregates"]}
    assert {unit: found.get(unit) for unit in GOLDEN_DISTRICTS} == GOLDEN_DISTRICTS


async def test_one_trace_runs_from_the_request_to_the_last_projection(account, collector) -> None:
    async def traced() -> bool:
        return bool(_whole_traces(collector.spans))

    await until(traced, within=15)


def _whole_traces(spans: list[tuple[str, str, str]]) -> set[str]:
    """Return the traces that run from a request through folding and telling to the aggregate that goes out."""
    steps = (
        ("submissions", "POST /obligations/{obligation_id}/submissions"),
        ("submissions", "publish submissions.submission.submitted.v1"),
        ("reporting", "process reporting-answers"),
        ("reporting", "publish reporting.aggregate.updated.v1"),
        ("notify", "process notify-answers"),
    )
    traces = [
        {trace for service, trace, name in spans if service == wanted and name.startswith(start)}
        for wanted, start in steps
    ]
    return set.intersection(*traces)
