"""What a file is, measured by a confined child: its length, its picture, a poster; or why it is refused."""

from submissions.inspection.inspector import inspect
from submissions.inspection.verdict import (
    ByteSource,
    Confinement,
    InspectionUnavailable,
    Limits,
    Measured,
    Refused,
)

__all__ = ["ByteSource", "Confinement", "InspectionUnavailable", "Limits", "Measured", "Refused", "inspect"]
