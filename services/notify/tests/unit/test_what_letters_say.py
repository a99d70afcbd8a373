"""The words of letters."""

from datetime import UTC, datetime, timedelta, timezone
from unicodedata import is_normalized, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.domain import REMINDERS, Kind, Owed, Quoted
from notify.words import letters

DUE_AT = datetime(2026, 12, 13, 17, 0, tzinfo=UTC)
RECEIPT = {"number": 2, "is_late": False, "is_nil": False, "media_count": 0}


def quoted(**changes) -> Quoted:
    owed = {
        "requirement": "Báo cáo theo đề cương",
        "unit_id": "U-THPT-BENDA",
        "answering_unit_id": "U-THPT-BENDA",
        "due_at": DUE_AT,
    }
    given_ = {
        "code": "761/SGDĐT-GDPT",
        "subject": "V/v tổ chức hội thảo STEM",
        "occurred_at": datetime(2026, 11, 22, 1, 5, tzinfo=UTC),
        "more": {},
        "owed": Owed(**{name: changes.pop(name, value) for name, value in owed.items()}),
    }
    return Quoted(**{**given_, **changes})


def test_a_letter_about_an_obligation_says_what_by_when_and_for_which_unit():
    text = letters.write(Kind.OBLIGATION_OPENED, quoted())

    assert text.subject_vi == "761/SGDĐT-GDPT: việc cần thực hiện – V/v tổ chức hội thảo STEM"
    assert text.body_vi == (
        "Kính gửi Thầy/Cô,\n\n"
        "Đơn vị của Thầy/Cô có yêu cầu cần thực hiện theo văn bản dưới đây.\n\n"
        "Văn bản: 761/SGDĐT-GDPT – V/v tổ chức hội thảo STEM\n"
        "Yêu cầu: Báo cáo theo đề cương\n"
        "Mã đơn vị: U-THPT-BENDA\n"
        "Hạn nộp: 24h00 ngày 13/12/2026\n\n"
        "Mời Thầy/Cô đăng nhập hệ thống Công văn để xem nội dung và nộp trước khi hết hạn."
    )
    assert text.subject_en == "761/SGDĐT-GDPT: an answer is due – V/v tổ chức hội thảo STEM"
    assert "Due: 24h00 on 13/12/2026 (Viet Nam time)\n" in text.body_en


def test_the_lead_of_a_cluster_is_told_for_whom_it_answers():
    text = letters.write(Kind.OBLIGATION_OPENED, quoted(unit_id="U-CUM-1"))

    assert "Mã đơn vị: U-CUM-1 (đơn vị trả lời: U-THPT-BENDA)\n" in text.body_vi
    assert "Unit: U-CUM-1 (answered by: U-THPT-BENDA)\n" in text.body_en


def test_a_receipt_says_which_submission_and_when_it_came():
    text = letters.write(Kind.SUBMISSION_SUBMITTED, quoted(more=RECEIPT))

    assert text.subject_vi == "761/SGDĐT-GDPT: đã nhận bản nộp lần 2 – V/v tổ chức hội thảo STEM"
    assert "Bản nộp: lần 2\nThời điểm nhận: 08h05 ngày 22/11/2026\n" in text.body_vi
    assert "Received: 08h05 on 22/11/2026 (Viet Nam time)\n" in text.body_en
    assert "không phát sinh" not in text.body_vi
    assert "sau hạn" not in text.body_vi


def test_a_receipt_says_nil_and_late_and_how_many_files():
    text = letters.write(
        Kind.SUBMISSION_SUBMITTED, quoted(more={"number": 1, "is_late": True, "is_nil": True, "media_count": 3})
    )

    assert "báo cáo không phát sinh\nTệp minh chứng: 3\nLưu ý: nộp sau hạn\n" in text.body_vi
    assert "a nil report\nFiles: 3\nNote: submitted late\n" in text.body_en


@pytest.mark.parametrize(
    ("kind", "vi", "en"),
    [
        (Kind.SUBMISSION_RETURNED, "đề nghị bổ sung, chỉnh sửa bản nộp lần 2", "no. 2 returned for revision"),
        (Kind.SUBMISSION_ACCEPTED, "bản nộp lần 2 đã được duyệt", "no. 2 accepted"),
    ],
)
def test_a_review_is_told_in_the_subject(kind, vi, en):
    text = letters.write(kind, quoted(more={"number": 2}))

    assert vi in text.subject_vi
    assert en in text.subject_en


@pytest.mark.parametrize(
    ("refusal", "measured", "allowed", "vi", "en"),
    [
        ("too-long", 75_200, 60_000, "Tệp dài 75,2 giây, tối đa 60 giây.", "75.2 seconds; at most 60 are"),
        ("too-long", 60_510, 60_000, "Tệp dài 60,6 giây, tối đa 60 giây.", "60.6 seconds; at most 60 are"),
        ("too-large", 62_300_000, 50_000_000, "Tệp lớn 62,3 MB, tối đa 50 MB.", "62.3 MB; at most 50 are allowed."),
        ("too-large", 50_000_001, 50_000_000, "Tệp lớn 50,1 MB, tối đa 50 MB.", "50.1 MB; at most 50 are allowed."),
        ("too-long", None, None, "Tệp dài hơn mức cho phép.", "longer than allowed."),
        ("not-a-video", None, None, "Tệp không phải là video.", "not a video."),
        ("unreadable", None, None, "Không đọc được tệp", "cannot be read"),
        ("unsupported", 40_000_000, 9_000_000, "Định dạng video chưa được hỗ trợ.", "not supported."),
        ("no-picture", None, None, "Video không có hình.", "no picture."),
        ("of-tomorrow", 1, 2, "Tệp không đạt yêu cầu.", "does not meet the requirement."),
    ],
)  # fmt: skip
def test_a_rejected_file_is_told_with_what_was_measured(refusal, measured, allowed, vi, en):
    more = {"refusal": refusal, "measured": measured, "allowed": allowed}
    text = letters.write(Kind.MEDIA_REJECTED, quoted(more=more))

    assert vi in text.body_vi
    assert en in text.body_en


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 12, 13, 17, 0, tzinfo=UTC), "24h00 ngày 13/12/2026"),
        (datetime(2026, 12, 31, 17, 0, tzinfo=UTC), "24h00 ngày 31/12/2026"),
        (datetime(2026, 12, 13, 17, 1, tzinfo=UTC), "00h01 ngày 14/12/2026"),
        (datetime(2026, 12, 13, 16, 59, 59, tzinfo=UTC), "23h59 ngày 13/12/2026"),
        (datetime(2026, 12, 13, 4, 30, tzinfo=timezone(timedelta(hours=-5))), "16h30 ngày 13/12/2026"),
    ],
)
def test_a_deadline_is_told_on_the_clock_of_viet_nam_and_midnight_ends_a_day(at, said):
    assert letters.deadline(at) == said


def test_letters_are_composed_even_when_a_subject_is_not():
    text = letters.write(Kind.OBLIGATION_OPENED, quoted(subject=normalize("NFD", "V/v tổ chức hội thảo")))

    assert all(is_normalized("NFC", each) for each in (text.subject_vi, text.body_vi, text.subject_en, text.body_en))
    assert "hội thảo" in text.subject_vi


@pytest.mark.parametrize("kind", [Kind.EXTENSION_ASKED, Kind.EXTENSION_REFUSED])
def test_a_wished_deadline_is_told_beside_the_one_that_stands(kind):
    wished = DUE_AT + timedelta(days=4)
    text = letters.write(kind, quoted(more={"wished": wished.isoformat()}))

    assert f"Hạn nộp: {letters.deadline(DUE_AT)}\nHạn xin gia hạn: {letters.deadline(wished)}" in text.body_vi


@given(
    subject=st.text(max_size=600),
    kind=st.sampled_from(sorted(set(Kind) - REMINDERS)),
)
def test_a_subject_stays_one_line_of_bounded_length_whatever_the_directive_is_called(subject, kind):
    more = {**RECEIPT, "refusal": "too-long", "measured": 1, "allowed": 2, "former": "U-CU"}
    more |= {"wished": DUE_AT.isoformat(), "by_code": "812/SGDĐT-GDPT", "purpose": "inform", "unit": "U-1"}
    more |= {"asks": "obstacle", "asked_by": "you", "how": "corrects", "until": DUE_AT.isoformat()}
    more |= {"as_of": "2026-05-31", "units_reported": 36, "units_due": 37, "changed_figures": 2, "service": "reporting"}
    more |= {"subscription_id": "01a2", "because": "gone", "failing_since": "2026-11-22T01:05:00Z", "parked": 3}
    text = letters.write(kind, quoted(subject=subject, more=more))

    assert len(text.subject_vi.splitlines()) == 1
    assert len(text.subject_vi) < 240
    assert len(text.body_vi.split("\n\n")) == 4


def test_a_letter_about_a_replaced_directive_names_the_new_one_and_no_obligation():
    text = letters.write(Kind.DIRECTIVE_REPLACED, quoted(owed=None, more={"by_code": "812/SGDĐT-GDPT"}))

    assert text.subject_vi == "761/SGDĐT-GDPT: được thay thế bằng 812/SGDĐT-GDPT – V/v tổ chức hội thảo STEM"
    assert "Văn bản: 761/SGDĐT-GDPT – V/v tổ chức hội thảo STEM\nVăn bản thay thế: 812/SGDĐT-GDPT\n" in text.body_vi
    assert "Replaced by: 812/SGDĐT-GDPT\n" in text.body_en
    assert "Hạn nộp" not in text.body_vi


def test_who_is_asked_for_the_same_again_is_told_that_what_was_sent_counts():
    asked, again = (letters.write(Kind.OBLIGATION_OPENED, quoted(more={"continues": each})) for each in (False, True))

    assert asked == letters.write(Kind.OBLIGATION_OPENED, quoted())
    assert "không phải nộp lại" in again.body_vi
    assert "Hạn nộp: 24h00 ngày 13/12/2026" in again.body_vi


def test_whose_right_has_ended_is_not_said_to_have_a_broken_target():
    stopped = quoted(more={"subscription_id": "01a2", "because": "revoked"})

    text = letters.write(Kind.SUBSCRIPTION_STOPPED, stopped)

    assert "không còn quyền nhận số liệu" in text.body_vi
    assert "nơi nhận hoạt động trở lại" not in text.body_vi
