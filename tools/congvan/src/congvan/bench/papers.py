"""A document of twenty pages, laid out and read again in this program."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from congvan.demo.play import Told
from directives.documents.proposal import propose
from directives.documents.reading import read
from directives.rendering.paper import Block, Paper
from directives.rendering.pdf import write_pdf
from directives.rendering.word import write_docx

PAGES = 20
PARAGRAPHS_A_PAGE = 12
REPEATS = 5
SENTENCE = (
    "Các trường trung học phổ thông, trường phổ thông có nhiều cấp học gửi báo cáo kết quả triển khai giáo dục "
    "STEM về Sở Giáo dục và Đào tạo (qua phòng GDPT) trước ngày {day:02}/12/2026 theo Công văn số {number}/SGDĐT-GDPT."
)
Figures = dict[str, float]


def measure(told: Told) -> dict[str, Figures]:
    """Lay a document of twenty pages out and read it again, in this program."""
    told.step(f"Trình bày và đọc {PAGES} trang", f"Laying out and reading {PAGES} pages")
    blocks = tuple(
        Block(f"{number}. {SENTENCE.format(day=number % 28 + 1, number=number)}", "text")
        for number in range(1, PAGES * PARAGRAPHS_A_PAGE + 1)
    )
    paper = Paper(
        document_type="official_letter",
        parent="UBND tỉnh Minh Giang",
        issuer="Sở Giáo dục và Đào tạo",
        number="761",
        notation="SGDĐT-GDPT",
        place="Minh Giang",
        day=datetime(2026, 11, 20, tzinfo=UTC).date(),
        subject="báo cáo kết quả giáo dục STEM",
        addressees=("Hiệu trưởng các trường THPT",),
        blocks=blocks,
        recipients=("Như trên", "Lưu: VT, GDPT"),
        signer_lines=("GIÁM ĐỐC",),
        signer_name="Nguyễn Văn A",
    )
    figures: dict[str, Figures] = {}
    for form, write in (("pdf", write_pdf), ("docx", write_docx)):
        name, made = f"a.{form}", write(paper)
        figures[form] = {
            "render_s": _median(partial(write, paper)),
            "import_s": _median(partial(propose, name, made)),
            "read_s": _median(partial(read, name, made)),
            "bytes": len(made),
            "requirements": len(propose(name, made).requirements),
        }
    told.done(f"PDF {figures['pdf']['render_s']} s, đọc {figures['pdf']['import_s']} s",
              f"PDF {figures['pdf']['render_s']} s, read in {figures['pdf']['import_s']} s")  # fmt: skip
    return figures


def _median(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return round(statistics.median(taken), 3)
