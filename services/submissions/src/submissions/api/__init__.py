"""The front door: parse, one operation, answer."""

from submissions.api.answers import router as answers
from submissions.api.bundle import router as bundle
from submissions.api.children import router as children
from submissions.api.files import router as files
from submissions.api.media import router as media

__all__ = ["answers", "bundle", "children", "files", "media"]
