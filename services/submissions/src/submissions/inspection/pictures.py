"""Small JPEGs of a picture: what is shown in place of a file, and in a list of files. Only the children import this."""

import io

from PIL import Image

from submissions.inspection.wire import THUMBNAIL_BYTES

THUMBNAIL_PIXELS = 240
"""The longer side: sharp at the size a list shows it, on a phone too."""
_QUALITIES = (82, 60, 40, 20)


def jpeg_of(picture: Image.Image, most: int) -> bytes | None:
    """Return a JPEG of at most so many bytes; null when even a poor one has more."""
    for quality in _QUALITIES:
        jpeg = io.BytesIO()
        picture.save(jpeg, "JPEG", quality=quality)
        if jpeg.tell() <= most:
            return jpeg.getvalue()
    return None


def thumbnail_of(picture: Image.Image) -> bytes | None:
    """Return a picture for a list; makes `picture` itself that small."""
    picture.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    return jpeg_of(picture, THUMBNAIL_BYTES)
