"""Deadlines, windows and days of events, as the sentences say them."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from directives.documents.found import Day, Deadline, Doubt, DueKind, Span, part, pattern
from directives.documents.heading import day_of
from directives.documents.page import Page, Paragraph, sentences

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

_DAY = (
    r"(?:ngày )?(?P<day>\d{1,2})(?:(?:[/.-](?P<month>\d{1,2}))(?:[/.-](?P<year>\d{4}))?"
    r"| tháng (?P<month2>\d{1,2})(?: năm (?P<year2>\d{4}))?)"
)
_CLOCK = r"(?:(?P<hour>\d{1,2}) ?(?:giờ|[hg:]) ?(?P<minute>\d{2})?(?: ?phút)?,? )"
_WEEKDAY = r"(?:\(?(?P<weekday>thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)\)?,? )?"
_WINDOW = pattern(
    r"từ ngày (?P<from>\d{1,2}(?:[/.-]\d{1,2}(?:[/.-]\d{4})?)?) (?:đến|-|–)(?: hết)?(?: ngày)? "
    r"(?P<to>\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})?)"
)
_BEFORE = pattern(rf"trước {_CLOCK}?{_WEEKDAY}(?!khi){_DAY}(?: (?P<monthly>(?:hằng|hàng) (?:tháng|quý|năm)))?")
_BY = pattern(
    r"(?:chậm nhất|muộn nhất|đến hết|hết|không (?:quá|muộn hơn)|"
    r"hạn (?:cuối|chót|nộp|gửi)[^.;\d\n]{0,30}?|thời hạn[^.;\d\n]{0,40}?)"
    rf"(?: là)?:?(?: vào| đến| trước)?(?: hết)? {_CLOCK}?{_WEEKDAY}{_DAY}"
)
_AT = pattern(rf"{_CLOCK}{_WEEKDAY}{_DAY}")
_WITHIN = pattern(
    r"(?:trong(?: vòng| thời hạn)?|sau|chậm nhất(?: là)?(?: sau)?|không quá) "
    r"(?P<count>\d{1,3}) ngày(?P<working> làm việc)?"
    r"(?: ?,? ?(?:kể )?từ (?:ngày|khi)[^.;\n]{0,60})?"
)
_EVERY = pattern(
    r"(?:trước|vào) ngày \d{1,2} (?P<monthly>(?:hằng|hàng) (?:tháng|quý|năm))"
    r"|(?:trước|lúc|vào) \d{1,2} ?(?:giờ|[hg:]) ?(?:\d{2})?(?: ?phút)? (?P<daily>(?:hằng|hàng) ngày)"
    r"|(?:định kỳ|báo cáo) (?:theo )?(?P<every>(?:hằng|hàng) (?:ngày|tuần|tháng|quý|năm)|(?:06|6|sáu) tháng|tháng|quý|"
    r"học kỳ|năm học)|(?P<plain>báo cáo định kỳ|định kỳ báo cáo)"
)
_IN_MONTH = pattern(
    r"(?:trong|trước|hết|đầu|giữa|cuối) tháng (?P<in_month>\d{1,2})(?:[/.-]| năm )(?P<of_year>\d{4})(?!\d)"
)
_TO_BE_DONE = pattern(r"(?:hoàn thành|kết thúc|xong|gửi|nộp|báo cáo)[^.;]{0,60}$")
_WEEKDAYS = {"hai": 0, "2": 0, "ba": 1, "3": 1, "tư": 2, "4": 2, "năm": 3, "5": 3, "sáu": 4, "6": 4, "bảy": 5, "7": 5}


def read_deadlines(page: Page) -> list[Deadline]:
    """Return every time the body sets, in the order of the text."""
    return [deadline for paragraph in page.body for deadline in _of_paragraph(page.text, paragraph)]


def doubts_of_deadlines(text: str, deadlines: list[Deadline], issued: Day | None) -> list[Doubt]:
    """Return the deadlines that cannot be, or not before somebody has said more."""
    doubts = []
    for deadline in deadlines:
        doubts.extend(_doubts(text, deadline, issued))
    return doubts


def _of_paragraph(text: str, paragraph: Paragraph) -> list[Deadline]:
    found = []
    for sentence in sentences(text, paragraph):
        taken: list[tuple[int, int]] = []
        for kind, written in (
            ("window", _WINDOW),
            ("before_date", _BEFORE),
            ("by_end_of_date", _BY),
            ("at_time", _AT),
            ("within_days", _WITHIN),
            ("periodic", _EVERY),
            ("window", _IN_MONTH),
        ):
            for match in written.finditer(text, sentence.start, sentence.end):
                if not any(start < match.end() and match.start() < end for start, end in taken):
                    taken.append(match.span())
                    found.append(_deadline(text, match, kind, sentence))  # type: ignore[arg-type]  # of the table above
    return sorted(found, key=lambda each: each.source.start)


def _deadline(text: str, match: re.Match[str], kind: DueKind, sentence: Span) -> Deadline:
    groups = match.groupdict()
    on: date | None = None
    until: date | None = None
    due_at: datetime | None = None
    every = groups.get("monthly") or groups.get("daily") or groups.get("every")
    if groups.get("in_month"):
        on, until = _month(int(groups["in_month"] or 0), int(groups["of_year"] or 0))
    elif kind == "window":
        until = _written_day(text, match, "to")
        on = _written_day(text, match, "from", month=until.month if until else None, year=until.year if until else None)
    elif kind in ("before_date", "by_end_of_date", "at_time"):
        on = _day(text, match).on
        due_at = None if on is None or every else _instant(kind, on, groups)
    return Deadline(
        source=part(text, match, 0, 0.95 if on or until or kind == "within_days" else 0.7),
        sentence=sentence,
        kind="periodic" if groups.get("monthly") else kind,
        on=on,
        due_at=due_at,
        until=until,
        within_days=int(groups["count"]) if groups.get("count") else None,
        working_days=bool(groups.get("working")),
        every=every,
        is_event=kind in ("window", "at_time") and not _is_asked_by_month(text, match, sentence),
    )


def _month(month: int, year: int) -> tuple[date | None, date | None]:
    try:
        first = date(year, month, 1)
    except ValueError:
        return None, None
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _is_asked_by_month(text: str, match: re.Match[str], sentence: Span) -> bool:
    return match.re is _IN_MONTH and _TO_BE_DONE.search(text, sentence.start, match.start()) is not None


def _day(text: str, match: re.Match[str]) -> Day:
    return day_of(text, match, ("day", "month2", "year2") if match["month2"] else ("day", "month", "year"))


def _instant(kind: DueKind, on: date, groups: dict[str, str | None]) -> datetime | None:
    if groups.get("hour"):
        hour, minute = int(groups["hour"] or 0), int(groups.get("minute") or 0)
        if (hour, minute) == (24, 0):
            return datetime.combine(on, time(), ZONE) + timedelta(days=1)
        if hour > 23 or minute > 59:
            return None
        return datetime.combine(on, time(hour, minute), ZONE)
    begins = datetime.combine(on, time(), ZONE)
    return begins if kind == "before_date" else begins + timedelta(days=1)


def _written_day(
    text: str, match: re.Match[str], name: str, *, month: int | None = None, year: int | None = None
) -> date | None:
    numbers = [int(each) for each in re.split(r"[/.-]", text[match.start(name) : match.end(name)])]
    whole = (*numbers, *((None, month, year)[len(numbers) :]))
    if None in whole:
        return None
    try:
        return date(whole[2] or 0, whole[1] or 0, whole[0] or 0)
    except ValueError:
        return None


def _doubts(text: str, deadline: Deadline, issued: Day | None) -> list[Doubt]:
    doubts: list[Doubt] = []
    where = deadline.source
    if not deadline.is_event and _IN_MONTH.fullmatch(text, where.start, where.end):
        doubts.append(Doubt("day-missing", "Thời hạn chỉ ghi tháng.", "The deadline names a month and no day.", where))
    for written in (_WINDOW, _BEFORE, _BY, _AT):
        match = written.fullmatch(text, where.start, where.end)
        if match is None:
            continue
        if written is _WINDOW:
            if deadline.on is not None and deadline.until is not None and deadline.until < deadline.on:
                doubts.append(
                    Doubt("window-backwards", "Ngày cuối trước ngày đầu.", "It ends before it begins.", where)
                )
            break
        day = _day(text, match)
        if day.on is None and deadline.kind != "periodic":
            whole = None not in (day.day, day.month, day.year)
            doubts.append(
                Doubt("date-impossible", "Không có ngày này.", "There is no such day.", where)
                if whole
                else Doubt("year-missing", "Thời hạn không ghi năm.", "The deadline names no year.", where)
            )
        elif day.on is not None and match["weekday"] and _weekday(match["weekday"]) != day.on.weekday():
            doubts.append(
                Doubt(
                    "weekday-differs",
                    f"Ngày {day.on:%d/%m/%Y} không phải {match['weekday']}.",
                    f"{day.on} is another day of the week.",
                    where,
                )
            )
        break
    if issued is not None and deadline.on is not None and _before(deadline, issued):
        doubts.append(
            Doubt(
                "deadline-before-document",
                "Thời hạn ở trước ngày ban hành văn bản.",
                "The deadline lies before the day of the document.",
                where,
            )
        )
    return doubts


def _weekday(written: str) -> int:
    return 6 if written.lower().startswith("chủ") else _WEEKDAYS[written.rsplit(maxsplit=1)[-1].lower()]


def _before(deadline: Deadline, issued: Day) -> bool:
    last = deadline.until or deadline.on
    if last is None:
        return False
    if issued.on is not None:
        return last < issued.on
    return issued.year is not None and (last.year, last.month) < (issued.year, issued.month or 1)
