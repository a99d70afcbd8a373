"""An indicator is retired in mid-period, or asked for again: the totals follow, and nothing that was stated is lost."""

from dataclasses import replace
from itertools import permutations

from chassis.testing import tell
from reporting import operations

YEAR = "2025-2026"


def narrowed(story, version):
    asked = replace(story, indicators=("stem.lessons",))
    return asked.issued(version=version).model_copy(update={"directive_id": story.directive_id})


async def sums(frame, story, totals_of):
    async with frame.transactions.begin() as tx:
        assert (await operations.verify(tx)).is_true
    found = (await totals_of(frame, story.requirement_id))["commune", YEAR]
    return found[2]


async def test_what_is_retired_leaves_the_totals_and_comes_back_with_what_was_stated(frame, story, totals_of):
    await tell(
        frame,
        story.unit("school", reporting="commune"),
        story.issued(),
        story.opened("school"),
        story.submitted("school", True, 12),
    )
    assert await sums(frame, story, totals_of) == {"stem.implementing": 1, "stem.lessons": 12}
    await tell(frame, narrowed(story, 2))
    assert await sums(frame, story, totals_of) == {"stem.lessons": 12}
    await tell(frame, story.submitted("school", True, 9, version=2, number=2), story.issued(version=3))
    assert await sums(frame, story, totals_of) == {"stem.implementing": 1, "stem.lessons": 9}


async def test_it_does_not_matter_when_it_becomes_known(make_frame, new_story, totals_of):
    frame = await make_frame()
    for number, order in enumerate(permutations(range(4))):
        story = new_story()
        school = f"school-{number}"
        told = [story.issued(), narrowed(story, 2), story.opened(school), story.submitted(school, True, 2**70)]
        await tell(frame, story.unit(school, reporting=f"commune-{number}"), *(told[place] for place in order))
        found = (await totals_of(frame, story.requirement_id))[f"commune-{number}", YEAR]
        assert found == (1, 1, {"stem.lessons": 2**70})
