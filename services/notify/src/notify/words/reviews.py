"""What letters around a review say. Pure; nothing in a letter names a person."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from notify.domain import Kind, Quoted
from notify.words.parts import Line, Written, deadline, in_english

_SIGN_IN: Line = (
    "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem.",
    "Please sign in to Congvan to read it.",
)


def _handed_up(_quoted: Quoted) -> Written:
    return (
        ("có báo cáo chờ Thầy/Cô phê duyệt", "a draft waits for your approval"),
        (
            "Bản nháp trả lời yêu cầu dưới đây đã được trình Thầy/Cô phê duyệt trước khi nộp.",
            "The draft that answers the requirement below waits for your approval before it is sent.",
        ),
        [],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem, phê duyệt hoặc trả lại.",
            "Please sign in to Congvan to read it, and to approve it or send it back.",
        ),
    )


def _approved(_quoted: Quoted) -> Written:
    return (
        ("bản nháp đã được phê duyệt", "the draft was approved"),
        (
            "Thủ trưởng đơn vị đã phê duyệt bản nháp trả lời yêu cầu dưới đây.",
            "The head of your unit approved the draft that answers the requirement below.",
        ),
        [],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để nộp; nếu sửa tiếp thì phải trình lại.",
            "Please sign in to Congvan to submit it; whatever is changed must be approved anew.",
        ),
    )


def _sent_back(_quoted: Quoted) -> Written:
    return (
        ("bản nháp được trả lại để sửa", "the draft was sent back"),
        (
            "Thủ trưởng đơn vị trả lại bản nháp trả lời yêu cầu dưới đây để sửa.",
            "The head of your unit wants the draft that answers the requirement below changed.",
        ),
        [],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem lý do, sửa và trình lại.",
            "Please sign in to Congvan to read why, to change it and to hand it up again.",
        ),
    )


def _withdrawn(quoted: Quoted) -> Written:
    number = quoted.more["number"]
    return (
        (f"đơn vị rút lại bản nộp lần {number}", f"submission no. {number} withdrawn"),
        (
            f"Đơn vị đã rút lại bản nộp lần {number}; số liệu của bản này không còn được tính.",
            f"The unit withdrew submission no. {number}; nothing it stated counts any more.",
        ),
        [],
        ("Thầy/Cô không cần duyệt bản này.", "It need not be reviewed."),
    )


def _correction_asked(quoted: Quoted) -> Written:
    number = quoted.more["number"]
    return (
        ("đơn vị xin đính chính báo cáo", "a unit asks to correct its answer"),
        (
            f"Một đơn vị xin đính chính bản nộp lần {number}, đã duyệt hoặc đã khóa sổ, và đang chờ quyết định.",
            f"A unit asks to correct submission no. {number}, which was accepted or closed, and waits for a decision.",
        ),
        [],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem lý do và quyết định.",
            "Please sign in to Congvan to read the reason and to decide.",
        ),
    )


def _correction_granted(quoted: Quoted) -> Written:
    until = deadline(datetime.fromisoformat(quoted.more["until"]))
    return (
        ("được nộp bản đính chính", "your unit may correct its answer"),
        (
            "Đơn vị được nộp thêm một bản đính chính; bản đã nộp vẫn được tính cho đến khi đó.",
            "Your unit may send one more version; what was submitted counts until then.",
        ),
        [(f"Nộp chậm nhất: {until}", f"No later than: {in_english(until)} (Viet Nam time)")],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để nộp bản đính chính.",
            "Please sign in to Congvan to send it.",
        ),
    )


def _correction_refused(_quoted: Quoted) -> Written:
    return (
        ("đề nghị đính chính không được chấp thuận", "the correction was refused"),
        (
            "Đề nghị đính chính của đơn vị không được chấp thuận; bản đã nộp giữ nguyên.",
            "Your unit's request to correct its answer was refused; what was submitted stays.",
        ),
        [],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem lý do.",
            "Please sign in to Congvan to read the reason.",
        ),
    )


def _comment_by_unit(quoted: Quoted) -> Written:
    number = quoted.more["number"]
    return (
        (f"đơn vị trao đổi về bản nộp lần {number}", f"a unit wrote about submission no. {number}"),
        ("Đơn vị có trao đổi về bản nộp dưới đây.", "The unit wrote about the submission below."),
        [],
        _SIGN_IN,
    )


def _comment_by_desk(quoted: Quoted) -> Written:
    number = quoted.more["number"]
    return (
        (f"có trao đổi về bản nộp lần {number}", f"a comment on submission no. {number}"),
        (
            "Chuyên viên phụ trách có trao đổi về bản nộp của đơn vị.",
            "The desk that reviews it wrote about your unit's submission.",
        ),
        [],
        _SIGN_IN,
    )


REVIEW_WRITERS: Mapping[Kind, Callable[[Quoted], Written]] = MappingProxyType(
    {
        Kind.DRAFT_HANDED_UP: _handed_up,
        Kind.DRAFT_APPROVED: _approved,
        Kind.DRAFT_SENT_BACK: _sent_back,
        Kind.SUBMISSION_WITHDRAWN: _withdrawn,
        Kind.CORRECTION_ASKED: _correction_asked,
        Kind.CORRECTION_GRANTED: _correction_granted,
        Kind.CORRECTION_REFUSED: _correction_refused,
        Kind.COMMENT_BY_UNIT: _comment_by_unit,
        Kind.COMMENT_BY_DESK: _comment_by_desk,
    }
)
