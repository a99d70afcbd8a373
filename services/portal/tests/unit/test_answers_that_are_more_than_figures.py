"""People, official documents and sums of others become fields of a form, and an answer and a draft again."""

from portal import answering, consolidating, drafting, kinds, owing
from portal.consolidating import Gathered
from portal.doorkeeping import Form
from portal.filling import Filled, filled_by_form
from portal.problems import Refused
from portal.words import words_in

VI = words_in("vi")
PDF = "0190f000-0000-7000-8000-000000000009"
REQUIREMENT = {
    "periods": ["2025-2026"],
    "indicators": [
        {"code": "a.b", "name": "A", "type": "int", "unit_of_measure": "bài"},
        {"code": "delegates.all", "name": "Số đại biểu", "type": "int", "unit_of_measure": "người"},
    ],
    "sections": [],
    "media": None,
    "answering": {"is_official": True},
    "registration": {
        "roles": [{"code": "leader", "name": "Lãnh đạo"}, {"code": "teacher", "name": "Giáo viên"}],
        "subjects": [{"code": "math", "name": "Toán"}],
        "quotas": [
            {"unit_types": ["office"], "seats": [{"role": "leader", "count": 9, "subjects": [], "from_below": False}]},
            {
                "unit_types": ["school"],
                "seats": [
                    {"role": "leader", "count": 1, "subjects": [], "from_below": False},
                    {"role": "teacher", "count": 2, "subjects": ["math"], "from_below": True},
                ],
            },
        ],
    },
}
ASKED = kinds.for_unit(
    answering.of_unit(REQUIREMENT, period=None, levels=()),
    {"unit_type": "school"},
    [{"unit_id": "U-1", "short_name": None, "name": "Trường 1"}],
)
TYPED = Form(
    [
        ("p:0:role", "leader"),
        ("p:0:full_name", ""),
        ("p:1:role", "teacher"),
        ("p:1:full_name", " Lê Thị B "),
        ("p:1:subject", "math"),
        ("p:1:unit_id", "U-1"),
        ("p:2:role", "teacher"),
        ("p:2:full_name", "Đỗ C"),
        ("d:code", "15/BC-A"),
        ("d:subject", "Báo cáo"),
        ("d:issued_on", "2026-11-20"),
        ("d:signed_by", "Ngô H"),
        ("d:signed_media_id", PDF),
        ("v:a.b:2025-2026", "7"),
        ("c:a.b:2025-2026", "U-1 = 3\r\nU-2 = 4"),
    ]
)
DOCUMENT = {
    "code": "15/BC-A",
    "subject": "Báo cáo",
    "issued_on": "2026-11-20",
    "signed_by": "Ngô H",
    "signed_media_id": PDF,
}


def test_what_was_typed_is_the_answer_and_rows_left_blank_are_nobody() -> None:
    body, unread = answering.answer(ASKED, filled_by_form(TYPED), VI)

    assert unread == {}
    assert body["delegates"] == [
        {"full_name": "Lê Thị B", "role": "teacher", "subject": "math", "unit_id": "U-1"},
        {"full_name": "Đỗ C", "role": "teacher"},
    ]
    assert body["document"] == DOCUMENT
    assert body["consolidates"] == [
        {
            "indicator": "a.b",
            "period": "2025-2026",
            "parts": [{"unit_id": "U-1", "value": 3}, {"unit_id": "U-2", "value": 4}],
        }
    ]


def test_a_unit_has_the_seats_of_its_type_and_no_field_for_figures_that_follow() -> None:
    shown = answering.sheet(ASKED, filled_by_form(TYPED), VI)

    assert shown.people is not None
    assert [(each.role_name, each.filled.full_name, bool(each.units)) for each in shown.people.seats] == [
        ("Lãnh đạo", "", False),
        ("Giáo viên", "Lê Thị B", True),
        ("Giáo viên", "Đỗ C", True),
    ]
    assert [figure.indicator for _, figures in shown.periods for figure in figures] == ["a.b"]
    assert shown.signed_media_ids == (PDF,)


def test_faults_stand_beside_the_person_and_the_part_they_are_about() -> None:
    errors = [
        {"where": "delegates[1].subject", "indicator": None, "what_vi": "sai môn", "what_en": "subject"},
        {"where": "delegates", "indicator": None, "what_vi": "thiếu người", "what_en": "people"},
        {"where": "document.issued_on", "indicator": None, "what_vi": "sau hôm nay", "what_en": "future"},
    ]
    refused = Refused(422, {"code": "values-not-valid", "errors": errors})

    shown = answering.sheet(ASKED, filled_by_form(TYPED), VI, refused=refused, sent={"values": []})

    assert shown.people is not None
    assert [each.fault for each in shown.people.seats] == [None, None, "sai môn"]
    assert shown.people.fault == "thiếu người"
    assert {each.part: each.fault for each in shown.written if each.fault} == {"issued_on": "sau hôm nay"}
    assert (shown.other_faults, shown.fault_count) == ((), 3)


def test_what_cannot_stand_there_at_all_is_told_beside_it_too() -> None:
    errors = [{"where": "body.document.code", "what": "pattern", "type": "x"}]
    refused = Refused(422, {"code": "malformed", "detail": "…", "errors": errors})

    shown = answering.sheet(ASKED, filled_by_form(TYPED), VI, refused=refused, sent={"values": []})

    assert {each.part for each in shown.written if each.fault} == {"code"}


def test_a_document_that_is_half_written_is_not_sent() -> None:
    _, unread = answering.answer(ASKED, filled_by_form(Form([("d:code", "15/BC-A")])), VI)

    assert set(unread) == {"d:subject", "d:issued_on", "d:signed_by"}


def test_a_draft_holds_the_same_and_is_cleared_of_what_is_said_no_more() -> None:
    body, _ = answering.answer(ASKED, filled_by_form(TYPED), VI)
    held = {"narrative/I": {"content": "cũ"}, "values/a.b/2025-2026": {"content": 7}}

    fields = drafting.whole(body, {"fields": held})

    assert fields == {
        "nil": False,
        "narrative/I": None,
        "document/code": "15/BC-A",
        "document/subject": "Báo cáo",
        "document/issued_on": "2026-11-20",
        "document/signed_by": "Ngô H",
        "document/signed_media_id": PDF,
        "delegates": ["Lê Thị B | teacher | math | U-1", "Đỗ C | teacher"],
        "consolidates/a.b/2025-2026": ["U-1 = 3", "U-2 = 4"],
    }


def test_a_consolidated_report_begins_with_the_sums_and_keeps_what_was_typed() -> None:
    behind = {
        "2025-2026": [{"unit_id": each, "name": each, "values": {"a.b": 4, "x": None}} for each in ("U-1", "U-2")]
    }
    found = Gathered(consolidating.sums(behind))
    name = "v:a.b:2025-2026"

    assert consolidating.begun(Filled(), found, ASKED).values == {name: "8"}
    typed = consolidating.begun(Filled(values={name: "9"}), found, ASKED)
    assert (typed.values, typed.consolidates) == ({name: "9"}, {"c:a.b:2025-2026": "U-1 = 4\nU-2 = 4"})


def test_why_nothing_is_reported_instead_of_the_sum_goes_with_it() -> None:
    nothing = Filled(is_nil=True, explanations={"w:a.b:2025-2026": "Trường báo nhầm."})

    body, unread = answering.answer(ASKED, nothing, VI)

    assert (body["nil"], unread) == (True, {})
    assert body["explanations"] == [{"indicator": "a.b", "period": "2025-2026", "words": "Trường báo nhầm."}]


def test_a_consolidated_report_begins_with_what_units_wrote_each_under_its_name() -> None:
    headings = [
        {
            "code": "I",
            "written": [{"unit_id": "U-1", "words": "Thiếu phòng."}, {"unit_id": "U-2", "words": "Tốt."}],
        },
        {"code": "II", "written": [{"unit_id": "U-1", "words": ["Một", "Hai"]}]},
        {"code": "II", "written": [{"unit_id": "U-2", "words": ["Ba"]}]},  # of another period
        {"code": "III", "written": []},
    ]
    asked = {**ASKED, "sections": [{"code": code, "title": code, "kind": "text"} for code in ("I", "II", "III")]}
    found = Gathered(words=consolidating.poured(headings, {"U-1": "THCS A"}))

    begun = consolidating.begun(Filled(narrative={"II": "Đã viết"}), found, asked)

    assert begun.narrative == {"I": "THCS A: Thiếu phòng.\nU-2: Tốt.", "II": "Đã viết"}
    assert found.words["II"].text == "THCS A: Một\nTHCS A: Hai\nU-2: Ba"


def test_passages_stay_whole_and_those_left_out_are_counted() -> None:
    written = [{"unit_id": f"U-{place}", "words": "x" * 5000} for place in range(4)]

    poured = consolidating.poured([{"code": "I", "written": written}], {})["I"]

    assert (poured.units, poured.left_out) == (2, 2)
    assert len(poured.text) <= consolidating.MOST_CHARACTERS


def test_why_something_was_returned_stands_at_its_field_or_its_file() -> None:
    review = {
        "fields": [
            {"field": "values/a.b/2025-2026", "reason": "đếm lại"},
            {"field": f"media_ids/{PDF}", "reason": "mờ"},
        ]
    }
    version = {"review": review, "media": [{"media_id": PDF, "file_name": "phim.mp4"}]}

    shown = answering.sheet(ASKED, Filled(), VI, returned=owing.returned_fields(version))

    [figure] = [figure for _, figures in shown.periods for figure in figures]
    assert figure.returned == "đếm lại"
    assert owing.returned_files(version) == [("phim.mp4", "mờ")]
