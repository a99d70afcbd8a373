"""The front door: parse, one operation, answer."""

from submissions.api.answers import receiving
from submissions.api.answers import router as answers
from submissions.api.bundle import router as bundle
from submissions.api.checks import router as checks
from submissions.api.children import router as children
from submissions.api.corrections import router as corrections
from submissions.api.drafts import router as drafts
from submissions.api.files import router as files
from submissions.api.forms import router as forms
from submissions.api.media import router as media
from submissions.api.reviews import router as reviews
from submissions.api.searches import router as searches

__all__ = [
    "answers",
    "bundle",
    "checks",
    "children",
    "corrections",
    "drafts",
    "files",
    "forms",
    "media",
    "receiving",
    "reviews",
    "searches",
]
