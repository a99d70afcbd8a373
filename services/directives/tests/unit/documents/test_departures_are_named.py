"""A letter as Nghị định 30/2020/NĐ-CP has it is not warned about; each departure from it is, by its rule and alone."""

import re
from pathlib import Path

import pytest

from directives.documents import lint
from directives.documents.proposal import propose_from_text

GOOD = """UBND TỈNH MINH GIANG
SỞ GIÁO DỤC VÀ ĐÀO TẠO
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Số: 09/SGDĐT-GDPT
V/v báo cáo hoạt động đọc sách
Minh Giang, ngày 05 tháng 3 năm 2026

Kính gửi:
- Ủy ban nhân dân các xã, phường;
- Hiệu trưởng các trường THPT.

Căn cứ Công văn số 598/SGDĐT-GDPT ngày 28/02/2026; Sở đề nghị các đơn vị gửi báo cáo trước ngày 20/3/2026./.

Nơi nhận:
- Như trên;
- Ban Giám đốc (để b/c);
- Lưu: VT, GDPT.

KT. GIÁM ĐỐC
PHÓ GIÁM ĐỐC

Trần Văn Thử
"""
PLAN = GOOD.replace("V/v báo cáo hoạt động đọc sách\n", "").replace(
    "Kính gửi:\n- Ủy ban nhân dân các xã, phường;\n- Hiệu trưởng các trường THPT.\n", "KẾ HOẠCH\nKhảo sát\n"
).replace("- Như trên;\n", "")  # fmt: skip
DEPARTURES = {
    "nation-missing": (GOOD, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n", ""),
    "motto-missing": (GOOD, "Độc lập - Tự do - Hạnh phúc\n", ""),
    "motto-spacing": (GOOD, "Độc lập - Tự do", "Độc lập-Tự do"),
    "notation-missing": (GOOD, "Số: 09/SGDĐT-GDPT\n", ""),
    "number-missing": (GOOD, "Số: 09/", "Số:    /"),
    "number-one-digit": (GOOD, "Số: 09/", "Số: 9/"),
    "number-spacing": (GOOD, "Số: 09/", "Số: 09 / "),
    "letter-abbreviated": (GOOD, "Số: 09/SGDĐT-GDPT", "Số: 09/CV-SGDĐT"),
    "notation-with-sign": (GOOD, "Số: 09/SGDĐT", "Số: 09/SGD&ĐT"),
    "type-not-in-notation": (PLAN, "Số: 09/KH-SGDĐT", "Số: 09/SGDĐT-GDPT"),
    "day-missing": (GOOD, "Minh Giang, ngày 05 tháng 3 năm 2026\n", ""),
    "day-blank": (GOOD, "ngày 05 tháng 3", "ngày    tháng 3"),
    "day-zeros": (GOOD, "tháng 3 năm", "tháng 03 năm"),
    "addressees-missing": (GOOD, "Kính gửi:\n- Ủy ban nhân dân các xã, phường;\n- Hiệu trưởng các trường THPT.\n", ""),
    "addressees-stop": (GOOD, "trường THPT.\n\nCăn", "trường THPT\n\nCăn"),
    "ending-missing": (GOOD, "20/3/2026./.", "20/3/2026."),
    "recipients-missing": (GOOD, "- Như trên;\n- Ban Giám đốc (để b/c);\n- Lưu: VT, GDPT.\n", ""),
    "as-above-not-first": (GOOD, "- Như trên;\n- Ban Giám đốc (để b/c);", "- Ban Giám đốc (để b/c);\n- Như trên;"),
    "archive-missing": (GOOD, "\n- Lưu: VT, GDPT.", ""),
    "archive-form": (GOOD, "Lưu: VT", "Lưu VT"),
    "recipient-stop": (GOOD, "(để b/c);", "(để b/c)"),
    "signer-missing": (GOOD, "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC\n\nTrần Văn Thử\n", ""),
    "competence-spacing": (GOOD, "KT. GIÁM", "KT.GIÁM"),
    "name-with-degree": (GOOD, "Trần Văn Thử", "TS. Trần Văn Thử"),
}
PLAN = PLAN.replace("Số: 09/SGDĐT-GDPT", "Số: 09/KH-SGDĐT")


def warned(text):
    return [each.code for each in propose_from_text(text).warnings]


def test_a_letter_as_it_should_be_is_not_warned_about() -> None:
    assert warned(GOOD) == []


def test_a_plan_as_it_should_be_is_not_warned_about() -> None:
    assert warned(PLAN) == []


@pytest.mark.parametrize("code", DEPARTURES)
def test_a_departure_is_named_alone(code) -> None:
    right, before, after = DEPARTURES[code]
    text = right if code == "type-not-in-notation" else right.replace(before, after)

    (warning,) = propose_from_text(text).warnings

    assert warning.code == code
    assert warning.rule.startswith("Nghị định 30/2020/NĐ-CP, Phụ lục I, II.")
    assert warning.what_vi
    assert warning.what_en


def test_every_rule_that_is_checked_is_tried() -> None:
    written = Path(lint.__file__).read_text(encoding="utf-8")

    assert set(re.findall(r'_warning\(\s*"([a-z-]+)"', written)) == set(DEPARTURES)


@pytest.mark.parametrize("written", ["CỘNG HÒA", "CỘNG HOÀ"])
def test_both_places_of_a_tone_mark_are_right(written) -> None:
    assert warned(GOOD.replace("CỘNG HÒA", written)) == []
