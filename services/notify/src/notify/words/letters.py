"""What letters say, in Vietnamese and in English. Pure; nothing in a letter names a person."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from unicodedata import normalize

from notify.domain import TO_THE_OPERATORS, Kind, Quoted, Text
from notify.words.notices import NOTICE_WRITERS
from notify.words.parts import Line, Written, deadline, in_english, moment, one_line
from notify.words.publishing import PUBLISHING_WRITERS
from notify.words.refusals import refusal
from notify.words.reviews import REVIEW_WRITERS
from notify.words.waiting import WAITING_WRITERS

SUBJECT_LENGTH = 120
"""Characters of a directive's subject that a letter's own subject repeats; mail programs show about as many."""


def write(kind: Kind, quoted: Quoted) -> Text:
    """Return the words of a letter."""
    title, opening, lines, closing = parts(kind, quoted)
    code, subject = one_line(quoted.code), _shortened(one_line(quoted.subject))
    if kind in TO_THE_OPERATORS:
        return Text(
            subject_vi=title[0],
            body_vi=_body("Kính gửi Thầy/Cô,", opening[0], [line[0] for line in lines], closing[0]),
            subject_en=title[1],
            body_en=_body("Dear colleague,", opening[1], [line[1] for line in lines], closing[1]),
        )
    return Text(
        subject_vi=normalize("NFC", f"{code}: {title[0]} – {subject}"),
        body_vi=_body("Kính gửi Thầy/Cô,", opening[0], [line[0] for line in lines], closing[0]),
        subject_en=normalize("NFC", f"{code}: {title[1]} – {subject}"),
        body_en=_body("Dear colleague,", opening[1], [line[1] for line in lines], closing[1]),
    )


def parts(kind: Kind, quoted: Quoted) -> Written:
    """Return what a letter is made of: title, opening, every line, closing."""
    title, opening, more, closing = _WRITERS[kind](quoted)
    return title, opening, more if kind in TO_THE_OPERATORS else [*_about(quoted), *more], closing


def _about(quoted: Quoted) -> list[Line]:
    code, subject, owed = one_line(quoted.code), one_line(quoted.subject), quoted.owed
    directive = (f"Văn bản: {code} – {subject}", f"Directive: {code} – {subject}")
    if owed is None:
        return [directive]
    due, requirement = deadline(owed.due_at), one_line(owed.requirement)
    unit_vi = unit_en = owed.unit_id
    if owed.answering_unit_id != owed.unit_id:
        unit_vi += f" (đơn vị trả lời: {owed.answering_unit_id})"
        unit_en += f" (answered by: {owed.answering_unit_id})"
    return [
        directive,
        (f"Yêu cầu: {requirement}", f"Requirement: {requirement}"),
        (f"Mã đơn vị: {unit_vi}", f"Unit: {unit_en}"),
        (f"Hạn nộp: {due}", f"Due: {in_english(due)} (Viet Nam time)"),
    ]


def _obligation_opened(quoted: Quoted) -> Written:
    if quoted.more.get("continues"):
        return (
            ("việc tiếp tục thực hiện theo văn bản thay thế", "what was asked before is asked by a new directive"),
            (
                "Văn bản dưới đây thay thế văn bản trước và yêu cầu như cũ đối với đơn vị của Thầy/Cô.",
                "The directive below replaces an earlier one and asks your unit for the same.",
            ),
            [],
            (
                "Bài đã nộp mà không bị trả lại được tự động chuyển sang, không phải nộp lại; nếu chưa nộp, "
                "mời Thầy/Cô nộp trước khi hết hạn.",
                "What was submitted and not returned is carried over and need not be sent again; if nothing was, "
                "please submit before it is due.",
            ),
        )
    return (
        ("việc cần thực hiện", "an answer is due"),
        (
            "Đơn vị của Thầy/Cô có yêu cầu cần thực hiện theo văn bản dưới đây.",
            "Your unit owes an answer to the directive below.",
        ),
        [(f"Kỳ báo cáo: {period}", f"Period: {period}")] if (period := quoted.more.get("period")) else [],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem nội dung và nộp trước khi hết hạn.",
            "Please sign in to Congvan to read it and to submit before it is due.",
        ),
    )


def _obligation_transferred(quoted: Quoted) -> Written:
    return (
        ("việc được chuyển đến đơn vị", "an answer is yours to give now"),
        (
            "Đơn vị có trách nhiệm trả lời trước đây không còn; từ nay đơn vị của Thầy/Cô thực hiện yêu cầu dưới đây.",
            "The unit that was to answer is no more; your unit answers the directive below from now on.",
        ),
        [(f"Trước đây: {quoted.more['former']}", f"Formerly: {quoted.more['former']}")],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem những gì đã nộp và làm tiếp trước khi hết hạn.",
            "Please sign in to Congvan to see what was submitted so far, and go on before it is due.",
        ),
    )


def _submission_submitted(quoted: Quoted) -> Written:
    number, received = quoted.more["number"], moment(quoted.occurred_at)
    more: list[Line] = [
        (f"Bản nộp: lần {number}", f"Submission: no. {number}"),
        (f"Thời điểm nhận: {received}", f"Received: {in_english(received)} (Viet Nam time)"),
    ]
    if quoted.more["is_nil"]:
        more.append(("Nội dung: báo cáo không phát sinh", "Content: a nil report"))
    if quoted.more["media_count"]:
        more.append((f"Tệp minh chứng: {quoted.more['media_count']}", f"Files: {quoted.more['media_count']}"))
    if "files_until" in quoted.more:
        until = deadline(datetime.fromisoformat(quoted.more["files_until"]))
        more.append(
            (
                f"Còn thiếu tệp minh chứng: mời bổ sung trước {until}",
                f"Files are still awaited: please add them before {in_english(until)} (Viet Nam time)",
            )
        )
    if quoted.more["is_late"]:
        more.append(("Lưu ý: nộp sau hạn", "Note: submitted late"))
    return (
        (f"đã nhận bản nộp lần {number}", f"submission no. {number} received"),
        ("Hệ thống đã nhận bản nộp của Thầy/Cô.", "Your submission has been received."),
        more,
        ("Thư này là biên nhận; Thầy/Cô không cần trả lời.", "This letter is your receipt; no answer is needed."),
    )


def _submission_returned(quoted: Quoted) -> Written:
    number = quoted.more["number"]
    more: list[Line] = []
    if "due_again" in quoted.more:
        again = deadline(datetime.fromisoformat(quoted.more["due_again"]))
        more.append((f"Hạn nộp lại: {again}", f"Due again: {in_english(again)} (Viet Nam time)"))
    return (
        (f"đề nghị bổ sung, chỉnh sửa bản nộp lần {number}", f"submission no. {number} returned for revision"),
        (
            f"Bản nộp lần {number} của đơn vị được trả lại để bổ sung, chỉnh sửa.",
            f"Submission no. {number} of your unit was returned for revision.",
        ),
        more,
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem lý do và nộp lại.",
            "Please sign in to Congvan to read the reason and to submit again.",
        ),
    )


def _submission_accepted(quoted: Quoted) -> Written:
    number = quoted.more["number"]
    return (
        (f"bản nộp lần {number} đã được duyệt", f"submission no. {number} accepted"),
        (
            f"Bản nộp lần {number} của đơn vị đã được duyệt. Trân trọng cảm ơn Thầy/Cô.",
            f"Submission no. {number} of your unit was accepted. Thank you.",
        ),
        [],
        _NOTHING_MORE,
    )


def _media_rejected(quoted: Quoted) -> Written:
    return (
        ("tệp minh chứng chưa đạt", "a file was not accepted"),
        (
            "Một tệp Thầy/Cô tải lên chưa đạt yêu cầu nên chưa được dùng.",
            "A file you uploaded does not meet the requirement and is not used.",
        ),
        [refusal(quoted.more)],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để tải lên tệp khác.",
            "Please sign in to Congvan to upload another file.",
        ),
    )


def _media_withdrawn(_quoted: Quoted) -> Written:
    return (
        ("một tệp minh chứng đã được thu hồi", "a file was withdrawn"),
        (
            "Một tệp gửi theo yêu cầu dưới đây đã được thu hồi. Tệp không còn xem được ở bất cứ đâu trong hệ thống.",
            "A file sent for the requirement below was withdrawn. Nobody can look at it in the system any more.",
        ),
        [],
        (
            "Nếu Thầy/Cô đã tải tệp về máy, đề nghị xóa bản đó và không chia sẻ tiếp.",
            "If you have downloaded the file, please delete that copy and do not pass it on.",
        ),
    )


def _extension_asked(quoted: Quoted) -> Written:
    return (
        ("đơn vị xin gia hạn", "a later deadline is asked for"),
        (
            "Một đơn vị xin gia hạn thực hiện yêu cầu dưới đây và đang chờ quyết định.",
            "A unit asks for a later deadline for the requirement below and waits for a decision.",
        ),
        [_wished(quoted)],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem lý do và quyết định.",
            "Please sign in to Congvan to read the reason and to decide.",
        ),
    )


def _extension_refused(quoted: Quoted) -> Written:
    return (
        ("đề nghị gia hạn không được chấp thuận", "a later deadline was refused"),
        (
            "Đề nghị gia hạn của đơn vị không được chấp thuận; hạn nộp giữ nguyên.",
            "Your unit's request for a later deadline was refused; the deadline stays.",
        ),
        [_wished(quoted)],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem lý do và nộp trước khi hết hạn.",
            "Please sign in to Congvan to read the reason, and submit before it is due.",
        ),
    )


def _wished(quoted: Quoted) -> Line:
    wished = deadline(datetime.fromisoformat(quoted.more["wished"]))
    return f"Hạn xin gia hạn: {wished}", f"Deadline asked for: {in_english(wished)} (Viet Nam time)"


def _obligation_extended(_quoted: Quoted) -> Written:
    return (
        ("được gia hạn", "the deadline is later now"),
        (
            "Đơn vị của Thầy/Cô được gia hạn; hạn nộp mới ghi dưới đây.",
            "Your unit has more time; the new deadline is below.",
        ),
        [],
        ("Mời Thầy/Cô nộp trước khi hết hạn mới.", "Please submit before the new deadline."),
    )


def _obligation_exempted(_quoted: Quoted) -> Written:
    return (
        ("được miễn thực hiện", "your unit is exempt"),
        (
            "Đơn vị của Thầy/Cô được miễn thực hiện yêu cầu dưới đây.",
            "Your unit need not answer the requirement below.",
        ),
        [],
        _NOTHING_MORE,
    )


def _obligation_reopened(_quoted: Quoted) -> Written:
    return (
        ("cần thực hiện lại, không còn được miễn", "your unit is exempt no more"),
        (
            "Việc miễn đã được thu hồi; đơn vị của Thầy/Cô cần thực hiện yêu cầu dưới đây.",
            "The exemption was taken back; your unit owes an answer to the directive below.",
        ),
        [],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem nội dung và nộp trước khi hết hạn.",
            "Please sign in to Congvan to read it and to submit before it is due.",
        ),
    )


def _submission_carried(_quoted: Quoted) -> Written:
    return (
        ("bài đã nộp được chuyển sang văn bản này", "your submission was carried over"),
        (
            "Bài đơn vị đã nộp theo văn bản được thay thế được tính cho yêu cầu dưới đây.",
            "What your unit submitted to the directive that was replaced answers the requirement below.",
        ),
        [],
        (
            "Đơn vị không phải nộp lại, trừ khi được yêu cầu bổ sung.",
            "It need not be sent again, unless it is returned for revision.",
        ),
    )


def _obligation_recalled(_quoted: Quoted) -> Written:
    return (
        ("văn bản đã được thu hồi", "the directive was recalled"),
        (
            "Văn bản dưới đây đã được thu hồi; yêu cầu này không còn phải thực hiện.",
            "The directive below was recalled; this requirement need not be answered any more.",
        ),
        [],
        _NOTHING_MORE,
    )


def _obligation_assigned(_quoted: Quoted) -> Written:
    return (
        ("Thầy/Cô được phân công thực hiện", "you are to see to this"),
        (
            "Thủ trưởng đơn vị phân công Thầy/Cô thực hiện yêu cầu dưới đây.",
            "The head of your unit asks you to see to the requirement below.",
        ),
        [],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem nội dung và nộp trước khi hết hạn.",
            "Please sign in to Congvan to read it and to submit before it is due.",
        ),
    )


_NOTHING_MORE: Line = (
    "Đơn vị không cần làm gì thêm cho yêu cầu này.",
    "Nothing more is needed for this requirement.",
)
_WRITERS: Mapping[Kind, Callable[[Quoted], Written]] = MappingProxyType(
    {
        Kind.OBLIGATION_OPENED: _obligation_opened,
        Kind.OBLIGATION_TRANSFERRED: _obligation_transferred,
        Kind.SUBMISSION_SUBMITTED: _submission_submitted,
        Kind.SUBMISSION_RETURNED: _submission_returned,
        Kind.SUBMISSION_ACCEPTED: _submission_accepted,
        Kind.MEDIA_REJECTED: _media_rejected,
        Kind.MEDIA_WITHDRAWN: _media_withdrawn,
        Kind.MEDIA_HIDDEN: _media_withdrawn,
        Kind.EXTENSION_ASKED: _extension_asked,
        Kind.EXTENSION_REFUSED: _extension_refused,
        Kind.OBLIGATION_EXTENDED: _obligation_extended,
        Kind.OBLIGATION_EXEMPTED: _obligation_exempted,
        Kind.OBLIGATION_REOPENED: _obligation_reopened,
        Kind.OBLIGATION_RECALLED: _obligation_recalled,
        **WAITING_WRITERS,
        Kind.SUBMISSION_CARRIED: _submission_carried,
        Kind.OBLIGATION_ASSIGNED: _obligation_assigned,
        **NOTICE_WRITERS,
        **REVIEW_WRITERS,
        **PUBLISHING_WRITERS,
    }
)


def _body(greeting: str, opening: str, lines: list[str], closing: str) -> str:
    return normalize("NFC", "\n".join([greeting, "", opening, "", *lines, "", closing]))


def _shortened(text: str) -> str:
    return text if len(text) <= SUBJECT_LENGTH else text[: SUBJECT_LENGTH - 1].rstrip() + "…"
