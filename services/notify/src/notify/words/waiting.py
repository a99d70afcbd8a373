"""What letters say about what an answer depends on. Pure; nothing in a letter names a person."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from notify.domain import Kind, Quoted
from notify.words.parts import Written


def _obligation_activated(_quoted: Quoted) -> Written:
    return (
        ("đến lúc thực hiện, theo thời hạn mới", "an answer is due, by another deadline"),
        (
            "Điều kiện của yêu cầu dưới đây đã có; đơn vị của Thầy/Cô thực hiện theo thời hạn nêu ở đây.",
            "What the requirement below depends on is there; your unit answers it by the deadline given here.",
        ),
        [],
        (
            "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem nội dung và nộp trước khi hết hạn.",
            "Please sign in to Congvan to read it and to submit before it is due.",
        ),
    )


def _obligation_suspended(_quoted: Quoted) -> Written:
    return (
        ("tạm thời chưa phải thực hiện", "nothing is due for the time being"),
        (
            "Điều kiện của yêu cầu dưới đây không còn; đơn vị của Thầy/Cô chưa phải thực hiện cho đến khi có lại.",
            "What the requirement below depends on was taken back; your unit owes no answer until it is there again.",
        ),
        [],
        ("Đơn vị sẽ được thông báo khi đến lúc.", "Your unit will be told when it is due again."),
    )


WAITING_WRITERS: Mapping[Kind, Callable[[Quoted], Written]] = MappingProxyType(
    {
        Kind.OBLIGATION_ACTIVATED: _obligation_activated,
        Kind.OBLIGATION_SUSPENDED: _obligation_suspended,
    }
)
