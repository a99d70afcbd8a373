"""What the unit that asked reports: its outline, sums, units in turn, bars; nothing that may not leave."""

from datetime import UTC, date, datetime

from reporting.domain import Tally
from reporting.exports.sheet import Figure, Heading
from reporting.reports import outline
from reporting.reports.outline import Shown, sections_of

FIGURES = (
    Figure("pupils", "Học sinh", "học sinh"),
    Figure("girls", "Nữ", "học sinh", of_which="pupils"),
    Figure("share", "Tỉ lệ nữ", "%", numerator="girls", denominator="pupils"),
    Figure("out", "Bỏ học", "học sinh"),
)
OUTLINE = (
    {"code": "I", "title": "CÔNG TÁC CHỈ ĐẠO", "kind": "text"},
    {"code": "1", "title": "Văn bản", "kind": "list"},
    {"code": "2", "title": "Minh chứng", "kind": "evidence"},
)
HEADING = Heading(
    issuer="Sở",
    code="761/SGDĐT-GDPT",
    subject="V/v",
    issued_on=date(2026, 5, 20),
    title="Báo cáo STEM",
    period="HKI",
    as_of=date(2026, 5, 31),
    due_at=None,
    cut_off_at=None,
    figures=FIGURES,
)
NORTH = Shown("Xã Bắc", Tally(2, 2, {"pupils": 1200, "girls": 600, "out": 7}, late=1))
SOUTH = Shown("Xã Nam", Tally(2, 1, {"pupils": 50, "out": 3}), frozenset({"out"}))
EAST = Shown("Xã Đông", Tally(1, 0))
TOP = Shown("Sở", Tally(6, 4, {"pupils": 1300, "girls": 650, "out": 10}, late=1, nil=1, exempt=2))


def drawn(top=TOP, below=(SOUTH, NORTH, EAST), edition=(2, datetime(2026, 12, 20, 18, tzinfo=UTC))):
    return sections_of(HEADING, OUTLINE, top=top, below=below, edition=edition)


def test_it_has_the_headings_of_the_outline_with_figures_behind_them():
    first, *written, sums, units = drawn()

    assert [each.title for each in written] == ["I. CÔNG TÁC CHỈ ĐẠO", "1. Văn bản"]
    assert first.texts == [
        "Văn bản số 761/SGDĐT-GDPT ngày 20/05/2026 yêu cầu 6 đơn vị báo cáo; 4 đơn vị đã báo cáo (66,67%), "
        "trong đó 1 nộp muộn và 1 không phát sinh.",
        "Ngoài ra có 2 đơn vị được miễn.",
        "Số liệu kỳ HKI theo mạng lưới đơn vị ngày 31/05/2026, công bố lần 2 ngày 21/12/2026.",
    ]
    assert [row[1:] for row in sums.tables[0].rows] == [
        ("Học sinh", "học sinh", "1.300"),
        ("Trong đó: Nữ", "học sinh", "650"),
        ("Tỉ lệ nữ", "%", "50,00%"),
        ("Bỏ học", "học sinh", "10"),
    ]
    assert [table.heading[3:] for table in units.tables] == [
        ("Học sinh (học sinh)", "Nữ (học sinh)", "Tỉ lệ nữ (%)"),
        ("Bỏ học (học sinh)",),
    ]
    assert drawn(edition=None)[0].texts[-1].endswith("chưa công bố.")


def test_blank_nought_not_asked_and_kept_back_are_four_things():
    *_, units = drawn()

    assert units.tables[0].rows == [
        (None, "Tổng số", "4/6", "1.300", "650", "50,00%"),
        ("1", "Xã Bắc", "2/2", "1.200", "600", "50,00%"),
        ("2", "Xã Nam", "1/2", "50", "-", "0,00%"),
        ("3", "Xã Đông", "0/1", None, None, None),
        ("4", "Các đơn vị trực thuộc khác", "1/1", "50", "50", "100,00%"),
    ]
    # What stands at the top directly is a difference of what is shown: it would give away what is not.
    assert [row[3] for row in units.tables[1].rows] == ["10", "7", "*", None, "*"]


def test_bars_are_of_what_is_shown_the_longest_first():
    *_, units = drawn()

    assert [(chart.title, [(bar.name, bar.value) for bar in chart.bars]) for chart in units.charts] == [
        ("Học sinh", [("Xã Bắc", 1200), ("Các đơn vị trực thuộc khác", 50), ("Xã Nam", 50)]),
        ("Nữ", [("Xã Bắc", 600), ("Các đơn vị trực thuộc khác", 50), ("Xã Nam", 0)]),
    ]


def test_of_many_units_the_longest_bars_are_shown_and_said_to_be():
    many = [Shown(f"Xã {place:03}", Tally(1, 1, {"pupils": place})) for place in range(1, 31)]
    *_, units = drawn(top=Shown("Sở", Tally(30, 30, {"pupils": 465})), below=many)

    [chart] = units.charts
    assert (chart.title, len(chart.bars)) == ("Học sinh: 20 đơn vị nhiều nhất", outline.MOST_BARS)
    assert len(units.tables[0].rows) == 31


def test_who_asked_with_nobody_below_reports_sums_alone():
    *_, units = drawn(below=())

    assert (units.tables, units.charts) == ([], [])
