"""What can go wrong on a page, in the reader's words."""

from typing import Any

from chassis.problems import NotAllowed, NotFound, Problem, Unavailable


class NoSuchService(NotFound):
    """There is no service of this name."""


class NoSuchPage(NotFound):
    """There is no such page, or nothing on it that the reader may see."""


class ForeignForm(NotAllowed):
    """What was sent does not come from a page of ours."""

    code = "foreign-form"


class TooFast(Problem):
    """Somebody asks for more at once than a person would."""

    code = "too-fast"
    status = 429


class NobodyHere(Exception):
    """The page is for people who are signed in, and nobody is; or what they were signed in with is over."""


class Refused(Problem):
    """A service answered with a problem; its words are shown as they came."""

    code = "refused"
    status = 502

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        """Take the answer of a service, whatever it is."""
        vi = str(problem.get("detail") or "Dịch vụ từ chối yêu cầu này.")
        en = str(problem.get("detail_en") or "The service refused this request.")
        super().__init__(vi, en)
        self.answered = status
        self.problem_code = str(problem.get("code") or "unknown")
        self.told = problem


class ServiceAway(Unavailable):
    """A service does not answer."""

    def __init__(self, service: str) -> None:
        """Name the service."""
        super().__init__(
            "Hệ thống đang tạm gián đoạn, chưa có gì được ghi nhận; vui lòng thử lại sau ít giây.",
            "The system is interrupted for a moment; nothing was recorded. Please try again in a few seconds.",
        )
        self.service = service


class OnItsWay(Unavailable):
    """What is owed was asked for a moment ago, and has not arrived yet where answers are taken."""

    def __init__(self) -> None:
        """Say that nothing is lost by waiting."""
        super().__init__(
            "Việc này vừa được giao và đang trên đường đến nơi nhận báo cáo; chưa có gì được ghi nhận, "
            "vui lòng gửi lại sau ít giây.",
            "This was asked for a moment ago and is still on its way to where answers are taken; nothing was recorded. "
            "Please send it again in a few seconds.",
        )
