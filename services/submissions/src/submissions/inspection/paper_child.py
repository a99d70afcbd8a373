"""The program that reads a stranger's document: `python -I paper_child.py LINE SIZE MAX_PIXELS CPU_SECONDS MEMORY`.

It lives as `child.py` does: it imports what it needs, puts up its walls, proves itself inside
them, and only then reads.
"""

import codecs
import ctypes
import dataclasses
import io
import json
import logging
import socket
import zipfile
from types import ModuleType
from typing import TYPE_CHECKING

from submissions.inspection import wire
from submissions.inspection.child import ParentGoneError, RemoteFile, live, refuse
from submissions.inspection.confinement import confine, load_filter
from submissions.inspection.unfit import UnfitError

if TYPE_CHECKING:
    from pypdf import PdfReader, PdfWriter

_PROOF_PIXELS = 4_000_000
_ROOM_BYTES = 64 << 20
_ENCODINGS = ("utf-16", "utf-16-be", "utf-16-le", "utf-8", "latin-1", "charmap")
"""By which pdfium gives out the words of a page and a PDF is told its title; Python loads each on first use."""


def _run(line: socket.socket, size: int, max_pixels: int, cpu_seconds: int, memory_bytes: int) -> None:
    import pypdfium2  # type: ignore[import-untyped]  # it has no types
    from PIL import Image
    from pypdf import PdfReader, PdfWriter

    from submissions.inspection import paper

    logging.disable()  # what a library thinks of the file is told to nobody
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)
    proofs = [*(_photograph(Image, kind) for kind in paper.PICTURES.values()), *_pages(pypdfium2, PdfReader, PdfWriter)]
    proofs.append(_document())
    for proof in proofs:  # what is loaded on first use is loaded now; afterwards it could not be
        paper.examine(proof, max_pixels=_PROOF_PIXELS)
    walls = confine(load_filter(), cpu_seconds=cpu_seconds, memory_bytes=memory_bytes)
    for proof in proofs:
        paper.examine(proof, max_pixels=_PROOF_PIXELS)
    bytearray(_ROOM_BYTES)
    wire.send(line, wire.READY, json.dumps(dataclasses.asdict(walls)).encode())
    try:
        found = paper.examine(_whole(RemoteFile(line, size)), max_pixels=max_pixels)
    except UnfitError as unfit:
        refuse(line, unfit.reason, unfit.measured)
    except (ImportError, NameError, ParentGoneError):
        raise  # a mistake of our own, or nobody there: the file is not to blame
    except Exception:  # noqa: BLE001 -- what makes no sense reaches us in every shape
        refuse(line, "broken")
    else:
        if found.preview is not None:
            wire.send(line, wire.POSTER, found.preview)
        if found.thumbnail is not None:
            wire.send(line, wire.THUMBNAIL, found.thumbnail)
        if found.shown is not None:
            wire.send(line, wire.SHOWN, found.shown)
        wire.send(line, wire.PAPER, json.dumps(dataclasses.asdict(found.paper)).encode())


def _whole(file: RemoteFile) -> bytes:
    pieces = io.BytesIO()
    while piece := file.read():
        pieces.write(piece)
    return pieces.getvalue()


def _photograph(image: ModuleType, kind: str) -> bytes:
    proof = io.BytesIO()
    image.new("RGB", (32, 32), "white").save(proof, kind, exif=image.Exif())
    return proof.getvalue()


def _pages(pdfium: ModuleType, reader: type["PdfReader"], writer: type["PdfWriter"]) -> tuple[bytes, bytes]:
    """Return a page of ours with a word on it as pdfium writes it, and with a title as pypdf does."""
    document = pdfium.PdfDocument.new()
    page = document.new_page(200, 200)
    word = pdfium.raw.FPDFPageObj_NewTextObj(document, b"Helvetica", 12.0)
    letters = ctypes.create_string_buffer("STEM\0".encode("utf-16-le"))
    pdfium.raw.FPDFText_SetText(word, ctypes.cast(letters, pdfium.raw.FPDF_WIDESTRING))
    pdfium.raw.FPDFPage_InsertObject(page, word)
    page.gen_content()
    plain, packed = io.BytesIO(), io.BytesIO()
    document.save(plain)
    copy = writer(clone_from=reader(io.BytesIO(plain.getvalue())))
    copy.add_metadata({"/Title": "Đề cương"})
    copy.compress_identical_objects()
    copy.write(packed)
    return plain.getvalue(), packed.getvalue()


def _document() -> bytes:
    proof = io.BytesIO()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with zipfile.ZipFile(proof, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", f'<Override ContentType="{kind}"/>')
        packed.writestr("word/đề cương.xml", "<w:t/>")
    return proof.getvalue()


if __name__ == "__main__":
    live(_run)
