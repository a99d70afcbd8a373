"""How a time is written decides which instant is the first that is too late, in Asia/Ho_Chi_Minh."""

import pytest

from directives.documents.proposal import propose_from_text


def only_deadline(phrase):
    text = f"KẾ HOẠCH\nBáo cáo năm 2026\nCăn cứ tình hình;\nCác trường THPT gửi báo cáo về Sở {phrase}.\n"
    (found,) = propose_from_text(text).deadlines
    return found


@pytest.mark.parametrize(
    ("phrase", "kind", "due_at"),
    [
        ("trước ngày 14/12/2026", "before_date", "2026-12-14T00:00:00+07:00"),
        ("trước 17h00 ngày 14/12/2026", "before_date", "2026-12-14T17:00:00+07:00"),
        ("trước 16 giờ 30 phút, ngày 14 tháng 12 năm 2026", "before_date", "2026-12-14T16:30:00+07:00"),
        ("chậm nhất ngày 14/12/2026", "by_end_of_date", "2026-12-15T00:00:00+07:00"),
        ("chậm nhất là ngày 14-12-2026", "by_end_of_date", "2026-12-15T00:00:00+07:00"),
        ("đến hết ngày 31/12/2026", "by_end_of_date", "2027-01-01T00:00:00+07:00"),
        ("muộn nhất vào 11h30 ngày 14.12.2026", "by_end_of_date", "2026-12-14T11:30:00+07:00"),
        ("trước ngày 20/12", "before_date", None),
        ("trước ngày 31/02/2026", "before_date", None),
        ("trong vòng 05 ngày làm việc kể từ ngày nhận được công văn", "within_days", None),
        ("trước ngày 15 hằng tháng", "periodic", None),
        ("theo định kỳ hằng quý", "periodic", None),
    ],
)
def test_a_phrase_has_one_meaning(phrase, kind, due_at) -> None:
    found = only_deadline(phrase)

    assert (found.kind, found.due_at and found.due_at.isoformat()) == (kind, due_at)
    assert phrase.endswith(found.source.value) or found.source.value in phrase
    assert found.sentence.value.startswith("Các trường THPT gửi báo cáo")


def test_days_that_are_worked_are_told_from_days() -> None:
    working = only_deadline("trong vòng 05 ngày làm việc kể từ ngày ký")
    any_day = only_deadline("trong vòng 10 ngày kể từ ngày ký")

    assert (working.within_days, working.working_days) == (5, True)
    assert (any_day.within_days, any_day.working_days) == (10, False)


def test_a_deadline_before_its_letter_is_doubted() -> None:
    text = (
        "Số: 12/SGDĐT-GDPT\nMinh Giang, ngày 20 tháng 11 năm 2026\nV/v báo cáo\nKính gửi: Các trường THPT.\n"
        "Đề nghị các trường THPT gửi báo cáo trước ngày 14/10/2026./.\nNơi nhận:\n- Như trên;\n- Lưu: VT."
    )

    assert [each.code for each in propose_from_text(text).doubts] == ["deadline-before-document"]
