"""Units hear of what is sent to them, the desk of what a unit refuses, and a person of what they are to see to."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from chassis.testing import tell
from chassis.transaction import new_id
from contracts.directives import (
    Copy,
    DeliveryMoved,
    DeliveryRefused,
    DirectiveAmended,
    DirectiveCorrected,
    DirectiveRecalled,
    ObligationAssigned,
    QuestionAnswered,
    QuestionAsked,
)
from notify.tables import letters

REPORTER, DESK, OFFICE, TEACHER = (new_id() for _ in range(4))
ISSUER, COMMUNE, SCHOOL = "U-SGD-MG", "U-XA-1", "U-THCS-SONGHAC"


@pytest.fixture
def refused(case):
    about = {"directive_id": case.directive_id, "issuer_unit_id": ISSUER, "unit_id": "U-THCS-1"}
    return DeliveryRefused(occurred_at=case.at, code="761/SGDĐT-GDPT", subject=case.subject, **about)


@pytest.fixture
def assigned(case):
    about = case.opened().model_dump(exclude={"version", "due_at", "issuer_unit_id", "continues", "occurred_at"})
    return ObligationAssigned(
        occurred_at=case.at + timedelta(minutes=1), assignment_id=new_id(), person_id=TEACHER, **about
    )


@pytest.fixture
def question(case):
    """What both events about a question of the school carry."""
    return {
        "occurred_at": case.at,
        "question_id": new_id(),
        "kind": "question",
        "directive_id": case.directive_id,
        "obligation_id": None,
        "issuer_unit_id": ISSUER,
        "owning_unit_id": ISSUER,
        "unit_id": SCHOOL,
        "code": "761/SGDĐT-GDPT",
        "subject": case.subject,
    }


@pytest.fixture
async def people(frame, appointed):
    await tell(
        frame,
        appointed(REPORTER),
        appointed(TEACHER, "unit_head"),
        appointed(DESK, "desk_officer", ISSUER),
        appointed(new_id(), "reporter", ISSUER),
        appointed(OFFICE, "commune_officer", COMMUNE),
    )
    return frame


@pytest.fixture
def bodies(frame):
    async def read(kind):
        async with frame.engine.connect() as connection:
            return list((await connection.execute(select(letters.c.body_vi).where(letters.c.kind == kind))).scalars())

    return read


@pytest.mark.parametrize(
    ("purpose", "says"), [("inform", "Đơn vị không phải báo cáo."), ("execute", "xác nhận đã tiếp nhận")]
)
async def test_who_gets_a_copy_is_told_what_for(people, case, written, bodies, purpose, says) -> None:
    event = case.issued().model_copy(update={"copies": (Copy(unit_id=COMMUNE, purpose=purpose),)})
    await tell(people, event, event)
    assert await written() == [("directive_received", OFFICE)]
    assert says in (await bodies("directive_received"))[0]


async def test_a_refusal_goes_to_the_desk_once(people, refused, written, bodies) -> None:
    await tell(people, refused, refused)
    assert await written() == [("delivery_refused", DESK)]
    assert "Mã đơn vị: U-THCS-1" in (await bodies("delivery_refused"))[0]


async def test_whoever_is_to_see_to_it_is_told_in_whatever_order(people, case, assigned, written) -> None:
    for order in permutations([case.issued(), case.opened(), assigned]):
        async with people.engine.begin() as connection:
            for table in ("deliveries", "letters", "letters_due", "obligations", "requirements", "directives", "inbox"):
                await connection.exec_driver_sql(f"DELETE FROM {table}")
        await tell(people, *order)
        news = [each for each in await written() if each[0] != "obligation_opened"]
        assert news == [("obligation_assigned", TEACHER)]


@pytest.mark.parametrize(("kind", "says"), [("question", "hỏi về văn bản"), ("obstacle", "nêu vướng mắc")])
async def test_a_question_goes_to_the_desk_that_owns_the_directive(
    people, question, written, bodies, kind, says
) -> None:
    event = QuestionAsked(**question | {"kind": kind})
    await tell(people, event, event)
    assert await written() == [("question_asked", DESK)]
    assert says in (await bodies("question_asked"))[0]


async def test_an_answer_goes_to_who_asked_and_when_shared_to_everyone(people, question, written, bodies) -> None:
    await tell(people, QuestionAnswered(**question, unit_ids=(SCHOOL, COMMUNE)))
    assert await written() == sorted(("question_answered", each) for each in (REPORTER, TEACHER, OFFICE))
    said = await bodies("question_answered")
    assert sum("của đơn vị" in each for each in said) == 2
    assert sum("giải đáp chung" in each for each in said) == 1


async def test_a_slip_is_told_to_everyone_who_has_it_with_or_without_a_document(people, case, written, bodies) -> None:
    about = {"occurred_at": case.at, "directive_id": case.directive_id, "code": "761/SGDĐT-GDPT", "subject": "V/v"}
    more = {"issuer_unit_id": ISSUER, "unit_ids": (COMMUNE,)}
    slips = [
        DirectiveCorrected(**about, **more, number=number, by_code=by_code)
        for number, by_code in ((1, "812/SGDĐT-VP"), (2, None))
    ]
    await tell(people, *slips, *slips)
    assert await written() == [("directive_amended", OFFICE)] * 2
    said = await bodies("directive_amended")
    assert sum("được đính chính" in each for each in said) == 2
    assert sum("812/SGDĐT-VP" in each for each in said) == 1
    assert not any("bằng \n" in each or "Văn bản kèm theo: \n" in each for each in said)


async def test_who_comes_after_a_unit_is_told_what_it_has_now_once(people, case, written) -> None:
    moved = DeliveryMoved(
        occurred_at=case.at,
        directive_id=case.directive_id,
        issuer_unit_id=ISSUER,
        unit_id=COMMUNE,
        former_unit_id=SCHOOL,
        purpose="inform",
        code="761/SGDĐT-GDPT",
        subject="V/v",
    )
    await tell(people, moved, moved)
    assert await written() == [("directive_received", OFFICE)]


async def test_each_amendment_and_a_recall_are_told_once(people, case, written, bodies) -> None:
    about = {"occurred_at": case.at, "directive_id": case.directive_id, "code": "761/SGDĐT-GDPT", "subject": "V/v"}
    more = {"by_code": "812/SGDĐT-GDPT", "unit_ids": (COMMUNE,)}
    kinds = ("amends", "corrects")
    amended = [DirectiveAmended(**about, **more, kind=kind, by_directive_id=new_id()) for kind in kinds]
    recalled = DirectiveRecalled(**about, version=2, issuer_unit_id=ISSUER, unit_ids=(COMMUNE,))
    await tell(people, *amended, recalled, *amended, recalled)
    assert await written() == [("directive_amended", OFFICE)] * 2 + [("directive_recalled", OFFICE)]
    assert sum("được đính chính" in each for each in await bodies("directive_amended")) == 1
