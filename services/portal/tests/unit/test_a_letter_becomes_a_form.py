"""What was read off a letter, shown beside it, and the form a person makes of it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.problems import Malformed
from portal import composing, reading
from portal.doorkeeping import Form
from portal.reading import Mark

SPAN = {"text": "báo cáo", "start": 4, "end": 11, "confidence": 0.9}
READ = {
    "candidate": 0, "kind": "report", "title": "báo cáo", "periods": ["2026"], "sections": [], "media": None,
    "indicators": [{"code": "a.b", "name": "Số lớp", "type": "int", "unit_of_measure": "lớp", "at_most": "a.c"}],
    "audience": {"unit_types": ["thpt"], "include": [], "exclude": []},
    "due_phrase": "trước ngày 14/12/2026", "due_at": "2026-12-14T00:00:00+07:00",
    "registration": {"roles": []},
}  # fmt: skip


def typed(**said):
    fields = {"r0:on": "yes", "r0:kind": "report", "r0:title": "Báo cáo", "r0:type": "thpt", **said}
    return Form(list(fields.items()))


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70), st.booleans()), max_size=8),
)
def test_a_text_in_pieces_is_the_text_and_every_mark_begins_once_at_most(text, spans):
    marks = [
        Mark(at=at, field="x", start=min(a, b), end=max(a, b), is_sure=sure) for at, (a, b, sure) in enumerate(spans, 1)
    ]

    found = reading.pieces(text, marks)

    assert "".join(each.text for each in found) == text
    begun = [each.mark.at for each in found if each.begins]
    assert len(begun) == len(set(begun))
    assert {each.mark.at for each in found if each.mark} == set(begun)


def test_the_innermost_mark_has_the_text():
    outer = Mark(at=1, field="sentence", start=0, end=10, is_sure=True)
    inner = Mark(at=2, field="due", start=4, end=6, is_sure=False)

    found = reading.pieces("0123456789", [outer, inner])

    assert [(each.text, each.mark.at) for each in found] == [("0123", 1), ("45", 2), ("6789", 1)]
    assert [each.begins for each in found] == [True, True, False]
    assert [each.ends for each in found] == [False, True, True]


def test_what_nobody_changed_stays_as_it_was_read():
    carried = composing.Carried(requirements=[READ])
    form = typed(**{"r0:f0:code": "a.b", "r0:f0:name": "Số lớp", "r0:f0:type": "int", "r0:f0:unit_of_measure": "lớp"})

    [asked] = composing.draft_of(composing.sheet_of(form, carried), carried)["requirements"]

    assert asked["indicators"] == [{**READ["indicators"][0], "is_sensitive": False}]
    assert "registration" not in asked  # it is a report: what belongs to another kind is not said


def test_a_requirement_nobody_wants_is_not_asked_for():
    carried = composing.Carried(requirements=[READ])

    draft = composing.draft_of(composing.sheet_of(typed(**{"r0:on": ""}), carried), carried)

    assert draft["requirements"] == []


def test_a_deadline_is_in_the_time_of_vietnam_and_shown_again_as_it_was_typed():
    carried = composing.Carried(requirements=[READ])
    sheet = composing.sheet_of(typed(**{"r0:due_at": "2026-12-14T00:00"}), carried)

    assert sheet.requirements[0].due_local == "2026-12-14T00:00"
    assert composing.draft_of(sheet, carried)["requirements"][0]["due_at"] == "2026-12-14T00:00:00+07:00"


def test_lines_end_as_in_a_letter_however_a_browser_sends_them():
    carried = composing.Carried(requirements=[READ])
    form = typed(body="Một\r\nHai", subject="Về\r\nviệc", addressees="A\r\n\r\nB", **{"r0:title": "Báo\r\ncáo"})

    draft = composing.draft_of(composing.sheet_of(form, carried), carried)

    assert (draft["body"], draft["subject"], draft["addressees"]) == ("Một\nHai", "Về việc", ["A", "B"])
    assert draft["requirements"][0]["title"] == "Báo cáo"


def test_units_by_name_are_read_however_they_are_set_apart():
    said = {"audience": {"unit_types": []}, "include": "U-1, U-2;U-1\nU-3", "exclude": ""}

    assert composing.audience_of(said) == {"unit_types": [], "include": ["U-1", "U-2", "U-3"], "exclude": []}


def test_evidence_and_sensitive_figures_are_asked_for():
    carried = composing.Carried(requirements=[{**READ, "indicators": []}])
    rows = {"r0:s0:code": "II", "r0:s0:title": "Minh chứng", "r0:s0:kind": "evidence"}
    figure = {"r0:f0:code": "x.y", "r0:f0:name": "Số em", "r0:f0:type": "int", "r0:f0:is_sensitive": "yes"}

    [asked] = composing.draft_of(composing.sheet_of(typed(**rows, **figure), carried), carried)["requirements"]

    assert asked["sections"] == [{"code": "II", "title": "Minh chứng", "kind": "evidence", "evidence": {}}]
    assert asked["indicators"][0]["is_sensitive"] is True


@pytest.mark.parametrize("told", ["[]", "{", '{"marks": 1}', '{"strange": true}', '{"requirements": [1]}'])
def test_what_no_page_of_ours_carried_is_refused(told):
    with pytest.raises(Malformed):
        composing.carried_in(Form([("carried", told)]))


def test_an_empty_form_has_a_place_for_everything():
    sheet = composing.first_sheet(composing.blank(), {}, issuer="U-SGD", today=date(2026, 11, 22))

    assert sheet.said["issuer_unit_id"] == "U-SGD"
    assert len(sheet.requirements[0].sections) == composing.SPARE_ROWS


def test_several_units_by_name_stand_apart_in_one_field():
    read = {**READ, "audience": {"unit_types": [], "include": ["U-1", "U-2"], "exclude": ["U-3", "U-4"]}}

    sheet = composing.first_sheet(composing.Carried(requirements=[read]), {}, issuer="U", today=date(2026, 11, 22))

    assert composing.audience_of(sheet.requirements[0].said) == read["audience"]


def test_one_more_requirement_is_wanted_as_it_is_added_and_never_more_than_there_may_be():
    carried = composing.with_one_more(composing.Carried(requirements=[READ]))

    sheet = composing.sheet_of(typed(), carried)
    full = composing.Carried(requirements=[READ] * composing.MOST_REQUIREMENTS)

    assert [each.is_wanted for each in sheet.requirements] == [True, True]
    assert len(composing.with_one_more(full).requirements) == composing.MOST_REQUIREMENTS


def test_a_condition_names_the_same_requirement_when_another_one_goes():
    waits = {**READ, "condition": {"kind": "answer_accepted", "of": 1, "working_days": None}}
    carried = composing.Carried(requirements=[READ, READ, waits])
    fields = [(f"r{place}:{name}", text) for place in (1, 2) for name, text in (("on", "yes"), ("kind", "report"))]
    kept = composing.draft_of(composing.sheet_of(Form([("r0:kind", "report"), *fields]), carried), carried)
    gone = composing.draft_of(composing.sheet_of(Form([("r1:kind", "report"), *fields[2:]]), carried), carried)

    assert [each.get("condition", {}).get("of") for each in kept["requirements"]] == [None, 0]
    # Of one that is not asked for any more nobody makes another one: the service says that it is missing.
    assert gone["requirements"][-1]["condition"]["of"] is None


def test_a_rule_stands_until_somebody_chooses_units():
    rule = {"any_of": [{"types": ["thpt"]}]}
    said = {"selector": rule, "audience": {"unit_types": []}, "include": "", "exclude": ""}

    assert composing.audience_of(said) == {"selector": rule}
    assert composing.audience_of({**said, "include": "U-1"})["include"] == ["U-1"]


def test_an_instant_nobody_changed_keeps_its_seconds():
    read = {**READ, "due_at": "2026-12-14T23:59:59+07:00"}
    carried = composing.Carried(requirements=[read])
    due = composing.draft_of(composing.sheet_of(typed(**{"r0:due_at": "2026-12-14T23:59"}), carried), carried)

    assert due["requirements"][0]["due_at"] == read["due_at"]
