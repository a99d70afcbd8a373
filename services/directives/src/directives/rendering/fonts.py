"""The font that is embedded in a PDF: Tinos, as wide as Times New Roman, with all Vietnamese letters."""

from functools import cache
from importlib.resources import files
from threading import Lock

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD, ITALIC, BOLD_ITALIC = "Tinos", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic"
_FILES = {REGULAR: "Regular", BOLD: "Bold", ITALIC: "Italic", BOLD_ITALIC: "BoldItalic"}
DRAWING = Lock()
"""Held while a PDF is made: the library keeps its fonts, and which letters of them were drawn, for all threads."""


@cache
def register() -> None:
    """Make the font known to the PDF library, once."""
    folder = files("directives.rendering") / "fonts"
    for name, file in _FILES.items():
        with (folder / f"Tinos-{file}.ttf").open("rb") as content:
            pdfmetrics.registerFont(TTFont(name, content))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=ITALIC, boldItalic=BOLD_ITALIC)


def width(text: str, font: str, size: float) -> float:
    """Return how wide a text is, in points; Times New Roman is as wide."""
    register()
    return float(pdfmetrics.stringWidth(text, font, size))
