"""Colleagues change one draft: different fields merge, the same field is shown twice, nothing is overwritten."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.domain.answer import Answer, Stated, digest_of
from submissions.domain.asked import Requirement
from submissions.domain.draft import Draft, answer_of, faults_in, fields_of
from submissions.domain.draft_fields import refuse_not_asked
from submissions.problems import DraftConflict, FieldsNotTaken

NOW = datetime(2026, 11, 22, tzinfo=UTC)
AN, BINH = uuid4(), uuid4()
OBLIGATION = UUID("01a201dd-f51f-71c4-b986-c554c8ae8859")
LESSONS = "values/stem.lessons/2025-2026"
EMPTY = Draft(OBLIGATION, 0, {})


def changed(draft: Draft, fields: dict, *, seen: int, by=AN) -> Draft:
    return draft.changed(fields, seen=seen, by=by, at=NOW)


def contents(draft: Draft) -> dict:
    return {name: field.content for name, field in draft.fields.items()}


def test_different_fields_changed_at_once_are_merged() -> None:
    mine = changed(EMPTY, {LESSONS: 12}, seen=0)
    both = changed(mine, {"narrative/solutions": "Sinh hoạt theo cụm."}, seen=0, by=BINH)

    assert contents(both) == {LESSONS: 12, "narrative/solutions": "Sinh hoạt theo cụm."}
    assert [both.fields[each].saved_by for each in (LESSONS, "narrative/solutions")] == [AN, BINH]


def test_the_same_field_changed_at_once_shows_both_and_saves_nothing() -> None:
    mine = changed(EMPTY, {LESSONS: 12}, seen=0)

    with pytest.raises(DraftConflict) as refused:
        changed(mine, {LESSONS: 13, "nil": False}, seen=0, by=BINH)

    [conflict] = refused.value.more["conflicts"]
    assert (conflict["yours"], conflict["theirs"], conflict["saved_by"]) == (13, 12, str(AN))
    assert contents(changed(mine, {LESSONS: 13}, seen=1, by=BINH)) == {LESSONS: 13}


def test_a_change_that_is_sent_again_changes_nothing() -> None:
    once = changed(EMPTY, {LESSONS: 12}, seen=0)

    assert changed(once, {LESSONS: 12}, seen=0) is once
    assert changed(once, {LESSONS: 12}, seen=0, by=BINH) is once


def test_yes_is_not_one() -> None:
    once = changed(EMPTY, {LESSONS: 1}, seen=0)

    with pytest.raises(DraftConflict):
        changed(once, {LESSONS: True}, seen=0, by=BINH)


changes = st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.integers(0, 6))


@given(st.lists(changes, max_size=12))
def test_nobody_overwrites_what_they_have_not_seen(asked: list[tuple[str, int, int]]) -> None:
    draft = EMPTY
    for name, content, seen in asked:
        before = draft
        try:
            draft = changed(draft, {name: content}, seen=seen)
        except DraftConflict:
            assert before.fields[name].version > seen
            assert before.content(name) != content
            continue
        assert draft.content(name) == content
        assert before.content(name) in (None, content) or before.fields[name].version <= seen
        others = before.fields.keys() - {name}
        assert {each: draft.fields[each] for each in others} == {each: before.fields[each] for each in others}


def test_an_answer_becomes_a_draft_and_the_same_answer_again() -> None:
    answer = Answer(
        values=(Stated("stem.lessons", "2024-2025", 3), Stated("stem.lessons", "2025-2026", 12)),
        narrative={"documents": ["Kế hoạch 12/KH"], "solutions": "Theo cụm."},
        media_ids=(uuid4(),),
        is_nil=False,
    )
    draft = replace(EMPTY, fields=fields_of(answer, saved_by=AN, saved_at=NOW))

    assert answer_of(draft) == answer
    assert digest_of(OBLIGATION, answer_of(draft)) == digest_of(OBLIGATION, answer)


def test_a_nil_report_leaves_out_figures_the_draft_keeps() -> None:
    draft = changed(EMPTY, {LESSONS: 12, "nil": True}, seen=0)

    assert answer_of(draft).values == ()
    assert answer_of(changed(draft, {"nil": False}, seen=1)).values == (Stated("stem.lessons", "2025-2026", 12),)


def test_what_was_cleared_is_not_sent() -> None:
    draft = changed(changed(EMPTY, {LESSONS: 12}, seen=0), {LESSONS: None}, seen=1)

    assert answer_of(draft).values == ()


def test_what_keeps_a_draft_from_being_sent_is_told_by_its_field(asked) -> None:
    requirement = Requirement.issued(asked.report())
    draft = changed(EMPTY, {LESSONS: -1, "narrative/solutions": "x"}, seen=0)

    faults = faults_in(requirement, draft)

    assert (LESSONS, "stem.lessons") in [(field, fault.indicator) for field, fault in faults]
    assert (None, "stem.research_projects") in [(field, fault.indicator) for field, fault in faults]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (LESSONS, "mười hai"),
        (LESSONS, True),
        ("values/stem.lessons/1999-2000", 1),
        ("values/stem.nothing/2025-2026", 1),
        ("values/stem.lessons", 1),
        ("narrative/nothing", "x"),
        ("narrative/solutions", ["x"]),
        ("narrative/solutions", "x" * 20_001),
        ("narrative/documents", "x"),
        ("narrative/documents", ["x"] * 501),
        ("media_ids", []),
        ("nil", 1),
        ("state", "accepted"),
    ],
)
def test_what_is_not_asked_or_of_another_kind_is_not_kept(asked, name, content) -> None:
    with pytest.raises(FieldsNotTaken) as refused:
        refuse_not_asked(Requirement.issued(asked.report()), {name: content})

    assert [each["field"] for each in refused.value.more["errors"]] == [name]


def test_a_wrong_figure_is_kept_and_files_only_as_ids(asked) -> None:
    refuse_not_asked(Requirement.issued(asked.report()), {LESSONS: -5, "nil": None, "narrative/documents": ["x"]})
    video = Requirement.issued(asked.video())
    refuse_not_asked(video, {"media_ids": [str(uuid4())]})
    with pytest.raises(FieldsNotTaken):
        refuse_not_asked(video, {"media_ids": ["../../etc/passwd"]})
