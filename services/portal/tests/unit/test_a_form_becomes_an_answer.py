"""A form becomes the answer the service takes, and what the service says stands beside the fields."""

from portal import answering
from portal.answering import sheet
from portal.doorkeeping import Form
from portal.filling import Filled, filled_by_form, filled_by_version
from portal.problems import Refused
from portal.words import words_in

VI = words_in("vi")


def indicator(code: str, kind: str = "int", **more: str) -> dict:
    return {"code": code, "name": f"Số {code}", "type": kind, "unit_of_measure": "bài", **more}


REQUIREMENT = {
    "periods": ["2024-2025", "2025-2026"],
    "indicators": [indicator("a", "bool"), indicator("b"), indicator("c", at_most="b"), indicator("r", "ratio")],
    "sections": [
        {"code": "I.1", "title": "Văn bản", "kind": "list"},
        {"code": "II", "title": "Giải pháp", "kind": "text"},
    ],
    "media": None,
}


def test_figures_texts_and_lists_are_read_and_a_blank_is_left_out() -> None:
    form = Form(
        [
            ("v:a:2025-2026", "yes"),
            ("v:b:2025-2026", " 1.234 "),
            ("v:c:2025-2026", ""),
            ("s:I.1", "một\r\n\r\n hai "),
            ("s:II", " dài \n"),
            ("nil", ""),
        ]
    )

    body, unread = answering.answer(REQUIREMENT, filled_by_form(form), VI)

    assert unread == {}
    assert body == {
        "values": [
            {"indicator": "a", "period": "2025-2026", "value": True},
            {"indicator": "b", "period": "2025-2026", "value": 1234},
        ],
        "narrative": {"I.1": ["một", "hai"], "II": "dài"},
        "media_ids": [],
        "nil": False,
    }


def test_what_is_no_number_is_named_and_kept_as_it_was_typed() -> None:
    filled = filled_by_form(Form([("v:b:2025-2026", "nhiều lắm")]))

    _, unread = answering.answer(REQUIREMENT, filled, VI)
    shown = sheet(REQUIREMENT, filled, VI, unread=unread)

    [figure] = [figure for _, figures in shown.periods for figure in figures if figure.fault]
    assert (figure.name, figure.filled) == ("v:b:2025-2026", "nhiều lắm")
    assert shown.fault_count == 1


def test_every_fault_the_service_finds_stands_beside_its_field() -> None:
    sent = {"values": [{"indicator": "b", "period": "2025-2026", "value": 2}]}
    errors = [
        {"where": "values[0]", "indicator": "b", "what_vi": "quá lớn", "what_en": "too large"},
        {"where": "values", "indicator": "a", "what_vi": "chưa khai", "what_en": "missing"},
        {"where": "narrative.II", "indicator": None, "what_vi": "quá dài", "what_en": "too long"},
        {"where": "media_ids", "indicator": None, "what_vi": "thiếu video", "what_en": "a film is missing"},
        {"where": "values[99]", "indicator": None, "what_vi": "lạ", "what_en": "odd"},
    ]
    refused = Refused(422, {"code": "values-not-valid", "detail": "Sai", "detail_en": "Wrong", "errors": errors})

    shown = sheet(REQUIREMENT, Filled(), VI, refused=refused, sent=sent)

    beside = {figure.name: figure.fault for _, figures in shown.periods for figure in figures if figure.fault}
    assert beside == {"v:b:2025-2026": "quá lớn", "v:a:2024-2025": "chưa khai", "v:a:2025-2026": "chưa khai"}
    assert [section.fault for section in shown.sections] == [None, "quá dài"]
    assert shown.other_faults == ("thiếu video", "lạ")


def test_a_refusal_without_places_is_told_at_the_top_in_the_language_of_the_page() -> None:
    refused = Refused(409, {"code": "closed", "detail": "Đã khóa sổ.", "detail_en": "Closed."})

    assert sheet(REQUIREMENT, Filled(), VI, refused=refused).other_faults == ("Đã khóa sổ.",)
    assert sheet(REQUIREMENT, Filled(), words_in("en"), refused=refused).other_faults == ("Closed.",)


def test_a_version_that_was_sent_fills_the_form_it_came_from() -> None:
    version = {
        "values": [
            {"indicator": "a", "period": "2025-2026", "value": False},
            {"indicator": "b", "period": "2025-2026", "value": 0},
        ],
        "narrative": {"I.1": ["một", "hai"], "II": "dài"},
        "media": [{"media_id": "0190a000-0000-7000-8000-000000000001"}],
        "nil": False,
        "explanations": [{"indicator": "b", "period": "2025-2026", "words": "Chưa triển khai."}],
    }

    body, unread = answering.answer(REQUIREMENT, filled_by_version(version), VI)

    assert unread == {}
    assert body["values"] == version["values"]
    assert body["explanations"] == version["explanations"]
    assert body["narrative"] == version["narrative"]
    assert body["media_ids"] == ["0190a000-0000-7000-8000-000000000001"]


def test_a_figure_that_is_asked_per_level_has_a_field_for_each_level_the_unit_teaches() -> None:
    asked = {**REQUIREMENT, "indicators": [indicator("d", per_level=True, levels=["primary", "lower_secondary"])]}
    ours = answering.of_unit(asked, period="2025-2026", levels=["lower_secondary", "upper_secondary"])
    form = Form(
        [("v:d:2025-2026:lower_secondary", "3"), ("v:d:2025-2026:upper_secondary", "9"), ("v:d:2025-2026", "5")]
    )

    body, _ = answering.answer(ours, filled_by_form(form), VI)
    [(period, figures)] = sheet(ours, filled_by_form(form), VI).periods

    assert body["values"] == [{"indicator": "d", "period": "2025-2026", "value": 3, "level": "lower_secondary"}]
    assert (period, [(figure.title, figure.filled) for figure in figures]) == ("2025-2026", [("Số d, THCS", "3")])


def test_documents_are_asked_for_in_the_formats_that_are_taken() -> None:
    document = {"at_least": 1, "at_most": 2, "formats": ["pdf", "docx"], "max_bytes": 20_000_000}

    files = sheet({**REQUIREMENT, "document": document}, Filled(), VI).files

    assert (files.most, files.accept) == (2, ".pdf,.docx")


def test_what_is_no_id_never_becomes_a_media_id() -> None:
    assert filled_by_form(Form([("media", "../x"), ("media", "")])).media_ids == ()


def test_what_needs_an_explanation_has_a_field_for_it_once_and_what_is_typed_is_sent() -> None:
    asked = {
        **REQUIREMENT,
        "periods": ["2025-2026"],
        "indicators": [indicator("b") | {"per_level": True, "levels": ["primary", "lower_secondary"]}],
    }
    told = {"where": "values[0]", "indicator": "b", "period": "2025-2026", "needs_explanation": True}
    errors = [told | {"what_vi": "chênh quá 50%", "what_en": "differs"}]
    refused = Refused(422, {"code": "explanation-needed", "detail": "Sai", "detail_en": "Wrong", "errors": errors})
    sent = {"values": [{"indicator": "b", "period": "2025-2026", "value": 30, "level": "primary"}]}

    [[_, figures]] = sheet(asked, Filled(), VI, refused=refused, sent=sent).periods
    assert [(each.fault, each.explained) for each in figures] == [("chênh quá 50%", ""), (None, None)]

    form = Form([("v:b:2025-2026:primary", "30"), (figures[0].explained_name, "  Sáp nhập.\r\nHai điểm trường. ")])
    body, _ = answering.answer(asked, filled_by_form(form), VI)
    assert body["explanations"] == [{"indicator": "b", "period": "2025-2026", "words": "Sáp nhập.\nHai điểm trường."}]


def test_what_was_stated_for_another_period_stands_beside_the_field() -> None:
    former = [
        {"indicator": "b", "period": "2025-2026", "value": 5},
        {"indicator": "b", "period": "2023-2024", "value": 1200},
        {"indicator": "b", "period": "2022-2023", "value": 7},
    ]

    shown = sheet(REQUIREMENT | {"periods": ["2025-2026"]}, Filled(), VI, former=former)

    [[_, figures]] = shown.periods
    assert [each.hints for each in figures if each.indicator == "b"] == [("Kỳ 2023-2024 đã báo: 1.200",)]


EVIDENCE = {"at_least": 0, "at_most": 3, "formats": ["jpg", "pdf"], "max_bytes": 5_000_000, "max_seconds": 60}
FIRST, SECOND, FILM = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
WITH_EVIDENCE = {
    **REQUIREMENT,
    "periods": [],
    "indicators": [],
    "sections": [{"code": "III", "title": "Minh chứng", "kind": "evidence", "evidence": EVIDENCE}],
}


def test_files_under_a_heading_are_named_there_and_sent_with_the_answer() -> None:
    form = Form([("e:III", FIRST), ("e:III", SECOND), ("e:III", "odd"), ("media", FILM)])

    body, unread = answering.answer(WITH_EVIDENCE, filled_by_form(form), VI)

    assert unread == {}
    assert (body["narrative"], body["media_ids"]) == ({"III": [FIRST, SECOND]}, [FILM, FIRST, SECOND])


def test_what_was_sent_stands_under_its_heading_again() -> None:
    media = [{"media_id": each} for each in (FILM, FIRST)]
    version = {"values": [], "narrative": {"III": [FIRST]}, "media": media, "nil": False, "explanations": []}

    shown = sheet(WITH_EVIDENCE, filled_by_version(version), VI)

    [section] = shown.sections
    assert (section.media_ids, shown.media_ids) == ((FIRST,), (FILM,))
    assert (section.files.most, section.files.accept) == (3, ".jpg,.pdf")


def test_a_file_that_does_not_fit_is_told_under_its_heading() -> None:
    errors = [{"where": "narrative.III[0]", "indicator": None, "what_vi": "quá lớn", "what_en": "too large"}]
    refused = Refused(422, {"code": "values-not-valid", "detail": "Sai", "detail_en": "Wrong", "errors": errors})

    [section] = sheet(WITH_EVIDENCE, Filled(), VI, refused=refused).sections
    assert section.fault == "quá lớn"
