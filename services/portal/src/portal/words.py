"""Everything the portal says, in Vietnamese and in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from portal.clients import State

Language = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of every page in one language."""

    language: Language
    name: str
    other_language: str
    to_content: str
    lead: str
    flow_title: str
    flow: tuple[str, ...]
    services_title: str
    services_note: str
    services: Mapping[str, str]
    service: str
    standing: str
    standings: Mapping[State, str]
    failing: str
    api: str
    api_title: str
    api_silent: str
    back: str
    request: str
    meaning: str
    footer: str


VI = Words(
    language="vi",
    name="Công văn",
    other_language="English",
    to_content="Đến nội dung chính",
    lead="Nền tảng để Sở Giáo dục và Đào tạo giao việc cho các đơn vị bằng văn bản, nhận báo cáo và minh chứng, "
    "tổng hợp số liệu, và chuyển kết quả tổng hợp cho thành phố.",
    flow_title="Một văn bản đi như thế nào",
    flow=(
        "Sở soạn văn bản, ký, cấp số và ban hành; mỗi đơn vị biết rõ mình phải nộp gì, hạn nào.",
        "Đơn vị nộp báo cáo và video; bản nộp được xem xét, trả lại để bổ sung hoặc duyệt.",
        "Số liệu được cộng dồn theo đơn vị, cấp học và cụm, kèm số đơn vị đã báo cáo trên số phải báo cáo.",
        "Người có trách nhiệm nhận thư trong hộp thư và qua thư điện tử; thành phố nhận số liệu tổng hợp.",
    ),
    services_title="Các dịch vụ",
    services_note="Trạng thái được hỏi trực tiếp khi mở trang này.",
    services={
        "directory": "Đơn vị, người dùng và chức vụ",
        "directives": "Văn bản, yêu cầu và việc phải thực hiện",
        "submissions": "Bản nộp và tệp minh chứng",
        "reporting": "Số liệu tổng hợp",
        "notify": "Hộp thư và thư điện tử",
    },
    service="Dịch vụ",
    standing="Trạng thái",
    standings={
        State.READY: "Sẵn sàng",
        State.NOT_READY: "Chưa sẵn sàng",
        State.NO_ANSWER: "Không trả lời",
    },
    failing="đang chờ",
    api="Giao diện lập trình",
    api_title="Giao diện lập trình",
    api_silent="Dịch vụ này hiện không trả lời; xin thử lại sau ít giây.",
    back="Về trang đầu",
    request="Yêu cầu",
    meaning="Ý nghĩa",
    footer="Dữ liệu trên trang này không chứa thông tin cá nhân.",
)

EN = Words(
    language="en",
    name="Congvan",
    other_language="Tiếng Việt",
    to_content="Skip to content",
    lead="The platform on which a department of education directs its units, receives their reports and evidence, "
    "computes totals, and passes the totals on to the city.",
    flow_title="The way of a directive",
    flow=(
        "The department drafts, signs, numbers and issues a directive; each unit knows what it owes and by when.",
        "Units submit reports and videos; each submission is reviewed and returned for revision or accepted.",
        "Figures add up by unit, education level and cluster, with the units reported out of the units due.",
        "Those responsible get letters in their inbox and by e-mail; the city receives the totals.",
    ),
    services_title="Services",
    services_note="Their state is asked for whenever this page is opened.",
    services={
        "directory": "Units, people and posts",
        "directives": "Directives, requirements and obligations",
        "submissions": "Submissions and evidence",
        "reporting": "Totals",
        "notify": "Inboxes and e-mail",
    },
    service="Service",
    standing="State",
    standings={
        State.READY: "Ready",
        State.NOT_READY: "Not ready",
        State.NO_ANSWER: "No answer",
    },
    failing="waiting for",
    api="Programming interface",
    api_title="Programming interface",
    api_silent="This service does not answer now; please try again in a few seconds.",
    back="Back to the first page",
    request="Request",
    meaning="Meaning",
    footer="Nothing on this page is personal data.",
)


def words_in(language: str) -> Words:
    """Return the words in a language; in Vietnamese unless English is asked for."""
    return EN if language == EN.language else VI
