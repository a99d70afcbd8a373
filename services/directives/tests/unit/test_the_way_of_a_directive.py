"""Draft, signed, numbered, issued: in that order, each once, and each may be asked for again."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import today
from directives.domain.directive import Directive, Issue, Number, Stamp, State
from directives.problems import NotNow, NumberOfAnotherYear

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
STAMP = Stamp(UUID(int=1), AT)
DRAFT = Directive(
    id=UUID(int=7),
    issuer_unit_id="U-SO",
    document_type="official_letter",
    subject="V/v",
    body="",
    addressees=(),
    recipients=(),
    replaces_code=None,
    requirements=(),
    drafted=STAMP,
)
NUMBER = Number(761, 2026, "SGDĐT-GDPT", STAMP)
ISSUE = Issue(date(2026, 11, 20), STAMP)


def attempt(directive: Directive, step: str) -> Directive:
    """Do what the operations do, without a database."""
    if step == "sign":
        return directive.sign(STAMP)
    if step == "number":
        lacking = directive.lacks_number(notation=NUMBER.notation, year=None)
        return directive.give_number(NUMBER) if lacking else directive
    lacking = directive.lacks_issue(on=ISSUE.on)
    return directive.send_out(ISSUE) if lacking else directive


@given(st.lists(st.sampled_from(["sign", "number", "issue"]), max_size=8))
def test_a_step_is_taken_when_its_turn_has_come_and_refused_before(steps) -> None:
    order = ["sign", "number", "issue"]
    directive, done = DRAFT, 0
    for step in steps:
        place = order.index(step)
        if place > done:
            with pytest.raises(NotNow) as refused:
                attempt(directive, step)
            assert refused.value.more["state"] == list(State)[done]
        else:
            done = max(done, place + 1)
            directive = attempt(directive, step)
        assert directive.state is list(State)[done]


@given(st.sampled_from(["sign", "number", "issue"]))
def test_a_step_asked_for_again_changes_nothing(step) -> None:
    issued = attempt(attempt(attempt(DRAFT, "sign"), "number"), "issue")

    assert attempt(issued, step) is issued


def test_the_first_signature_stays() -> None:
    assert DRAFT.sign(STAMP).sign(Stamp(UUID(int=2), AT)).signed == STAMP


def test_no_state_can_be_skipped_by_calling_a_step_directly() -> None:
    with pytest.raises(NotNow):
        DRAFT.give_number(NUMBER)
    with pytest.raises(NotNow):
        DRAFT.sign(STAMP).send_out(ISSUE)
    issued = attempt(attempt(attempt(DRAFT, "sign"), "number"), "issue")
    with pytest.raises(NotNow):
        issued.give_number(NUMBER)
    with pytest.raises(NotNow):
        issued.send_out(ISSUE)


@pytest.mark.parametrize(("notation", "year"), [("SGDĐT-VP", None), ("SGDĐT-GDPT", 2027)])
def test_a_number_cannot_be_exchanged(notation, year) -> None:
    numbered = DRAFT.sign(STAMP).give_number(NUMBER)

    with pytest.raises(NotNow) as refused:
        numbered.lacks_number(notation=notation, year=year)
    assert refused.value.more == {"state": "numbered", "directive_code": "761/SGDĐT-GDPT"}


def test_a_directive_bears_a_day_of_the_year_of_its_number() -> None:
    numbered = DRAFT.sign(STAMP).give_number(NUMBER)

    with pytest.raises(NumberOfAnotherYear):
        numbered.lacks_issue(on=date(2027, 1, 2))


def test_an_issued_directive_keeps_its_day() -> None:
    issued = attempt(attempt(attempt(DRAFT, "sign"), "number"), "issue")

    with pytest.raises(NotNow):
        issued.lacks_issue(on=date(2026, 11, 21))


@pytest.mark.parametrize(("value", "code"), [(5, "05/SGDĐT-GDPT"), (15, "15/SGDĐT-GDPT"), (1203, "1203/SGDĐT-GDPT")])
def test_a_number_below_ten_has_a_leading_zero(value, code) -> None:
    assert Number(value, 2026, "SGDĐT-GDPT", STAMP).code == code


def test_a_day_begins_at_midnight_in_vietnam() -> None:
    assert today(datetime(2026, 12, 31, 16, 59, tzinfo=UTC)) == date(2026, 12, 31)
    assert today(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)) == date(2027, 1, 1)
