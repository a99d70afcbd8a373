"""What a file is, measured by a confined child: its length, its picture, a poster; or why it is refused."""

from submissions.inspection.inspector import inspect
from submissions.inspection.papers import examine, kind_of_source
from submissions.inspection.renditions import Rendition, make_playable
from submissions.inspection.scanning import Clamd, NoScanner, Scan, Scanner
from submissions.inspection.sounds import listen
from submissions.inspection.verdict import (
    ByteSource,
    Confinement,
    ExaminedPaper,
    InspectionUnavailable,
    Limits,
    Measured,
    Refused,
)

__all__ = [
    "ByteSource",
    "Clamd",
    "Confinement",
    "ExaminedPaper",
    "InspectionUnavailable",
    "Limits",
    "Measured",
    "NoScanner",
    "Refused",
    "Rendition",
    "Scan",
    "Scanner",
    "examine",
    "inspect",
    "kind_of_source",
    "listen",
    "make_playable",
]
