"""A registration nobody could answer is refused while it is a draft, with the place of what is wrong."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from contracts.directives import DocumentAsked, MediaAsked
from contracts.registration import QuotaAsked, RegistrationAsked, RoleAsked, SeatsAsked, SubjectAsked
from directives.domain.audience import of_types
from directives.domain.registration import check_registration, places
from directives.domain.requirement import Requirement, check
from directives.domain.terms import Terms
from directives.problems import CodeTwice
from directives.terms_problems import DocumentUnfit, KindUnfit, QuotaUnfit

LEADER = RoleAsked(code="leader", name="Lãnh đạo trường")
HEAD = RoleAsked(code="head", name="Tổ trưởng chuyên môn")
MATH, ART = SubjectAsked(code="math", name="Toán"), SubjectAsked(code="art", name="Mĩ thuật")
OFFICE = QuotaAsked(
    unit_types=("phong_vhxh",),
    seats=(
        SeatsAsked(role="leader", count=2, from_below=True),
        SeatsAsked(role="head", count=2, subjects=("math", "art"), from_below=True),
    ),
)
SCHOOL = QuotaAsked(
    unit_types=("thpt", "thcs_thpt"),
    seats=(SeatsAsked(role="leader", count=1), SeatsAsked(role="head", count=1, subjects=("math",))),
)
ASKED = RegistrationAsked(roles=(LEADER, HEAD), subjects=(MATH, ART), quotas=(OFFICE, SCHOOL), capacity=200)
REGISTRATION = Requirement(
    id=UUID(int=1),
    kind="registration",
    title="Cử đại biểu dự Hội thảo",
    as_of=date(2026, 5, 31),
    periods=(),
    indicators=(),
    sections=(),
    media=None,
    audience=of_types(("thpt",)),
    due_phrase="trước ngày 10/12/2026",
    due_at=datetime(2026, 12, 10, tzinfo=UTC),
    cut_off_at=None,
    closes_at=None,
    terms=Terms(registration=ASKED),
)
DOCUMENT = replace(
    REGISTRATION,
    kind="document",
    terms=Terms(document=DocumentAsked(at_least=1, at_most=2, formats=("pdf",), max_bytes=1)),
)


def seats(**changes) -> QuotaAsked:
    return SCHOOL.model_copy(update={"seats": (SCHOOL.seats[0].model_copy(update=changes), SCHOOL.seats[1])})


@pytest.mark.parametrize(
    "requirement", [REGISTRATION, DOCUMENT, replace(REGISTRATION, kind="acknowledgement", terms=Terms())]
)
def test_what_can_be_answered_may_be_asked(requirement) -> None:
    check(requirement, where="requirements.0")


@pytest.mark.parametrize(
    ("changes", "problem", "where"),
    [
        ({"quotas": ()}, QuotaUnfit, "quotas"),
        ({"quotas": (OFFICE.model_copy(update={"seats": ()}),)}, QuotaUnfit, "quotas.0"),
        ({"quotas": (OFFICE.model_copy(update={"unit_types": ()}),)}, QuotaUnfit, "quotas.0"),
        ({"quotas": (OFFICE, SCHOOL, SCHOOL)}, QuotaUnfit, "quotas.2.unit_types"),
        ({"quotas": (SCHOOL.model_copy(update={"unit_types": ("thpt", "thpt")}),)}, QuotaUnfit, "quotas.0.unit_types"),
        ({"quotas": (OFFICE, seats(role="driver"))}, QuotaUnfit, "quotas.1.seats.0.role"),
        ({"quotas": (OFFICE, seats(role="head"))}, CodeTwice, "quotas.1.seats.1"),
        ({"quotas": (seats(subjects=("chess",)),)}, QuotaUnfit, "quotas.0.seats.0.subjects"),
        ({"quotas": (seats(subjects=("math", "math")),)}, QuotaUnfit, "quotas.0.seats.0.subjects"),
        ({"quotas": (seats(count=0),)}, QuotaUnfit, "quotas.0.seats.0.count"),
        ({"roles": (LEADER, HEAD, HEAD)}, CodeTwice, "roles.2"),
        ({"roles": (RoleAsked(code="all", name="Tất cả"), LEADER, HEAD)}, QuotaUnfit, "roles.0.code"),
        ({"roles": (LEADER, HEAD, RoleAsked(code="x", name="Học sinh giỏi"))}, QuotaUnfit, "roles.2.name"),
        ({"subjects": (MATH, ART, ART)}, CodeTwice, "subjects.2"),
    ],
)
def test_a_quota_that_fits_nobody_is_refused_where_it_stands(changes, problem, where) -> None:
    with pytest.raises(problem) as refused:
        check_registration(ASKED.model_copy(update=changes), where="here")

    assert refused.value.more["where"] == f"here.{where}"


@pytest.mark.parametrize(
    ("requirement", "where"),
    [
        (replace(REGISTRATION, terms=Terms()), "registration"),
        (replace(REGISTRATION, kind="acknowledgement"), "registration"),
        (replace(REGISTRATION, kind="document"), "registration"),
        (replace(DOCUMENT, terms=Terms()), "document"),
        (replace(REGISTRATION, periods=("2026-2027",)), "periods"),
        (replace(DOCUMENT, media=MediaAsked(count=1, max_seconds=1, max_bytes=1)), "media"),
    ],
)
def test_every_kind_says_what_it_needs_and_nothing_else(requirement, where) -> None:
    with pytest.raises(KindUnfit) as refused:
        check(requirement, where="requirements.0")

    assert refused.value.more["where"] == f"requirements.0.{where}"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"at_least": 3}, "at_most"),
        ({"at_least": 0}, "at_most"),
        ({"at_most": 21}, "at_most"),
        ({"formats": ()}, "formats"),
        ({"formats": ("pdf", "pdf")}, "formats"),
    ],
)
def test_documents_are_some_files_of_known_formats(changes, where) -> None:
    document = DOCUMENT.terms.document.model_copy(update=changes)

    with pytest.raises(DocumentUnfit) as refused:
        check(replace(DOCUMENT, terms=Terms(document=document)), where="requirements.0")

    assert refused.value.more["where"] == f"requirements.0.document.{where}"


def test_the_workshop_of_the_seed_takes_195_places_of_200() -> None:
    office = OFFICE.model_copy(update={"seats": (*OFFICE.seats, SeatsAsked(role="officer", count=1))})
    asked = ASKED.model_copy(update={"quotas": (office, SCHOOL)})
    types = {f"U-P{n}": "phong_vhxh" for n in range(15)} | {f"U-T{n}": "thpt" for n in range(60)}

    found = places(asked, types | {"U-MN": "mam_non"})

    assert (found.needed, found.capacity, found.without_quota) == (195, 200, ("U-MN",))
