"""Who is registered adds up like any other figure, by role and by subject, and nobody comes is nought."""

import pytest

from chassis.testing import running, tell


@pytest.fixture
async def story(frame, story):
    story.kind, story.periods = "registration", ()
    story.indicators = ("delegates.all", "delegates.head", "delegates.head.math")
    await tell(frame, story.unit("department", "so_gddt"))
    for school in ("one", "two", "three"):
        await tell(frame, story.unit(school, reporting="department"))
    await tell(frame, story.issued(), *(story.opened(school) for school in ("one", "two", "three")))
    return story


async def test_a_department_sees_how_many_come_and_of_what_subject(frame, story, signer) -> None:
    await tell(frame, story.submitted("one", 2, 1, 1), story.submitted("two", is_nil=True))

    async with running(frame) as client:
        answer = await client.get(
            f"/requirements/{story.requirement_id}/aggregates", headers=signer.bearer(("viewer", "department"))
        )

    [whole] = [each for each in answer.json()["aggregates"] if each["unit_id"] == "department"]
    assert whole["totals"] == {"delegates.all": 2, "delegates.head": 1, "delegates.head.math": 1}
    assert (whole["units_reported"], whole["units_due"]) == (2, 3)
