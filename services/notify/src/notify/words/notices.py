"""What letters about a directive as a whole say. Pure; nothing in a letter names a person."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from notify.domain import Kind, Quoted
from notify.words.parts import Line, Written, one_line

_PURPOSES: Mapping[str, Line] = MappingProxyType(
    {
        "execute": ("để thực hiện", "to act on"),
        "inform": ("để biết", "to know"),
        "report_to": ("để báo cáo", "as a report"),
        "coordinate": ("để phối hợp", "to work along"),
        "monitor": ("để theo dõi", "to follow"),
        "archive": ("để lưu", "to keep"),
    }
)


def _directive_replaced(quoted: Quoted) -> Written:
    by = one_line(quoted.more["by_code"])
    return (
        (f"được thay thế bằng {by}", f"replaced by {by}"),
        (
            "Văn bản dưới đây đã được thay thế; những gì còn phải thực hiện theo văn bản này không phải thực hiện nữa.",
            "The directive below was replaced; what was still to be answered of it need not be answered any more.",
        ),
        [(f"Văn bản thay thế: {by}", f"Replaced by: {by}")],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem văn bản mới và việc đơn vị cần thực hiện, nếu có.",
            "Please sign in to Congvan to read the new directive and what it asks of your unit, if anything.",
        ),
    )


def _directive_amended(quoted: Quoted) -> Written:
    by = one_line(quoted.more["by_code"])
    vi, en = ("được đính chính", "corrected") if quoted.more["how"] == "corrects" else ("được sửa đổi", "amended")
    return (
        (f"{vi} bằng {by}", f"{en} by {by}") if by else (vi, en),
        (
            f"Văn bản dưới đây {vi}; những phần khác vẫn có hiệu lực.",
            f"The directive below was {en}; all else of it stands.",
        ),
        [(f"Văn bản kèm theo: {by}", f"See: {by}")] if by else [],
        ("Mời Thầy/Cô đăng nhập hệ thống Công văn để xem.", "Please sign in to Congvan to read it."),
    )


def _directive_recalled(_quoted: Quoted) -> Written:
    return (
        ("đã được thu hồi", "recalled"),
        (
            "Văn bản dưới đây đã được thu hồi, không còn hiệu lực.",
            "The directive below was recalled and is no longer in force.",
        ),
        [],
        ("Đơn vị không cần làm gì thêm.", "Nothing more is needed of your unit."),
    )


def _directive_received(quoted: Quoted) -> Written:
    purpose = quoted.more["purpose"]
    vi, en = _PURPOSES.get(purpose, (purpose, purpose))
    closing: Line = (
        "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem. Đơn vị không phải báo cáo.",
        "Please sign in to Congvan to read it. Your unit owes no answer.",
    )
    if purpose == "execute":
        closing = (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem và xác nhận đã tiếp nhận.",
            "Please sign in to Congvan to read it, and say that your unit has taken it.",
        )
    return (
        (f"gửi đơn vị {vi}", f"sent to your unit {en}"),
        (f"Đơn vị của Thầy/Cô được gửi văn bản dưới đây {vi}.", f"The directive below is sent to your unit {en}."),
        [],
        closing,
    )


def _delivery_refused(quoted: Quoted) -> Written:
    unit = quoted.more["unit"]
    return (
        ("đơn vị từ chối tiếp nhận", "a unit refused it"),
        ("Một đơn vị từ chối tiếp nhận văn bản dưới đây.", "A unit does not take the directive below."),
        [(f"Mã đơn vị: {unit}", f"Unit: {unit}")],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem lý do và quyết định; những gì đơn vị phải trả lời vẫn còn.",
            "Please sign in to Congvan to read the reason and to decide; what the unit owes stays until then.",
        ),
    )


def _question_asked(quoted: Quoted) -> Written:
    unit = quoted.more["unit"]
    title: Line = ("đơn vị hỏi về văn bản", "a unit asks about it")
    opening: Line = (
        "Một đơn vị hỏi về văn bản dưới đây và đang chờ trả lời.",
        "A unit asks about the directive below and waits for an answer.",
    )
    if quoted.more["asks"] == "obstacle":
        title = ("đơn vị nêu vướng mắc", "something is in a unit's way")
        opening = (
            "Một đơn vị nêu vướng mắc khi thực hiện văn bản dưới đây và đang chờ trả lời.",
            "Something keeps a unit from acting on the directive below; it waits for an answer.",
        )
    return (
        title,
        opening,
        [(f"Mã đơn vị: {unit}", f"Unit: {unit}")],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem và trả lời.",
            "Please sign in to Congvan to read and answer it.",
        ),
    )


def _question_answered(quoted: Quoted) -> Written:
    title: Line = ("giải đáp chung về văn bản", "an answer for everyone")
    opening: Line = (
        "Có giải đáp chung cho các đơn vị về văn bản dưới đây.",
        "A question about the directive below was answered for all units.",
    )
    if quoted.more["asked_by"] == "you":
        title = ("đơn vị được trả lời", "your unit was answered")
        opening = (
            "Câu hỏi hoặc vướng mắc của đơn vị về văn bản dưới đây đã được trả lời.",
            "What your unit asked about the directive below was answered.",
        )
    return (
        title,
        opening,
        [],
        ("Mời Thầy/Cô đăng nhập hệ thống Công văn để xem.", "Please sign in to Congvan to read it."),
    )


NOTICE_WRITERS: Mapping[Kind, Callable[[Quoted], Written]] = MappingProxyType(
    {
        Kind.DIRECTIVE_REPLACED: _directive_replaced,
        Kind.DIRECTIVE_AMENDED: _directive_amended,
        Kind.DIRECTIVE_RECALLED: _directive_recalled,
        Kind.DIRECTIVE_RECEIVED: _directive_received,
        Kind.DELIVERY_REFUSED: _delivery_refused,
        Kind.QUESTION_ASKED: _question_asked,
        Kind.QUESTION_ANSWERED: _question_answered,
    }
)
