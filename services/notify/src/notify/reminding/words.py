"""What reminders say, in Vietnamese and in English. Pure; nothing in one names a person."""

from collections.abc import Sequence
from datetime import datetime
from unicodedata import normalize

from notify.domain import Kind, Text
from notify.reminding.ladder import Timetable
from notify.reminding.store.digests import Line
from notify.words.parts import Line as Bilingual
from notify.words.parts import Written, deadline, in_english, moment, one_line
from notify.words.short import SHORT_SUBJECT, shortened

MOST_LINES = 40
"""Things one letter names; of the rest it says how many they are."""
MOST_UNITS = 30
SUBJECT_LENGTH = 120

_TITLES: dict[Kind, tuple[Bilingual, Bilingual]] = {
    Kind.REMINDER_NEAR: (
        ("nhắc việc sắp đến hạn", "an answer is due soon"),
        (
            "Đơn vị của Thầy/Cô chưa nộp báo cáo theo yêu cầu dưới đây.",
            "Your unit has not yet answered what is asked below.",
        ),
    ),
    Kind.REMINDER_TODAY: (
        ("hôm nay là hạn nộp", "an answer is due today"),
        (
            "Hôm nay là ngày cuối cùng để đơn vị của Thầy/Cô nộp báo cáo theo yêu cầu dưới đây.",
            "Today is the last day for your unit to answer what is asked below.",
        ),
    ),
    Kind.REMINDER_OVERDUE: (
        ("đã quá hạn nộp", "an answer is overdue"),
        (
            "Đã quá hạn mà yêu cầu dưới đây chưa được trả lời. Đề nghị thủ trưởng đơn vị chỉ đạo thực hiện.",
            "What is asked below is overdue. The head of the unit is asked to see to it.",
        ),
    ),
    Kind.REMINDER_DESK: (
        ("danh sách đôn đốc", "who has not answered"),
        (
            "Các đơn vị dưới đây đã quá hạn mà chưa nộp.",
            "The units below have not answered, and are overdue.",
        ),
    ),
    Kind.REMINDER_RECEIPT: (
        ("chưa xác nhận tiếp nhận văn bản", "receipt not acknowledged"),
        (
            "Đơn vị của Thầy/Cô chưa xác nhận đã tiếp nhận văn bản dưới đây.",
            "Your unit has not yet acknowledged the directive below.",
        ),
    ),
    Kind.NUDGE: (
        ("đôn đốc thực hiện", "a word from the desk"),
        (
            "Đề nghị đơn vị của Thầy/Cô khẩn trương thực hiện yêu cầu dưới đây.",
            "Your unit is asked to see to what is asked below.",
        ),
    ),
}
_CLOSING: Bilingual = (
    "Mời Thầy/Cô đăng nhập hệ thống Công văn để thực hiện. Nếu đã nộp sau khi thư này được gửi, xin bỏ qua thư.",
    "Please sign in to Congvan to see to it. If you did since this letter left, please disregard it.",
)
_CLOSING_DESK: Bilingual = (
    "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem danh sách và đôn đốc.",
    "Please sign in to Congvan to see the list and to nudge.",
)


def kind_of(lines: Sequence[Line], now: datetime, timetable: Timetable) -> Kind:
    """Return what kind of reminder speaks of these lines; they are of one step."""
    first = lines[0]
    if first.awaited == "acknowledgement":
        return Kind.REMINDER_RECEIPT
    if first.audience == "desk":
        return Kind.REMINDER_DESK
    if first.counted_from <= now:
        return Kind.REMINDER_OVERDUE
    return Kind.REMINDER_TODAY if timetable.days_left(first.counted_from, now) == 0 else Kind.REMINDER_NEAR


def write(
    kind: Kind, lines: Sequence[Line], *, timetable: Timetable, now: datetime, message: str | None = None
) -> Text:
    """Return the words of a reminder about at least one thing; `message` is what a desk adds in its own."""
    title, opening, said, closing = _parts(kind, lines, timetable, now)
    if message:
        said = [*said, ("", ""), (f"Ý kiến của Sở: {one_line(message)}", f"The desk writes: {one_line(message)}")]
    first = lines[0]
    about = [f"{one_line(first.code)}: {each} – {_shortened(one_line(first.subject))}" for each in title]
    if len({line.directive_id for line in lines}) > 1:
        about = [f"{title[0].capitalize()}: {len(lines)} việc", f"{title[1].capitalize()}: {len(lines)} matters"]
    return Text(
        subject_vi=normalize("NFC", about[0]),
        body_vi=_body("Kính gửi Thầy/Cô,", opening[0], [line[0] for line in said], closing[0]),
        subject_en=normalize("NFC", about[1]),
        body_en=_body("Dear colleague,", opening[1], [line[1] for line in said], closing[1]),
    )


def values(
    kind: Kind,
    lines: Sequence[Line],
    *,
    timetable: Timetable,
    now: datetime,
    message: str | None = None,
    english: bool,
) -> dict[str, str]:
    """Return what stands for each placeholder of a template in a reminder.

    What is not the same for everything it speaks of is empty: a digest of three directives has no `code`.
    """
    tongue = 1 if english else 0
    title, opening, said, closing = _parts(kind, lines, timetable, now)
    first = lines[0]
    is_one_directive = len({line.directive_id for line in lines}) == 1
    is_one = len(lines) == 1
    subject = one_line(first.subject) if is_one_directive else ""
    dues = {line.counted_from for line in lines if line.awaited == "answer"}
    due = deadline(dues.pop()) if len(dues) == 1 and first.awaited == "answer" else ""
    return {
        "code": one_line(first.code) if is_one_directive else "",
        "subject": _shortened(subject),
        "short_subject": shortened(subject, SHORT_SUBJECT, "…"),
        "requirement": one_line(first.requirement or "") if is_one else "",
        "unit": first.unit_id if is_one else "",
        "due": in_english(due) if english else due,
        "title": title[tongue],
        "opening": opening[tongue],
        "details": "\n".join(line[tongue] for line in said),
        "closing": closing[tongue],
        "count": str(len(lines)),
        "message": one_line(message or ""),
    }


def _parts(kind: Kind, lines: Sequence[Line], timetable: Timetable, now: datetime) -> Written:
    title, opening = _TITLES[kind]
    said = _by_requirement(lines) if kind is Kind.REMINDER_DESK else _one_by_one(lines, timetable, now)
    if len(said) > MOST_LINES:
        more = len(said) - MOST_LINES
        said = [*said[:MOST_LINES], (f"… và {more} việc khác.", f"… and {more} more.")]
    return title, opening, said, _CLOSING_DESK if kind is Kind.REMINDER_DESK else _CLOSING


def _one_by_one(lines: Sequence[Line], timetable: Timetable, now: datetime) -> list[Bilingual]:
    return [_line(line, timetable, now) for line in lines]


def _line(line: Line, timetable: Timetable, now: datetime) -> Bilingual:
    code, subject = one_line(line.code), _shortened(one_line(line.subject))
    about = f"- {code} – {one_line(line.requirement) if line.requirement else subject}"
    unit = line.unit_id if line.unit_id == line.answering_unit_id else f"{line.unit_id} ({line.answering_unit_id})"
    if line.awaited == "acknowledgement":
        sent = moment(line.counted_from)
        return (
            f"{about}. Mã đơn vị: {unit}. Gửi lúc: {sent}.",
            f"{about}. Unit: {unit}. Sent: {in_english(sent)} (Viet Nam time).",
        )
    due, left = deadline(line.counted_from), timetable.days_left(line.counted_from, now)
    if line.counted_from <= now:
        vi, en = "đã quá hạn", "overdue"
    elif left == 0:
        vi, en = "hôm nay", "today"
    else:
        vi, en = f"còn {left} ngày làm việc", f"{left} working {'day' if left == 1 else 'days'} left"
    state = ("BỊ TRẢ LẠI, CHƯA NỘP LẠI", "returned, not sent again") if line.is_returned else ("CHƯA NỘP", "not sent")
    return (
        f"{about}. Mã đơn vị: {unit}. Hạn nộp: {due} ({vi}). Trạng thái: {state[0]}.",
        f"{about}. Unit: {unit}. Due: {in_english(due)} (Viet Nam time; {en}). State: {state[1]}.",
    )


def _by_requirement(lines: Sequence[Line]) -> list[Bilingual]:
    asked: dict[object, list[Line]] = {}
    for line in lines:
        asked.setdefault(line.requirement_id, []).append(line)
    return [_list(owing) for owing in asked.values()]


def _list(owing: Sequence[Line]) -> Bilingual:
    first, units = owing[0], sorted({line.unit_id for line in owing})
    about = f"- {one_line(first.code)} – {one_line(first.requirement or first.subject)}"
    named, more = ", ".join(units[:MOST_UNITS]), len(units) - MOST_UNITS
    vi = f"{named} … và {more} đơn vị khác" if more > 0 else named
    en = f"{named} … and {more} more" if more > 0 else named
    return (f"{about}: {len(units)} đơn vị chưa nộp: {vi}.", f"{about}: {len(units)} units have not answered: {en}.")


def _shortened(text: str) -> str:
    return text if len(text) <= SUBJECT_LENGTH else text[: SUBJECT_LENGTH - 1].rstrip() + "…"


def _body(greeting: str, opening: str, lines: list[str], closing: str) -> str:
    return normalize("NFC", "\n".join([greeting, "", opening, "", *lines, "", closing]))
