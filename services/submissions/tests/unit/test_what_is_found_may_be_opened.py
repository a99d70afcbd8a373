"""Which obligations somebody reads is said twice, for one and for a search among all: both say the same."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from chassis.caller import Caller, HeldPost, Scope
from chassis.policy import PROVINCE, ROLES, Purpose
from submissions.domain.asked import Obligation
from submissions.operations.rights import may_read, readable_by

UNITS = ("A", "B", "C")
NOBODY = UUID(int=0)
units = st.sampled_from(UNITS)
asked_for = st.sampled_from((Purpose.READ_SUBMISSION, Purpose.SUBMIT, Purpose.REVIEW, Purpose.DRAFT))
places = st.sampled_from((*UNITS, PROVINCE))
posts = st.builds(HeldPost, unit_id=places, role=st.sampled_from(sorted(ROLES)))
scopes = st.builds(Scope, unit_id=places, purposes=st.frozensets(asked_for, min_size=1))
callers = st.builds(
    lambda posts, scopes: Caller(NOBODY, "person", tuple(posts), scopes=scopes and tuple(scopes)),
    st.lists(posts, max_size=3),
    st.none() | st.lists(scopes, min_size=1, max_size=2),
)


ONLY_SENDS = Caller(
    NOBODY, "person", (HeldPost(unit_id="A", role="reporter"),), scopes=(Scope(unit_id="A", purposes={"submit"}),)
)


@example(caller=ONLY_SENDS, issuer="B", unit="C", answering="A", reviewer=None)
@given(caller=callers, issuer=units, unit=units, answering=units, reviewer=st.none() | units)
def test_a_search_reaches_exactly_what_may_be_read(caller, issuer, unit, answering, reviewer) -> None:
    obligation = Obligation(
        id=NOBODY, directive_id=NOBODY, requirement_id=NOBODY, issuer_unit_id=issuer, unit_id=unit,
        answering_unit_id=answering, due_at=datetime(2026, 1, 1, tzinfo=UTC), closes_at=None, state="open",
        reviewing_unit_id=reviewer,
    )  # fmt: skip
    by = readable_by(caller)

    reached = by is None or (
        unit in by.as_unit or answering in by.as_answering or any(desk in by.as_desk for desk in obligation.desks)
    )
    assert reached == may_read(caller, obligation)
