"""A signature is shown for what it is: intact or not, never trusted; and no bytes change by being looked at."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from threading import Barrier, BrokenBarrierError
from types import SimpleNamespace

import pytest
from pypdf import PdfReader, PdfWriter

from directives.documents import signature
from directives.documents.signature import WORDS, check_signatures


def test_an_unsigned_pdf_has_no_signature(make_pdf) -> None:
    assert check_signatures(BytesIO(make_pdf(["SỞ GIÁO DỤC VÀ ĐÀO TẠO"]))).verdict == "none"


def test_a_signed_pdf_is_intact_and_nobody_is_trusted(make_pdf, signed_pdf) -> None:
    content = signed_pdf(make_pdf(["Số: 12/SGDĐT-GDPT"]))

    check = check_signatures(BytesIO(content))

    [found] = check.signatures
    assert (check.verdict, found.verdict, found.is_pades, found.covers_whole_file) == ("intact", "intact", True, True)
    assert found.signer == "Sở Giáo dục và Đào tạo (mẫu)"
    assert found.said_at is not None
    assert WORDS["intact"] == ("nguyên vẹn; chưa đánh giá độ tin cậy", "integrity intact; trust not evaluated")


def test_one_letter_changed_breaks_it(make_pdf, signed_pdf) -> None:
    content = signed_pdf(make_pdf(["Số: 12/SGDĐT-GDPT"]))
    place = content.index(b"/MediaBox [0 0 595 842]")

    changed = content[:place] + content[place:].replace(b"595 842", b"595 843", 1)

    assert check_signatures(BytesIO(changed)).verdict == "broken"


def test_a_page_added_after_signing_breaks_it(make_pdf, signed_pdf) -> None:
    content = signed_pdf(make_pdf(["Số: 12/SGDĐT-GDPT"]))
    writer = PdfWriter(BytesIO(content), incremental=True)
    writer.add_blank_page(595, 842)
    made = BytesIO()
    writer.write(made)
    assert made.getvalue().startswith(content)

    assert check_signatures(BytesIO(made.getvalue())).verdict == "broken"


def test_two_signatures_are_both_intact(make_pdf, signed_pdf) -> None:
    twice = signed_pdf(signed_pdf(make_pdf(["Số: 12/SGDĐT-GDPT"])), field="Dau")

    check = check_signatures(BytesIO(twice))

    assert (check.verdict, [each.covers_whole_file for each in check.signatures]) == ("intact", [False, True])


def test_two_checked_at_once_let_the_library_in_once(monkeypatch) -> None:
    """Each waits for the other to have looked, as long as that takes two who both may look."""
    both_looked = Barrier(2)

    class Modules(dict):
        def get(self, *of):
            found = super().get(*of)
            with suppress(BrokenBarrierError):
                both_looked.wait(0.2)
            return found

    modules = Modules(aiohttp=None)
    monkeypatch.setattr(signature, "sys", SimpleNamespace(modules=modules))
    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(signature.let_the_library_in) for _ in range(2)]:
            done.result()

    assert "aiohttp" not in modules


@pytest.mark.parametrize("content", [b"", b"%PDF-1.5", b"xin chao", b"%PDF-1.5\n" + bytes(1000)])
def test_what_is_no_pdf_is_not_readable(content) -> None:
    assert check_signatures(BytesIO(content)).verdict == "unreadable"


def test_looking_changes_nothing(make_pdf, signed_pdf) -> None:
    content = signed_pdf(make_pdf(["Số: 12/SGDĐT-GDPT"]))
    before = bytes(content)

    check_signatures(BytesIO(content))

    assert content == before
    assert len(PdfReader(BytesIO(content)).pages) == 1


def test_a_process_that_checks_nothing_carries_nothing_for_it() -> None:
    program = (
        "import directives.main, sys;"
        " heavy = ('aiohttp', 'httpx._main', 'pypdf', 'PIL', 'pyhanko', 'reportlab', 'docx', 'openpyxl', 'minio');"
        " print([each for each in heavy if sys.modules.get(each)])"
    )

    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert said.stdout.strip() == "[]"
