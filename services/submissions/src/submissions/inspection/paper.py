"""Examining a document or a photograph. Only the child imports this.

Nothing here opens what a file contains to run or follow it: a part is read with a cap, never by the size it states.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2  # type: ignore[import-untyped]  # it has no types
from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from submissions.inspection.kinds import HEAD_BYTES, kind_of
from submissions.inspection.pictures import jpeg_of, thumbnail_of
from submissions.inspection.pupils import looks_like_pupils
from submissions.inspection.unfit import UnfitError
from submissions.inspection.wire import POSTER_BYTES, SHOWN_BYTES, Paper

PREVIEW_PIXELS = 640
SHOWN_PIXELS = 2560
PICTURES = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}

_ORIENTATION = 0x0112  # of Exif
_LAID_ON_ITS_SIDE = frozenset({5, 6, 7, 8})

_MOST_OBJECTS = 200_000
_PAGES_LOOKED_AT = 20
_TEXT_LOOKED_AT = 200_000
_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA"})
_ACTIVE_ACTIONS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/Movie"})

_MOST_PARTS = 3000
_MOST_UNPACKED = 200 << 20
_MOST_RATIO = 200
_RATIO_COUNTS_FROM = 1 << 20
_ENCRYPTED_BIT = 1
_MAIN_PARTS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
}
_ACTIVE_PARTS = ("vbaproject", "vbadata", "activex/", "externallinks/", "macrosheets/", "dialogsheets/", "oleobject")
_PASSIVE_EMBEDDED = (".xlsx", ".docx", ".pptx")  # the figures behind a chart
_TEXT_PARTS = ("word/document.xml", "xl/sharedstrings.xml", "ppt/slides/")
_KEPT_PARTS = (*_TEXT_PARTS, "[content_types].xml")
_CONTENT_TYPE = re.compile(rb'ContentType\s*=\s*["\']([^"\']+)["\']', re.IGNORECASE)
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(rb"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Examined:
    """What a paper is, previews of it, and, of a photograph, the picture without what the camera wrote beside it."""

    paper: Paper
    preview: bytes | None
    thumbnail: bytes | None
    shown: bytes | None


def examine(content: bytes, *, max_pixels: int) -> Examined:
    """Give what the file is. Raises UnfitError, or whatever the libraries make of a file that makes no sense."""
    kind = kind_of(content[:HEAD_BYTES])
    if kind == "pdf":
        return _pdf(content, max_pixels)
    if kind == "office":
        return _office(content)
    if kind in ("jpg", "png", "webp"):
        return _photograph(content, kind, max_pixels)
    raise UnfitError("old-office" if kind == "old-office" else "other-kind")


def _pdf(content: bytes, max_pixels: int) -> Examined:
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise UnfitError("encrypted")
    _refuse_active_objects(reader)
    document = pypdfium2.PdfDocument(content)
    pages = len(document)
    if pages == 0:
        raise UnfitError("broken")
    text = io.StringIO()
    for number in range(min(pages, _PAGES_LOOKED_AT)):
        text.write(document[number].get_textpage().get_text_range()[:_TEXT_LOOKED_AT])
    first = document[0]
    width, height = first.get_size()
    scale = min(PREVIEW_PIXELS / max(width, 1), 2 * PREVIEW_PIXELS / max(height, 1))
    if width * height * scale * scale > max_pixels:
        raise UnfitError("too-many-pixels", int(width * height))
    page = first.render(scale=scale).to_pil().convert("RGB")
    return Examined(Paper("pdf", pages, looks_like_pupils(text.getvalue())), *_previews(page), None)


def _refuse_active_objects(reader: PdfReader) -> None:
    numbers = {number for table in reader.xref.values() for number in table} | set(reader.xref_objStm)
    if len(numbers) > _MOST_OBJECTS:
        raise UnfitError("broken")
    for number in sorted(numbers):
        if number:
            for each in _dictionaries(reader.get_object(IndirectObject(number, 0, reader))):
                if _ACTIVE_KEYS & each.keys() or each.get("/S") in _ACTIVE_ACTIONS:
                    raise UnfitError("active-content")


def _dictionaries(thing: object) -> Iterator[DictionaryObject]:
    """Walk an object down to where others begin, which come by their own numbers."""
    left = [thing]
    while left:
        each = left.pop()
        if isinstance(each, DictionaryObject):
            yield each
            left.extend(each.values())
        elif isinstance(each, ArrayObject):
            left.extend(each)


def _office(content: bytes) -> Examined:
    kept: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _refuse_odd_parts(packed.infolist())
            unpacked = 0
            for part in packed.infolist():
                body = _unpacked(packed, part, _MOST_UNPACKED - unpacked)
                unpacked += len(body)
                _refuse_active_part(part.filename.lower(), body)
                if part.filename.lower().startswith(_KEPT_PARTS):
                    kept[part.filename.lower()] = body
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as damaged:
        raise UnfitError("broken") from damaged
    types = [each.decode(errors="replace") for each in _CONTENT_TYPE.findall(kept.get("[content_types].xml", b""))]
    if any("macroenabled" in each.lower() or "vbaproject" in each.lower() for each in types):
        raise UnfitError("active-content")
    formats = {_MAIN_PARTS[each] for each in types if each in _MAIN_PARTS}
    if len(formats) != 1:
        raise UnfitError("other-kind")
    text = b" ".join(_TAG.sub(b" ", body) for name, body in kept.items() if name.startswith(_TEXT_PARTS))
    seen = re.sub(r"\s+", " ", text.decode(errors="replace"))[: _PAGES_LOOKED_AT * _TEXT_LOOKED_AT]
    return Examined(Paper(formats.pop(), None, looks_like_pupils(seen)), None, None, None)


def _refuse_odd_parts(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(names) > _MOST_PARTS:
        raise UnfitError("bomb")
    if any(part.flag_bits & _ENCRYPTED_BIT for part in parts):
        raise UnfitError("encrypted")
    if len(set(names)) != len(names) or any(name.startswith("/") or ".." in name or "\\" in name for name in names):
        raise UnfitError("broken")


def _unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> bytes:
    most = min(room, max(_RATIO_COUNTS_FROM, part.compress_size * _MOST_RATIO))
    with packed.open(part) as opened:
        body = opened.read(most + 1)
    if len(body) > most:
        raise UnfitError("bomb")
    return body


def _refuse_active_part(name: str, body: bytes) -> None:
    if any(word in name for word in _ACTIVE_PARTS):
        raise UnfitError("active-content")
    if "embeddings/" in name and not name.endswith(_PASSIVE_EMBEDDED):
        raise UnfitError("active-content")
    if name.endswith((".xml", ".rels", ".vml")):
        plain = body.replace(b"\0", b"")  # UTF-16 is allowed and would hide a word from us
        if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
            raise UnfitError("active-content")
        if name.endswith(".rels") and any(
            b'"external"' in each.lower().replace(b"'", b'"') and b"/hyperlink" not in each.lower()
            for each in _RELATION.findall(plain)
        ):
            raise UnfitError("active-content")


def _photograph(content: bytes, kind: str, max_pixels: int) -> Examined:
    with Image.open(io.BytesIO(content), formats=[PICTURES[kind]]) as opened:
        if opened.width * opened.height > max_pixels:
            raise UnfitError("too-many-pixels", opened.width * opened.height)
        width, height = opened.size
        opened.draft("RGB", (SHOWN_PIXELS, SHOWN_PIXELS))  # a JPEG is decoded no larger than it will be shown
        if opened.getexif().get(_ORIENTATION) in _LAID_ON_ITS_SIDE:
            width, height = height, width
        upright = ImageOps.exif_transpose(opened)
        picture = upright.convert("RGB")
    picture.info.clear()  # place, time, device, and whatever else lay beside the picture
    picture.thumbnail((SHOWN_PIXELS, SHOWN_PIXELS))
    shown = _jpeg(picture, SHOWN_BYTES)
    picture.thumbnail((PREVIEW_PIXELS, 2 * PREVIEW_PIXELS))
    return Examined(Paper(kind, None, False, width, height), *_previews(picture), shown)


def _previews(picture: Image.Image) -> tuple[bytes, bytes]:
    preview, thumbnail = _jpeg(picture, POSTER_BYTES), thumbnail_of(picture)
    if thumbnail is None:
        raise UnfitError("broken")
    return preview, thumbnail


def _jpeg(picture: Image.Image, most: int) -> bytes:
    jpeg = jpeg_of(picture, most)
    if jpeg is None:
        raise UnfitError("broken")
    return jpeg
