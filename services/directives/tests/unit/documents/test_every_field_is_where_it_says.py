"""Whatever a proposal says was found stands in the text at exactly that place; any text at all is taken."""

from dataclasses import fields, is_dataclass
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from directives.documents.found import Span
from directives.documents.proposal import propose_from_text
from directives.documents.reading import normalised

PHRASES = (
    "Số: 12/SGDĐT-GDPT",
    "Số:    /KH-SGD&ĐT",
    "V/v báo cáo",
    "KẾ HOẠCH",
    "Kính gửi:",
    "Kính gửi: Các trường THPT.",
    "Nơi nhận:",
    "- Như trên;",
    "- Lưu: VT.",
    "KT. GIÁM ĐỐC",
    "PHÓ GIÁM ĐỐC",
    "Trần Văn Thử",
    "Minh Giang, ngày 05 tháng 01 năm 2026",
    "Căn cứ Quyết định số 12/QĐ-TTg ngày 31/02/2026 của Thủ tướng (gọi tắt là Quyết định số 12);",
    "trước ngày 31/3/2026",
    "Các trường THPT gửi báo cáo về Sở (qua phòng GDPT) trước 25h00 ngày 40/13/2026.",
    "từ ngày 31/2 đến ngày 40/10/2026",
    "I. NỘI DUNG",
    "1. Đối với Phòng GD&ĐT:",
    "- Mỗi trường cử 05 đại biểu: 01 lãnh đạo, 02 giáo viên.",
    "100 % các trường",
    "PHỤ LỤC",
    "- Số trường đã thực hiện.",
    "thay thế Công văn số 3/AB",
    "liên hệ với ông Trần Thử",
    "thứ Hai, ngày 01/01/2026",
    "\n",
    "\n\n",
    "   ",
    "./.",
    "”",
    "(",
    "Tỷ lệ",
    "báo cáo định kỳ",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "0" * 40,
    "-" * 40,
)


def spans_in(found):
    if isinstance(found, Span):
        yield found
    elif is_dataclass(found):
        for each in fields(found):
            yield from spans_in(getattr(found, each.name))
    elif isinstance(found, list | tuple):
        for each in found:
            yield from spans_in(each)


def assert_in_place(text) -> int:
    proposal = propose_from_text(text)
    spans = list(spans_in(proposal))
    for span in spans:
        assert span.text == text[span.start : span.end]
        assert span.text
        assert 0 < span.confidence <= 1
    return len(spans)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PHRASES), st.text(max_size=20)), max_size=40), st.sampled_from([" ", "\n"]))
def test_any_text(pieces, between) -> None:
    assert_in_place(normalised(between.join(pieces)))


def test_the_letters(letters) -> None:
    from directives.documents.reading import read

    counted = [assert_in_place(read(f"{name}.txt", content)) for name, content in letters.items()]

    assert min(counted) > 20


def test_twenty_pages_take_less_than_two_seconds(letters) -> None:
    head, _, rest = letters["toa-dam"].decode().partition("4. ")
    body, foot, _ = rest.partition("Nơi nhận:")
    text = normalised(head + "4. " + (body + "\n") * 90 + foot + rest.partition("Nơi nhận:")[2])
    assert len(text) > 20 * 3000

    began = process_time()
    proposal = propose_from_text(text)

    assert process_time() - began < 2
    assert len(proposal.deadlines) > 100


def test_what_looks_endless_ends(letters) -> None:
    for hostile in (
        "ngày " * 20_000,
        "1" * 60_000,
        "a" * 60_000,
        "(" * 30_000,
        "- " * 30_000,
        "Số: / " * 10_000,
        "Á " * 30_000,
    ):
        began = process_time()
        assert_in_place(normalised(hostile))
        assert process_time() - began < 5, hostile[:10]
