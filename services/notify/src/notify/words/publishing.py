"""What letters about published totals and about the house itself say. Pure."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType

from chassis.clock import VIETNAM
from notify.domain import Kind, Quoted
from notify.words.parts import Line, Written, one_line


def _edition_published(quoted: Quoted) -> Written:
    more, number = quoted.more, quoted.more["number"]
    title = one_line(more.get("title", ""))
    reported, due = more["units_reported"], more["units_due"]
    as_of = f"{date.fromisoformat(more['as_of']):%d/%m/%Y}"
    lines: list[Line] = [(f"Yêu cầu: {title}", f"Requirement: {title}")] if title else []
    lines += [
        (f"Số liệu tính đến ngày: {as_of}", f"As of: {as_of}"),
        (f"Số đơn vị đã báo cáo: {reported}/{due}", f"Units that reported: {reported} of {due}"),
    ]
    if number > 1:
        changed = more["changed_figures"]
        lines.append(
            (f"Số ô số liệu khác với lần công bố trước: {changed}", f"Figures that differ from before: {changed}")
        )
    return (
        (f"công bố số liệu tổng hợp lần {number}", f"totals published, edition no. {number}"),
        (
            "Số liệu tổng hợp theo văn bản dưới đây đã được công bố.",
            "The totals of the directive below were published.",
        ),
        lines,
        ("Mời Thầy/Cô đăng nhập hệ thống Công văn để xem.", "Please sign in to Congvan to read them."),
    )


def _subscription_stopped(quoted: Quoted) -> Written:
    subscription = quoted.more["subscription_id"]
    why: Line = ("nơi nhận không nhận trong nhiều ngày", "its target took nothing for days")
    if quoted.more["because"] == "gone":
        why = ("nơi nhận trả lời không còn nhận nữa (410)", "its target answered that it is gone (410)")
    after: Line = (
        "Khi nơi nhận hoạt động trở lại, hãy bật lại đăng ký; những gì chưa gửi sẽ được gửi tiếp.",
        "When the target works again, take the subscription up; what was not delivered is delivered then.",
    )
    if quoted.more["because"] == "revoked":
        why = ("tài khoản đăng ký không còn quyền nhận số liệu", "its owner may not take aggregates any more")
        after = (
            "Nếu việc thu hồi quyền là đúng, hãy xóa đăng ký này.",
            "If the right was meant to end, remove the subscription.",
        )
    return (
        ("Ngừng gửi số liệu cho một nơi đăng ký nhận", "A subscription was stopped"),
        (
            "Hệ thống đã ngừng gửi số liệu tổng hợp đến một nơi đăng ký nhận.",
            "Aggregates are no longer sent to one of the subscribers.",
        ),
        [
            (f"Mã đăng ký: {subscription}", f"Subscription: {subscription}"),
            (f"Lý do: {why[0]}", f"Because: {why[1]}"),
        ],
        after,
    )


def _subscription_unreached(quoted: Quoted) -> Written:
    subscription = quoted.more["subscription_id"]
    since = datetime.fromisoformat(quoted.more["failing_since"]).astimezone(VIETNAM)
    return (
        ("Một nơi đăng ký chưa nhận được số liệu", "A subscriber does not take what it is sent"),
        (
            "Hệ thống đã gửi nhiều lần mà một nơi đăng ký nhận số liệu tổng hợp chưa nhận được.",
            "Several attempts to send aggregates to one of the subscribers were in vain.",
        ),
        [
            (f"Mã đăng ký: {subscription}", f"Subscription: {subscription}"),
            (f"Từ: {since:%Hh%M} ngày {since:%d/%m/%Y}", f"Since: {since:%H:%M} on {since:%d/%m/%Y}"),
        ],
        (
            "Hệ thống còn gửi lại trong vài ngày rồi ngừng; không có gì bị mất. Hãy báo nơi nhận kiểm tra.",
            "It is tried for some more days and stopped then; nothing is lost. Please ask the subscriber to look.",
        ),
    )


def _messages_parked(quoted: Quoted) -> Written:
    service, parked = quoted.more["service"], quoted.more["parked"]
    command = f"python -m {service} parked list"
    return (
        (f"{service}: {parked} tin không xử lý được", f"{service}: {parked} messages could not be taken in"),
        (
            "Một dịch vụ có tin không xử lý được sau nhiều lần thử; các tin này đang được giữ lại.",
            "A service could not take in messages after several attempts; they are kept aside.",
        ),
        [(f"Dịch vụ: {service}", f"Service: {service}"), (f"Số tin: {parked}", f"Messages: {parked}")],
        (f"Xem nguyên nhân bằng lệnh: {command}", f"To see why: {command}"),
    )


PUBLISHING_WRITERS: Mapping[Kind, Callable[[Quoted], Written]] = MappingProxyType(
    {
        Kind.EDITION_PUBLISHED: _edition_published,
        Kind.SUBSCRIPTION_UNREACHED: _subscription_unreached,
        Kind.SUBSCRIPTION_STOPPED: _subscription_stopped,
        Kind.MESSAGES_PARKED: _messages_parked,
    }
)
