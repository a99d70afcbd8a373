"""What was sent stands on paper as it was sent: wholes of figures, texts under their headings, number and signer."""

import pytest

from portal import papers
from portal.papers import report_of, with_words
from portal.words import words_in

VI = words_in("vi")
FILE = "0190a000-0000-7000-8000-000000000001"
TOLD = {
    "requirement": {
        "title": "Báo cáo STEM",
        "periods": ["2024-2025", "2025-2026"],
        "indicators": [
            {"code": "a", "name": "Bài học", "type": "int", "unit_of_measure": "bài"},
            {"code": "b", "name": "Có kế hoạch", "type": "bool", "unit_of_measure": "trường"},
            {"code": "r", "name": "Tỉ lệ", "type": "ratio", "unit_of_measure": "%"},
        ],
        "sections": [
            {"code": "I", "title": "Văn bản", "kind": "list"},
            {"code": "II", "title": "Giải pháp", "kind": "text"},
            {"code": "III", "title": "Minh chứng", "kind": "evidence"},
        ],
    },
    "directive": {"issuer_unit_id": "SGD", "code": "761/SGDĐT-GDPT"},
    "obligation": {"unit_id": "TH-1"},
    "names": {"SGD": "Sở Giáo dục và Đào tạo", "TH-1": "Trường Tiểu học 1"},
}
PLAIN = {
    "submitted_at": "2026-11-20T18:30:00+00:00",
    "nil": False,
    "document": None,
    "values": [
        {"indicator": "a", "period": "2025-2026", "value": 3, "level": "primary"},
        {"indicator": "a", "period": "2025-2026", "value": 4, "level": "lower_secondary"},
        {"indicator": "b", "period": "2025-2026", "value": True, "level": None},
    ],
    "narrative": {"I": ["Kế hoạch 12", "Kế hoạch 15"], "III": [FILE]},
    "media": [{"media_id": FILE, "file_name": "anh.jpg"}],
}
SIGNED = {"code": "15/BC-TH1", "subject": "Báo cáo năm", "issued_on": "2026-11-19", "signed_by": "Nguyễn Văn A"}


def test_figures_are_wholes_and_what_was_not_stated_is_nothing() -> None:
    paper = report_of(TOLD, PLAIN, VI)

    assert [(each["name"], each["values"]) for each in paper["figures"]] == [
        ("Bài học", [None, 7]),
        ("Có kế hoạch", [None, True]),
    ]
    assert paper["sections"] == [
        {"title": "I. Văn bản", "texts": ["Kế hoạch 12", "Kế hoạch 15"]},
        {"title": "III. Minh chứng", "texts": ["anh.jpg"]},
    ]


@pytest.mark.parametrize(
    ("document", "stands"),
    [
        (None, (None, None, "2026-11-21", "Báo cáo STEM", None)),
        (SIGNED, (15, "BC-TH1", "2026-11-19", "Báo cáo năm", {"name": "Nguyễn Văn A"})),
    ],
)
def test_an_official_report_has_its_number_its_day_and_its_signer(document, stands) -> None:
    paper = report_of(TOLD, PLAIN | {"document": document}, VI)

    assert tuple(paper[name] for name in ("number", "notation", "day", "subject", "signer")) == stands
    assert (paper["unit"], paper["addressee"], paper["answers_code"]) == (
        "Trường Tiểu học 1",
        "Sở Giáo dục và Đào tạo",
        "761/SGDĐT-GDPT",
    )


def test_a_nil_report_says_so_and_has_no_figures() -> None:
    paper = report_of(TOLD, PLAIN | {"nil": True, "values": [], "narrative": {}, "media": []}, VI)

    assert (paper["figures"], paper["periods"]) == ([], [])
    assert [each["title"] for each in paper["sections"]] == [VI("answer.nil")]


REPORT = {"unit": "Sở", "sections": [{"title": "Tình hình báo cáo", "texts": ["28 đơn vị."]},
                                     {"title": "II. Giải pháp", "texts": [], "tables": []}]}  # fmt: skip


def wrote(*said):
    return [{"code": "II", "title": "Giải pháp", "written": [{"unit_id": u, "words": w} for u, w in said]}]


def test_the_report_of_who_asked_has_what_units_wrote_under_its_headings_each_under_its_name():
    names = {"b": "Trường B", "a": "Trường A"}

    found = with_words(REPORT, wrote(("b", "Tập huấn."), ("x", ["Một", "Hai"]), ("a", "Mua sắm.")), names)

    first, solutions = found["sections"]
    assert first == REPORT["sections"][0]
    assert solutions["texts"] == ["Trường A: Mua sắm.", "Trường B: Tập huấn.", "x: Một; Hai"]
    assert REPORT["sections"][1]["texts"] == []


def test_what_is_too_much_for_one_report_is_cut_and_it_says_so():
    said = [(f"u{number:04d}", "ơ" * 20_000) for number in range(700)]

    texts = with_words(REPORT, wrote(*said), {})["sections"][1]["texts"]

    assert len(texts) == papers.MOST_TEXTS
    assert texts[-1] == "Còn 501 đơn vị khác."
    assert texts[0].endswith("…")
    assert sum(map(len, texts)) < papers.MOST_CHARACTERS + 10 * len(texts)
