"""A dry run says of every open obligation of a unit that ends who answers it from then on."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from chassis.clock import today
from chassis.testing import tell, tell_together
from contracts.directives import ObligationChanged, ObligationOpened, ObligationTransferred
from contracts.submissions import SubmissionAccepted
from directory.duty_tables import known_obligations, settled_obligations

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ONE, OTHER = UUID(int=1), UUID(int=2)
ABOUT = {"directive_id": UUID(int=8), "requirement_id": UUID(int=9), "issuer_unit_id": "U-SGD-MG"}
TODAY = today(datetime.now(UTC))


def opened(obligation_id, unit_id, by=None, **more):
    return ObligationOpened(
        occurred_at=NOW,
        obligation_id=obligation_id,
        version=1,
        unit_id=unit_id,
        answering_unit_id=by or unit_id,
        due_at=NOW,
        **ABOUT | more,
    )


def transferred(obligation_id, unit_id, by, *, version):
    return ObligationTransferred(
        occurred_at=NOW,
        obligation_id=obligation_id,
        version=version,
        unit_id=unit_id,
        answering_unit_id=by,
        former_answering_unit_id=unit_id,
        due_at=NOW,
        **ABOUT,
    )


def changed(obligation_id, unit_id, state, change, *, version, by=None):
    return ObligationChanged(
        occurred_at=NOW,
        obligation_id=obligation_id,
        version=version,
        unit_id=unit_id,
        answering_unit_id=by or unit_id,
        state=state,
        due_at=NOW,
        closes_at=None,
        change=change,
        **ABOUT,
    )


def accepted(obligation_id):
    return SubmissionAccepted(
        occurred_at=NOW,
        submission_id=uuid4(),
        version=2,
        obligation_id=obligation_id,
        unit_id="A",
        answering_unit_id="A",
        number=1,
        reviewed_by=uuid4(),
        directive_id=ABOUT["directive_id"],
        requirement_id=ABOUT["requirement_id"],
    )


@pytest.fixture
def kept(frame):
    """Read what is kept of obligations."""

    async def kept():
        async with frame.engine.connect() as connection:
            known = (await connection.execute(select(known_obligations).order_by("obligation_id"))).all()
            settled = (await connection.execute(select(settled_obligations))).scalars().all()
        return [(row.obligation_id, row.version, row.answering_unit_id, row.is_owed) for row in known], set(settled)

    return kept


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            [
                opened(ONE, "A"),
                transferred(ONE, "A", "B", version=2),
                changed(ONE, "A", "exempt", "exempted", version=3, by="B"),
                accepted(OTHER),
            ],
            ([(ONE, 3, "B", False)], {OTHER}),
        ),
        (
            [
                changed(ONE, "A", "exempt", "exempted", version=2),
                changed(ONE, "A", "open", "reopened", version=3),
                opened(ONE, "A"),
                opened(OTHER, "C"),
            ],
            ([(ONE, 3, "A", True), (OTHER, 1, "C", True)], set()),
        ),
    ],
)
async def test_any_order_and_any_repetition_leave_the_newest_word(frame, kept, facts, expected):
    for order in permutations(facts):
        async with frame.engine.begin() as connection:
            await connection.execute(text("TRUNCATE known_obligations, settled_obligations"))
        await tell(frame, *order[:2])
        await tell_together(frame, [*order[2:], *order[:2]])
        assert await kept() == expected


@pytest.fixture
def try_out(ask):
    """Prepare a reorganisation and try it out."""

    async def try_out(*steps, on=TODAY):
        body = {"title": "A", "legal_basis": "B", "effective_date": str(on), "steps": steps}
        draft = await ask("POST", "/reorganisations", 201, json=body)
        return await ask("GET", f"/reorganisations/{draft['reorganisation_id']}/dry-run"), draft["reorganisation_id"]

    return try_out


def ends(unit_id, *into, kind="merged_into"):
    return {"do": "end", "unit_id": unit_id, "becomes": [{"kind": kind, "to_unit_id": each} for each in into]}


def moves(run):
    return {(each["unit_id"], each["answering_unit_id"]): each["to_unit_id"] for each in run["obligations"]}


async def test_what_a_merged_school_owes_goes_to_who_comes_after_it(frame, registered, try_out):
    gone = [uuid4(), uuid4(), uuid4()]
    await tell(
        frame,
        opened(ONE, "U-SCH-001"),
        opened(OTHER, "U-SCH-011", by="U-SCH-001"),
        *(opened(each, "U-SCH-001") for each in gone),
        changed(gone[0], "U-SCH-001", "exempt", "exempted", version=2),
        changed(gone[1], "U-SCH-001", "recalled", "recalled", version=2),
        accepted(gone[2]),
        opened(uuid4(), "U-SCH-004"),
    )

    run, _ = await try_out(ends("U-SCH-001", "U-SCH-003"))

    assert run["errors"] == []
    assert run["obligations"] == [
        {
            "obligation_id": str(ONE),
            "directive_id": str(ABOUT["directive_id"]),
            "requirement_id": str(ABOUT["requirement_id"]),
            "unit_id": "U-SCH-001",
            "answering_unit_id": "U-SCH-001",
            "to_unit_id": "U-SCH-003",
            "on": str(TODAY),
        },
        # That one was merged before; what it owes is answered by who comes after it by its own lineage.
        {
            "obligation_id": str(OTHER),
            "directive_id": str(ABOUT["directive_id"]),
            "requirement_id": str(ABOUT["requirement_id"]),
            "unit_id": "U-SCH-011",
            "answering_unit_id": "U-SCH-001",
            "to_unit_id": "U-SCH-025",
            "on": str(TODAY),
        },
    ]
    assert [each["to_unit_id"] for each in run["plan"]["obligations_move"]] == ["U-SCH-003"]


async def test_what_no_one_unit_comes_after_is_left_to_a_person(frame, registered, try_out):
    await tell(frame, opened(ONE, "U-SCH-001"), opened(OTHER, "U-SCH-002"))

    run, _ = await try_out(ends("U-SCH-001", "U-SCH-003", "U-SCH-004", kind="split_into"), ends("U-SCH-002"))

    assert moves(run) == {("U-SCH-001", "U-SCH-001"): None, ("U-SCH-002", "U-SCH-002"): None}


async def test_on_a_later_day_it_moves_later_and_by_a_way_over_two_units_at_once(frame, registered, try_out):
    await tell(frame, opened(ONE, "U-SCH-001"))
    later = TODAY + timedelta(days=40)

    run, _ = await try_out(ends("U-SCH-001", "U-SCH-003"), ends("U-SCH-003", "U-SCH-004"), on=later)

    assert moves(run) == {("U-SCH-001", "U-SCH-001"): "U-SCH-004"}
    assert run["obligations"][0]["on"] == str(later)


async def test_the_lead_of_a_cluster_that_ends_leaves_what_the_cluster_owes_to_a_person(
    frame, registered, ask, try_out
):
    await ask(
        "PUT", "/clusters/U-CUM-1/lead", json={"school_id": "U-THPT-01", "valid_from": str(TODAY - timedelta(days=1))}
    )
    await tell(frame, opened(ONE, "U-CUM-1", by="U-THPT-01"), opened(OTHER, "U-THPT-01"))

    run, _ = await try_out(ends("U-THPT-01", "U-THPT-02"))

    assert run["plan"]["clusters_without_lead"] == ["U-CUM-1"]
    assert moves(run) == {("U-CUM-1", "U-THPT-01"): None, ("U-THPT-01", "U-THPT-01"): "U-THPT-02"}


async def test_an_answer_that_is_accepted_meanwhile_does_not_undo_the_review(frame, registered, ask, try_out):
    await tell(frame, opened(ONE, "U-SCH-001"), opened(OTHER, "U-SCH-001"))
    run, reorganisation = await try_out(ends("U-SCH-001", "U-SCH-003"))
    assert len(run["obligations"]) == 2
    await tell(frame, accepted(ONE))

    again = await ask("GET", f"/reorganisations/{reorganisation}/dry-run")

    assert [each["obligation_id"] for each in again["obligations"]] == [str(OTHER)]
    assert again["digest"] == run["digest"]
    await ask("POST", f"/reorganisations/{reorganisation}/apply", json={"digest": run["digest"]})


async def test_what_cannot_be_says_nothing_of_obligations(frame, registered, try_out):
    await tell(frame, opened(ONE, "U-SCH-001"))

    run, _ = await try_out(ends("U-SCH-001", "U-NOBODY"))

    assert run["error_count"] > 0
    assert run["obligations"] == []
