"""What the page of components shows where a component needs something to show."""

VERSION = {
    "number": 2,
    "receipt_code": "CV-2026-7K3M",
    "submitted_at": "2026-12-12T16:05:00+07:00",
    "is_late": True,
    "review": {
        "outcome": "returned",
        "reason": "Số bài học chưa khớp.",
        "reviewed_at": "2026-12-13T09:30:00+07:00",
    },
    "remarks": [
        {
            "indicator": "stem.lessons",
            "period": "2025-2026",
            "what_vi": "Số bài học gấp ba kỳ trước.",
            "what_en": "Three times as many lessons as the period before.",
        }
    ],
    "explanations": [{"indicator": "stem.lessons", "period": "2025-2026", "words": "Thêm một khối lớp."}],
}
COMMENTS = [
    {"written_by": "desk", "side": "desk", "written_at": "2026-12-13T09:31:00+07:00", "words": "Đã tính cả tiết ôn?"},
    {
        "written_by": "me",
        "side": "unit",
        "written_at": "2026-12-13T10:02:00+07:00",
        "words": "Đã tính, nhà trường sửa.",
    },
]
