"""The letter of the demo: an invitation to a STEM workshop that asks for a report and a video. Our own words."""

from datetime import date, datetime, time, timedelta
from typing import Any

from chassis.clock import VIETNAM
from congvan.demo.people import OFFICE
from congvan.demo.province import SCHOOL_TYPES, VIDEO_TYPES, Province

NOTATION = "SGDĐT-GDPT"
FIRST_NUMBER = 761
MAX_SECONDS = 60
MAX_BYTES = 300_000_000
DAYS_TO_ANSWER = 22

BODY = """\
Nhằm nhìn lại kết quả triển khai giáo dục STEM trong các trường trung học của tỉnh, chọn cách làm hay để nhân rộng và \
bàn việc cần làm tiếp, Sở Giáo dục và Đào tạo tổ chức Hội thảo “Giáo dục STEM trong trường trung học”.

1. Mục tiêu: đánh giá đúng thực trạng ở hai cấp THCS và THPT; nêu rõ khó khăn và nguyên nhân; thống nhất giải pháp.

2. Thời gian, địa điểm: một buổi, bắt đầu lúc 14h00; địa điểm sẽ thông báo sau.

3. Chuẩn bị của các đơn vị:
a) Mỗi trường THCS, TH&THCS, THPT, THCS&THPT và trường phổ thông nhiều cấp học gửi báo cáo theo đề cương kèm số liệu.
b) Mỗi Phòng Văn hóa - Xã hội và mỗi cụm trưởng chuyên môn gửi 01 video dài không quá 01 phút giới thiệu hoạt động STEM.

Các đơn vị gửi báo cáo và video trên hệ thống Công văn. Cần biết thêm chi tiết, liên hệ Phòng Giáo dục phổ thông./.
"""

SECTIONS = (
    ("I.1", "Các văn bản chỉ đạo", "list"),
    ("I.2", "Giải pháp đã triển khai thực hiện", "text"),
    ("I.3.2", "Kết quả về chất lượng", "text"),
    ("I.4.1", "Ưu điểm", "text"),
    ("I.4.2", "Hạn chế và nguyên nhân", "text"),
    ("II", "Giải pháp nâng cao chất lượng giáo dục STEM tại đơn vị", "text"),
    ("III", "Đề xuất, kiến nghị", "text"),
)
FIGURES: tuple[dict[str, Any], ...] = (
    {
        "code": "stem.school_implementing",
        "name": "Số trường đã triển khai thực hiện giáo dục STEM",
        "type": "bool",
        "unit_of_measure": "trường",
    },
    {
        "code": "stem.lessons",
        "name": "Số bài học STEM đã thực hiện",
        "type": "int",
        "unit_of_measure": "bài",
        "only_if": "stem.school_implementing",
    },
    {
        "code": "stem.research_projects",
        "name": "Số dự án KHKT học sinh đã thực hiện",
        "type": "int",
        "unit_of_measure": "dự án",
    },
    {
        "code": "stem.research_projects_province",
        "name": "Số dự án dự thi KHKT cấp tỉnh",
        "type": "int",
        "unit_of_measure": "dự án",
        "at_most": "stem.research_projects",
    },
)


def draft(province: Province, issuer: str, today: date) -> dict[str, Any]:
    """Return the draft as the desk officer sends it: two requirements, each with its own audience."""
    last_day = today + timedelta(days=DAYS_TO_ANSWER)
    # “Trước ngày D” is over when D begins (brief, 3.5).
    due_at = datetime.combine(last_day, time(0), VIETNAM)
    term = {
        "as_of": province.as_of.isoformat(),
        "due_phrase": f"trước ngày {last_day:%d/%m/%Y}",
        "due_at": due_at.isoformat(),
        "closes_at": (due_at + timedelta(days=30)).isoformat(),
    }
    return {
        "issuer_unit_id": issuer,
        "document_type": "official_letter",
        "subject": "V/v tổ chức Hội thảo “Giáo dục STEM trong trường trung học”",
        "body": BODY,
        "addressees": [
            "Trưởng phòng Văn hóa - Xã hội các xã, phường, đặc khu",
            "Hiệu trưởng các trường THCS, TH&THCS, THPT, THCS&THPT, phổ thông nhiều cấp học",
        ],
        "recipients": [
            {"name": "Như kính gửi", "purpose": "execute"},
            {"name": "Ban Giám đốc", "purpose": "report_to"},
            {"name": "Lưu: VT, GDPT", "purpose": "archive"},
        ],
        "form": {
            "place": province.place(issuer),
            "signer": {
                "capacities": [{"competence": "KT.", "of": "GIÁM ĐỐC"}],
                "position": "PHÓ GIÁM ĐỐC",
                "name": OFFICE["lanh-dao"][1],
            },
        },
        "requirements": [
            {
                "kind": "report",
                "title": "Báo cáo kết quả triển khai giáo dục STEM",
                "periods": [province.period],
                "indicators": list(FIGURES),
                "sections": [{"code": code, "title": title, "kind": kind} for code, title, kind in SECTIONS],
                "audience": {"unit_types": list(SCHOOL_TYPES)},
                **term,
            },
            {
                "kind": "video",
                "title": "Video giới thiệu hoạt động STEM, không quá 01 phút",
                "periods": [],
                "indicators": [],
                "sections": [],
                "media": {"count": 1, "max_seconds": MAX_SECONDS, "max_bytes": MAX_BYTES},
                "audience": {"unit_types": list(VIDEO_TYPES)},
                **term,
            },
        ],
    }


def report(province: Province, school: str, *, lessons_off_by: int = 0) -> dict[str, Any]:
    """Return a school's report; with `lessons_off_by`, one the desk officer will send back."""
    values = province.values(school)
    if lessons_off_by:
        values["stem.school_implementing"] = True
        values["stem.lessons"] = int(values["stem.lessons"]) + lessons_off_by
    return {
        "nil": False,
        "values": [{"indicator": code, "period": province.period, "value": value} for code, value in values.items()],
        "narrative": {
            "I.1": ["Kế hoạch giáo dục STEM năm học của nhà trường"],
            "I.2": "Sinh hoạt chuyên môn theo nghiên cứu bài học; mỗi tổ chuyên môn xây dựng ít nhất hai chủ đề.",
            "I.3.2": "Học sinh chủ động hơn khi thực hành và trình bày sản phẩm.",
            "I.4.1": "Giáo viên hào hứng, phụ huynh ủng hộ.",
            "I.4.2": "Thiếu thiết bị thực hành; giáo viên dạy liên môn còn ít.",
            "II": "Dùng chung phòng thực hành trong cụm chuyên môn.",
            "III": "Đề nghị Sở tổ chức tập huấn theo cụm.",
        },
        "media_ids": [],
    }
