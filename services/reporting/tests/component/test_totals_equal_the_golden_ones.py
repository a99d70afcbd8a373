"""The demo province adds up to the figures computed by hand from its files."""

import random

import pytest

from chassis.testing import running, tell, tell_together, waiting_events
from chassis.transaction import new_id
from reporting import operations

STEM = ("stem.implementing", "stem.lessons", "research.projects", "research.projects_province")
YEAR = "2025-2026"
DEPARTMENT = "U-SGD-MG"
# units, schools implementing, lessons, projects, projects at the province's contest
PROVINCE = (37, 33, 461, 62, 18)
LOWER_SECONDARY = (24, 23, 305, 45, 14)
UPPER_SECONDARY = (13, 10, 156, 17, 4)
CLUSTERS = {"U-CUM-1": (5, 4, 57, 6, 1), "U-CUM-2": (4, 3, 44, 4, 1), "U-CUM-3": (4, 3, 55, 7, 2)}
DISTRICTS = {
    "U-PGD-D01": (4, 4, 45, 9, 3),
    "U-PGD-D02": (4, 4, 37, 8, 1),
    "U-PGD-D03": (4, 4, 56, 7, 3),
    "U-PGD-D04": (4, 4, 55, 8, 4),
    "U-PGD-D05": (4, 3, 46, 5, 0),
    "U-PGD-D06": (4, 4, 66, 8, 3),
}


@pytest.fixture
def letter(new_story):
    return new_story(issuer=DEPARTMENT, indicators=STEM)


def golden(aggregate):
    return (aggregate["units_reported"], *(aggregate["totals"][code] for code in STEM))


def history_of(letter, province, rng):
    """Return everything that happened, with corrections, returns and acceptances on the way to the final figures."""
    history = [*province.units, letter.issued(), *(letter.opened(school) for school in province.schools)]
    for school, values in province.answers.items():
        match rng.randrange(4):
            case 0:
                history.append(letter.submitted(school, *values))
            case 1:
                history += [letter.submitted(school, *values), letter.accepted(school)]
            case 2:
                wrong = (True, *(value + 7 for value in values[1:]))
                history += [
                    letter.submitted(school, *wrong),
                    letter.returned(school),
                    letter.submitted(school, *values, version=3, number=2),
                ]
            case 3:
                history += [
                    letter.submitted(school, False, 0, 0, 0),
                    letter.submitted(school, *values, version=2, number=2),
                    letter.accepted(school, version=3, number=2),
                ]
    return history


async def tell_history(frame, history, rng):
    """Deliver in random order, in random batches, some of it twice."""
    letters = [(new_id(), event) for event in history]
    letters += rng.sample(letters, len(letters) // 4)
    rng.shuffle(letters)
    while letters:
        size = rng.choice([1, 2, 5, 20, 64])
        batch, letters = letters[:size], letters[size:]
        await tell_together(frame, [event for _, event in batch], ids=[event_id for event_id, _ in batch])


@pytest.mark.parametrize("seed", [20261122, 1, 2])
async def test_any_order_with_repeats_and_corrections_gives_the_golden_totals(
    make_frame, province, letter, signer, seed
):
    rng = random.Random(seed)  # noqa: S311  chance that can be repeated is what is wanted
    frame = await make_frame()
    await tell_history(frame, history_of(letter, province, rng), rng)

    async with running(frame) as client:
        answer = await client.get(
            f"/requirements/{letter.requirement_id}/aggregates",
            params={"period": YEAR},
            headers=signer.bearer(("desk_officer", DEPARTMENT)),
        )
        restated = await client.get(
            f"/requirements/{letter.requirement_id}/aggregates",
            params={"restated_on": "2025-06-30"},
            headers=signer.bearer(("desk_officer", DEPARTMENT)),
        )

    assert answer.status_code == 200
    found = {each["unit_id"]: each for each in answer.json()["aggregates"]}
    assert golden(found[DEPARTMENT]) == PROVINCE
    assert found[DEPARTMENT]["units_due"] == 37
    assert golden(found[DEPARTMENT]["levels"]["lower_secondary"]) == LOWER_SECONDARY
    assert golden(found[DEPARTMENT]["levels"]["upper_secondary"]) == UPPER_SECONDARY
    assert {unit: golden(found[unit]) for unit in CLUSTERS} == CLUSTERS
    assert found["U-CUM-1"]["relation"] == "cluster"
    offices = [each for each in found.values() if each["unit_type"] == "phong_vhxh"]
    assert len(offices) == 12
    assert sum(each["totals"]["stem.lessons"] for each in offices) == LOWER_SECONDARY[2]
    assert len(found) == 1 + 12 + 3
    before = {each["unit_id"]: each for each in restated.json()["aggregates"]}
    assert {unit: golden(before[unit]) for unit in DISTRICTS} == DISTRICTS
    assert before["U-SGD-MGOLD"]["units_due"] + before["U-SGD-TCOLD"]["units_due"] == 37
    assert DEPARTMENT not in before

    last = {}
    for event in await waiting_events(frame):
        told = event["data"]
        assert told["version"] == last.get(told["unit_id"], {"version": 0})["version"] + 1
        last[told["unit_id"]] = told
    assert {unit: told["units_reported"] for unit, told in last.items()} == {
        unit: each["units_reported"] for unit, each in found.items()
    }
    assert {each["indicator"]: each["value"] for each in last[DEPARTMENT]["totals"]} == found[DEPARTMENT]["totals"]

    async with frame.transactions.begin() as tx:
        assert await operations.rebuild(tx) == []


async def test_a_school_that_has_merged_since_counts_where_its_successor_stands(frame, province, letter, signer):
    await tell(frame, *province.units, letter.issued())
    await tell_together(frame, [letter.opened(school) for school in province.schools])
    await tell_together(frame, [letter.submitted(school, *values) for school, values in province.answers.items()])

    async with running(frame) as client:
        answer = await client.get(
            f"/requirements/{letter.requirement_id}/aggregates",
            params={"restated_on": "2026-11-22"},
            headers=signer.bearer(("leader", DEPARTMENT)),
        )

    found = {each["unit_id"]: each for each in answer.json()["aggregates"]}
    assert golden(found[DEPARTMENT]) == PROVINCE
    assert answer.json()["units_unplaced"] == 0
    assert found["U-VHXH-99016"]["units_due"] == 2
