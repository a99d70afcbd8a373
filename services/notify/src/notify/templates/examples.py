"""Letters that are not sent: the longest and the shortest there can be, by which templates are tried. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chassis.workdays import WorkingCalendar
from notify.domain import REMINDERS, Kind, Owed, Quoted, Text
from notify.reminding import words
from notify.reminding.ladder import DEFAULT_LADDER, Audience, Timetable
from notify.reminding.store.digests import Line
from notify.templates.filling import Template, Values, put_into, values
from notify.words import letters

NOW = datetime(2026, 12, 16, 1, 0, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(days=5), NOW - timedelta(days=5)
LONGEST_MESSAGE = "Đề nghị nộp " + "rất " * 122
"""What a desk may add, 500 characters."""


def examples_of(kind: Kind) -> Iterator[tuple[Values, Values]]:
    """Return what stands for each placeholder, in Vietnamese and in English: in the longest letter and short ones."""
    if kind not in REMINDERS:
        for each in (quoted(long=True), quoted(long=False), quoted(long=False, owed=False)):
            yield values(kind, each, english=False), values(kind, each, english=True)
        return
    for lines, message in _reminders(kind):
        yield _in_both(kind, lines, message)


def example(kind: Kind, template: Template) -> Text:
    """Return an example of a letter by a template."""
    if kind not in REMINDERS:
        each = quoted(long=False)
        in_both = values(kind, each, english=False), values(kind, each, english=True)
        return put_into(letters.write(kind, each), template, *in_both)
    lines = [_line(kind, 1, long=False)]
    own = words.write(kind, lines, timetable=_timetable(), now=NOW)
    return put_into(own, template, *_in_both(kind, lines, None))


def _reminders(kind: Kind) -> Iterator[tuple[list[Line], str | None]]:
    message = LONGEST_MESSAGE if kind is Kind.NUDGE else None
    # A list for a desk names the units of each requirement, others each thing by itself.
    per_requirement = words.MOST_UNITS + 1 if kind is Kind.REMINDER_DESK else 1
    many = (words.MOST_LINES + 1) * per_requirement
    yield [_line(kind, number, long=True, of=number // per_requirement) for number in range(many)], message
    yield [_line(kind, 1, long=True)], message
    yield [_line(kind, 1, long=False)], None
    yield [_line(kind, 1, long=False), _line(kind, 2, long=False)], None


def _in_both(kind: Kind, lines: list[Line], message: str | None) -> tuple[Values, Values]:
    vi, en = (
        words.values(kind, lines, timetable=_timetable(), now=NOW, message=message, english=english)
        for english in (False, True)
    )
    return vi, en


def _timetable() -> Timetable:
    return Timetable(DEFAULT_LADDER, WorkingCalendar(()))


def _line(kind: Kind, number: int, *, long: bool, of: int | None = None) -> Line:
    """Return one thing of many; each is of a directive and a requirement of its own, or of those named by `of`."""
    each = quoted(long=long)
    audiences: dict[Kind, Audience] = {Kind.REMINDER_DESK: "desk", Kind.REMINDER_OVERDUE: "head"}
    is_receipt = kind is Kind.REMINDER_RECEIPT
    is_past = kind in (Kind.REMINDER_OVERDUE, Kind.REMINDER_DESK, Kind.REMINDER_RECEIPT)
    unit = f"U-THCS-PHUONG-RAT-DAI-TEN-CUA-DON-VI-{number}" if long else f"U-THCS-{number}"
    about = number if of is None else of
    return Line(
        reminder_id=UUID(int=number),
        awaited="acknowledgement" if is_receipt else "answer",
        audience=audiences.get(kind, "unit"),
        directive_id=UUID(int=about),
        requirement_id=None if is_receipt else UUID(int=about),
        code=each.code,
        subject=each.subject,
        requirement=None if is_receipt or each.owed is None else each.owed.requirement,
        unit_id=unit,
        answering_unit_id=f"{unit}-TRA-LOI" if long else unit,
        counted_from=(EARLIER if is_past else NOW + timedelta(hours=5) if kind is Kind.REMINDER_TODAY else LATER)
        + timedelta(minutes=number),
        is_returned=long,
    )


def quoted(*, long: bool, owed: bool = True) -> Quoted:
    """Return what a letter quotes: as long as there can be, or short, or about a directive as a whole."""
    moment = datetime(2026, 12, 20, 17, 0, tzinfo=UTC)
    more = {
        "number": 12, "is_late": True, "is_nil": True, "media_count": 20, "period": "2025-2026", "former": "U-CU",
        "refusal": "not-allowed", "measured": None, "allowed": None, "wished": moment.isoformat(),
        "until": moment.isoformat(), "by_code": "812/SGDĐT-GDPT", "how": "amends", "purpose": "execute",
        "unit": "U-THCS-SONGHAC", "asks": "question", "asked_by": "you", "as_of": "2026-05-31",
        "units_reported": 612, "units_due": 640, "changed_figures": 40, "service": "submissions", "parked": 12,
        "subscription_id": "01a2055d-b5a5-707e-afa7-67b57f2e149a", "because": "failing",
        "failing_since": moment.isoformat(),
    }  # fmt: skip
    return Quoted(
        code="1761/KH-SGDĐT-GDMNTHPT" if long else "761/SGDĐT-GDPT",
        subject="V/v báo cáo kết quả " + "rất " * 120 if long else "V/v báo cáo STEM",
        occurred_at=moment,
        more=more,
        owed=Owed(
            "Báo cáo kết quả thực hiện " + "nhiệm vụ " * 20 if long else "Báo cáo",
            "U-THCS-PHUONG-RAT-DAI-TEN-CUA-DON-VI" if long else "U-THCS-1",
            "U-THCS-1",
            moment,
        )
        if owed
        else None,
    )
