"""A ratio of a whole is worked out from the sums of its two figures, not from the ratios of its parts."""

import pytest

from chassis.testing import running, tell, waiting_events
from contracts.directives import IndicatorAsked
from contracts.reporting import AggregateUpdated

SHARE = IndicatorAsked(
    code="pupils.told_share",
    name="Tỉ lệ học sinh được tuyên truyền",
    type="ratio",
    unit_of_measure="%",
    numerator="pupils.told",
    denominator="pupils.all",
)


@pytest.fixture
async def story(frame, story):
    story.indicators, story.ratios = ("pupils.told", "pupils.all"), (SHARE,)
    await tell(
        frame,
        story.unit("department", "so_gddt"),
        story.unit("small", reporting="department"),
        story.unit("large", reporting="department"),
        story.issued(),
        story.opened("small"),
        story.opened("large"),
    )
    return story


async def shares(frame, story, signer):
    """Return the ratio at the department, as it is read and as it was told last."""
    async with running(frame) as client:
        answer = await client.get(
            f"/requirements/{story.requirement_id}/aggregates", headers=signer.bearer(("viewer", "department"))
        )
    [read] = [each for each in answer.json()["aggregates"] if each["unit_id"] == "department"]
    told = [
        AggregateUpdated.model_validate(each["data"])
        for each in await waiting_events(frame)
        if each["type"] == AggregateUpdated.type
    ]
    last = max((each for each in told if each.unit_id == "department"), key=lambda each: each.version)
    return read, last


async def test_parts_of_different_sizes_weigh_as_they_are(frame, story, signer) -> None:
    await tell(frame, story.submitted("small", 10, 10), story.submitted("large", 10, 90))

    read, told = await shares(frame, story, signer)

    assert read["ratios"] == {"pupils.told_share": {"numerator": 20, "denominator": 100}}  # 20 %, not 56 %
    assert read["levels"]["lower_secondary"]["ratios"] == read["ratios"]
    assert [each.model_dump() for each in told.ratios] == [
        {"indicator": "pupils.told_share", "numerator": 20, "denominator": 100}
    ]
    assert [each.ratios for each in told.levels] == [told.ratios]


async def test_a_ratio_nobody_has_reported_is_blank_and_adds_up_to_nothing(frame, story, signer) -> None:
    read, told = await shares(frame, story, signer)

    assert read["ratios"] == {"pupils.told_share": {"numerator": None, "denominator": None}}
    assert list(read["totals"]) == ["pupils.told", "pupils.all"]
    assert [each.indicator for each in told.totals] == ["pupils.told", "pupils.all"]
