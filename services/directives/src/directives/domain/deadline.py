"""From a deadline as written, "trước ngày 31/3/2023", to an instant, and back to words. The days are Vietnam's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from unicodedata import normalize

from chassis.clock import VIETNAM
from chassis.workdays import WorkingCalendar
from directives.problems import DuePhraseUnreadable

Semantics = Literal["before_date", "by_end_of_date", "at_time"]
"""Before a day, so until the end of the one before it; until the end of a day; until a time of a day."""

ONE_DAY = timedelta(days=1)
END_OF_DAY = 24
FIRST_YEAR, LAST_YEAR = 2000, 2100

_DATE = (
    r"(?:ngày )?(?P<day>\d{1,2}) ?(?:[/.-] ?| ?tháng )(?P<month>\d{1,2})(?!\d)"
    r"(?:(?: ?[/.-] ?| ?năm )(?P<year>\d{4})(?!\d))?"
)
_TIME = r"(?P<hour>\d{1,2}) ?(?:giờ|h|g(?!i)|:) ?(?:(?P<minute>\d{2})(?: ?phút|')? ?)?(?:, ?|của )?"
_BY = r"(?:chậm nhất|muộn nhất|không muộn hơn|không quá|đến hết|đến|hết|trong|vào|hạn cuối|hạn nộp|hạn chót|hạn)"
_MONTH = r"tháng (?P<month>\d{1,2})(?: ?[/.-] ?| năm )(?P<year>\d{4})(?!\d)"
_BEFORE = re.compile(rf"(?<!\w)trước (?:{_TIME})?{_DATE}")
_UNTIL = re.compile(rf"(?<!\w){_BY}(?: ?:)?(?: (?:là|vào|đến|hết|lúc|trong))* (?:{_TIME})?{_DATE}")
_BARE = re.compile(rf"^(?:{_TIME})?{_DATE}$")
_MONTHS = re.compile(rf"(?<!\w)(?P<how>trước|{_BY})(?: (?:là|vào|đến|hết|trong))* {_MONTH}")
_WITHIN = re.compile(
    r"(?<!\w)(?P<count>\d{1,3}) ngày(?P<working> làm việc)?,? (?:kể từ|tính từ|từ|sau)(?: (?:khi|lúc))?"
    rf"(?: {_DATE}| (?:ngày )?(?:ký|ban hành|phát hành|nhận)\b)"
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline that was read: what it means, and the instant."""

    semantics: Semantics
    due_at: datetime
    is_year_assumed: bool = False
    """The phrase names no year: it is the first such day from the day of issue on."""

    @property
    def last_day(self) -> date:
        """Return the last day on which an answer is in time."""
        return last_day(self.due_at)


def start_of(day: date) -> datetime:
    """Return the instant at which a day begins in Vietnam, and the one before it ends."""
    return datetime.combine(day, time(), VIETNAM)


def last_day(due_at: datetime) -> date:
    """Return the last day before an instant: midnight still belongs to the day that ends."""
    return (due_at.astimezone(VIETNAM) - timedelta(microseconds=1)).date()


def due(semantics: Semantics, day: date, at: time | None = None) -> datetime:
    """Return the instant a deadline means."""
    if semantics == "before_date":
        return start_of(day)
    if semantics == "by_end_of_date" or at is None:
        return start_of(day + ONE_DAY)
    return datetime.combine(day, at, VIETNAM)


def words(due_at: datetime) -> tuple[str, str]:
    """Return the instant as people are shown it, in Vietnamese and in English: midnight is the end of a day."""
    local = due_at.astimezone(VIETNAM)
    day = last_day(due_at)
    at = f"{local:%H:%M}" if local.time() != time() else f"{END_OF_DAY}:00"
    written = f"{day.day}/{day.month}/{day.year}"
    return f"Hạn: {at} ngày {written}", f"Due: {at} on {written} (Viet Nam time)"


def read(phrase: str, *, issued_on: date, calendar: WorkingCalendar) -> Deadline:
    """Return the one deadline a phrase states; raise `DuePhraseUnreadable` when it states none, or several.

    "Trước ngày" is until the end of the day before. Days "kể từ" an event begin the day after it and end at 24:00; the
    last of them is a working day (Bộ luật Dân sự 2015, Điều 147 và 148).
    """
    text = normalize("NFC", " ".join(phrase.split())).lower()
    try:
        found = set(_deadlines(text, issued_on, calendar))
    except (ValueError, OverflowError) as error:
        raise DuePhraseUnreadable(
            f"Thời hạn «{phrase}» nêu một ngày hoặc giờ không có.",
            f"The deadline “{phrase}” names a day or an hour that does not exist.",
            found=[],
        ) from error
    if len(found) != 1:
        raise DuePhraseUnreadable(
            f"Không đọc được thời hạn «{phrase}»: " + ("có nhiều thời hạn." if found else "không thấy ngày nào."),
            f"“{phrase}” states " + ("several deadlines." if found else "no deadline that can be read."),
            found=sorted(each.due_at.isoformat() for each in found),
        )
    return found.pop()


def _deadlines(text: str, issued_on: date, calendar: WorkingCalendar) -> Iterator[Deadline]:
    for each in _WITHIN.finditer(text):
        yield _within(each, issued_on, calendar)
    # What was counted from is no deadline itself.
    text = _WITHIN.sub(" ", text)
    for each in _BEFORE.finditer(text):
        yield _dated(each, "before_date", issued_on)
    for each in (*_UNTIL.finditer(text), *_BARE.finditer(text)):
        yield _dated(each, "by_end_of_date", issued_on)
    for each in _MONTHS.finditer(text):
        first = _date(int(each["year"]), int(each["month"]), 1)
        if each["how"] == "trước":
            yield Deadline("before_date", due("before_date", first))
        else:
            yield Deadline("by_end_of_date", start_of((first + 31 * ONE_DAY).replace(day=1)))


def _dated(found: re.Match[str], without_time: Semantics, issued_on: date) -> Deadline:
    day, is_year_assumed = _day(found, issued_on)
    if found["hour"] is None:
        return Deadline(without_time, due(without_time, day), is_year_assumed)
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if (hour, minute) == (END_OF_DAY, 0):
        return Deadline("at_time", start_of(day + ONE_DAY), is_year_assumed)
    return Deadline("at_time", due("at_time", day, time(hour, minute)), is_year_assumed)


def _day(found: re.Match[str], issued_on: date) -> tuple[date, bool]:
    day, month = int(found["day"]), int(found["month"])
    if found["year"] is not None:
        return _date(int(found["year"]), month, day), False
    this_year = _date(issued_on.year, month, day)
    return (this_year if this_year >= issued_on else _date(issued_on.year + 1, month, day)), True


def _date(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError("no letter is due in another century")
    return date(year, month, day)


def _within(found: re.Match[str], issued_on: date, calendar: WorkingCalendar) -> Deadline:
    start, is_year_assumed = _day(found, issued_on) if found["day"] else (issued_on, False)
    count = int(found["count"])
    end = calendar.count(start, count) if found["working"] else calendar.not_before(start + count * ONE_DAY)
    return Deadline("by_end_of_date", due("by_end_of_date", end), is_year_assumed)
