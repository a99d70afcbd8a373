"""What no letter carries out of the house: addresses, telephone numbers, the numbers people are registered by. Pure."""

import re

_ADDRESS = r"\S@\S"
_DATE = r"\d{1,2}[ .-]\d{1,2}[ .-](?:19|20)\d\d(?!\d)"
_TELEPHONE = rf"(?<!\d)(?<!\d[:h])(?!{_DATE})(?:\+?84|\(?0)(?:[ .()-]{{0,2}}\d){{8,10}}(?!\d)"
_CITIZEN = r"(?<!\d)\d{12}(?!\d)"
_PERSONAL = re.compile("|".join((_ADDRESS, _TELEPHONE, _CITIZEN)))


def is_personal(text: str) -> bool:
    """Say whether there is a mail address, a telephone number of Viet Nam or a citizen's number in a text."""
    return _PERSONAL.search(text) is not None
