"""What registrations are counted by follows from what is asked, and every count is a part of the one above it."""

from contracts.registration import (
    QuotaAsked,
    RegistrationAsked,
    RoleAsked,
    SeatsAsked,
    SubjectAsked,
    counted,
    figures_of,
)

SCHOOL = SeatsAsked(role="head", count=1)
TEACHERS = SeatsAsked(role="teacher", count=2, subjects=("math", "art"))
ASKED = RegistrationAsked(
    roles=(RoleAsked(code="head", name="Lãnh đạo"), RoleAsked(code="teacher", name="Tổ trưởng")),
    subjects=(SubjectAsked(code="math", name="Toán"), SubjectAsked(code="art", name="Mĩ thuật")),
    quotas=(
        QuotaAsked(unit_types=("thpt",), seats=(SCHOOL, TEACHERS.model_copy(update={"subjects": ("math",)}))),
        QuotaAsked(unit_types=("phong_vhxh",), seats=(SCHOOL, TEACHERS)),
    ),
)


def test_everybody_each_role_and_each_of_its_subjects_is_counted_once():
    figures = {each.code: each for each in figures_of(ASKED)}

    assert {code: each.of_which for code, each in figures.items()} == {
        "delegates.all": None,
        "delegates.head": "delegates.all",
        "delegates.teacher": "delegates.all",
        "delegates.teacher.math": "delegates.teacher",
        "delegates.teacher.art": "delegates.teacher",
    }
    assert figures["delegates.teacher.art"].name == "Tổ trưởng – Mĩ thuật"


def test_who_is_registered_is_counted_under_all_that_they_are():
    assert counted(ASKED, [("head", None), ("teacher", "art"), ("teacher", "art")]) == {
        "delegates.all": 3,
        "delegates.head": 1,
        "delegates.teacher": 2,
        "delegates.teacher.math": 0,
        "delegates.teacher.art": 2,
    }
