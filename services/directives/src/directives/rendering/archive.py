"""Office files are archives; the clock of whoever writes one is taken out of it."""

import re
import zipfile
from io import BytesIO

_EPOCH = (1980, 1, 1, 0, 0, 0)
_CORE = "docProps/core.xml"
_CREATED = re.compile(rb"<dcterms:created[^>]*>([^<]*)</dcterms:created>")
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def settled(content: bytes) -> bytes:
    """Return an archive with the same parts in the same order, each as old as archives can tell.

    What the document says of its own last change becomes the day it was created: the libraries write the
    moment of saving there, whatever they are told.
    """
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as given, zipfile.ZipFile(made, "w") as kept:
        for part in given.infolist():
            plain = zipfile.ZipInfo(part.filename, _EPOCH)
            plain.compress_type, plain.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            text = given.read(part)
            kept.writestr(plain, _unchanged_since_created(text) if part.filename == _CORE else text)
    return made.getvalue()


def _unchanged_since_created(properties: bytes) -> bytes:
    created = _CREATED.search(properties)
    return _MODIFIED.sub(rb"\g<1>" + created[1] + rb"\g<2>", properties) if created else properties
