"""What is no word of a letter, and what only looks like it."""

import pytest

from notify.words.privacy import is_personal


@pytest.mark.parametrize(
    "text",
    [
        "Gửi về a.b@truong.example",
        "gửi về phong-gdpt@sgd",
        "Gọi 0912 345 678",
        "gọi 0912.345.678 nhé",
        "+84 912 345 678",
        "84912345678",
        "(024) 3869 1234",
        "0243-869-1234",
        "CCCD 001099012345",
    ],
)
def test_an_address_and_a_number_by_which_somebody_is_known_are_personal(text):
    assert is_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "Văn bản 761/SGDĐT-GDPT, hạn 24h00 ngày 13/12/2026",
        "trước 08:00 01.12.2026",
        "trước ngày 01-12-2026 08h00",
        "01.12.2026 09 00",
        "Năm học 2025-2026, 1.250.000 đồng",
        "Mã trường 79000123",
        "{{ code }}: {{ short_subject }}",
    ],
)
def test_a_day_a_sum_and_the_number_of_a_directive_are_not(text):
    assert not is_personal(text)
