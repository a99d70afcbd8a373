"""Streaming and start-up of the sample province add up to the figures computed by hand from its files."""

import csv
from pathlib import Path

import pytest

from chassis.testing import running, tell, tell_together
from contracts.directives import IndicatorAsked, TargetAsked

DEPARTMENT = "U-SGD-MG"
STREAMING = (
    "streaming.grads",
    "streaming.to_thpt",
    "streaming.to_gdtx",
    "streaming.to_gdnn",
    "streaming.not_continuing",
)
STARTUP = ("startup.has_plan", "startup.learners", "startup.reached")


def stated(name):
    """Return what each school of the sample states, in the order of the columns of its file."""
    rows = csv.reader((Path(__file__).parent / f"{name}_2025_2026.csv").read_text(encoding="utf-8").splitlines())
    next(rows)
    return {unit_id: [int(value) for value in values] for unit_id, _year, *values in rows}


def share(code, above, below):
    return IndicatorAsked(code=code, name=code, type="ratio", unit_of_measure="%", numerator=above, denominator=below)


def target(code, value):
    return TargetAsked(indicator=code, kind="policy", holds="at_least", value=value)


@pytest.fixture
def asked(frame, new_story, province, signer):
    """Ask for figures, have every school of a file answer, and return what is read of the department."""

    async def ask(indicators, ratio, targets, answers, *, bools=()):
        story = new_story(issuer=DEPARTMENT, indicators=indicators)
        issued = story.issued()
        [requirement] = issued.requirements
        kinds = tuple(
            each.model_copy(update={"type": "bool"}) if each.code in bools else each for each in requirement.indicators
        )
        requirement = requirement.model_copy(update={"indicators": (*kinds, ratio), "targets": targets})
        await tell(frame, *province.units, issued.model_copy(update={"requirements": (requirement,)}))
        await tell_together(frame, [story.opened(school) for school in answers])
        await tell_together(frame, [story.submitted(school, *values) for school, values in answers.items()])
        async with running(frame) as client:
            answer = await client.get(
                f"/requirements/{story.requirement_id}/aggregates",
                params={"unit_id": DEPARTMENT},
                headers=signer.bearer(("leader", DEPARTMENT)),
            )
        [found] = answer.json()["aggregates"]
        return found

    return ask


async def test_17_66_percent_of_leavers_go_to_vocational_schools_and_118_are_missing(asked) -> None:
    rate = share("streaming.gdnn_rate", "streaming.to_gdnn", "streaming.grads")
    answers = stated("streaming")

    found = await asked(STREAMING, rate, (target(rate.code, 2000),), answers)

    assert (found["units_reported"], found["units_due"]) == (28, 28)
    assert [found["totals"][code] for code in STREAMING] == [5027, 3376, 351, 888, 412]
    sums = found["ratios"][rate.code]
    assert round(100 * sums["numerator"] / sums["denominator"], 2) == 17.66
    [policy] = found["targets"]
    assert (policy["target"], policy["variance"], policy["missing"]) == (1006, -118, 118)


async def test_34_of_41_units_have_a_plan_and_81_54_percent_of_learners_are_reached(asked) -> None:
    rate = share("startup.reached_rate", "startup.reached", "startup.learners")
    answers = {school: (bool(plan), *others) for school, (plan, *others) in stated("startup").items()}

    found = await asked(
        STARTUP, rate, (target("startup.has_plan", 10_000), target(rate.code, 9000)), answers, bools=STARTUP[:1]
    )

    assert (found["units_reported"], found["units_due"]) == (41, 41)
    assert [found["totals"][code] for code in STARTUP] == [34, 37360, 30463]
    sums = found["ratios"][rate.code]
    assert round(100 * sums["numerator"] / sums["denominator"], 2) == 81.54
    assert [each["missing"] for each in found["targets"]] == [7, 33624 - 30463]
