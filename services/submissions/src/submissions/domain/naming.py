"""What a file may be called: what is left of the name its sender's device gave."""

import unicodedata

LONGEST_NAME = 255


def file_name(given: str) -> str:
    """Return the name without the folders before it and the marks nobody sees; raise ValueError when that is no name.

    Some browsers send the whole path. Marks that turn the direction of writing make `gpj.exe` look like `exe.jpg`;
    overrides are refused with any other text, here the mere marks go too.
    """
    last = given.replace("\\", "/").rpartition("/")[2]
    seen = "".join(letter for letter in last if unicodedata.category(letter) != "Cf").strip()
    if not seen.strip(". "):
        raise ValueError("tên tệp trống / the file has no name")
    if len(seen) > LONGEST_NAME:
        raise ValueError(f"tên tệp dài quá {LONGEST_NAME} ký tự / the name is longer than {LONGEST_NAME} characters")
    return seen
