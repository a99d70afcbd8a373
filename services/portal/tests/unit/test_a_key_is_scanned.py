"""The key of a second factor as a code that phones read."""

import re

from markupsafe import Markup

from portal.pages.profile import picture_of

ADDRESS = "otpauth://totp/Congvan:lanh-dao?secret=JBSWY3DPEHPK3PXP&issuer=C%C3%B4ng%20v%C4%83n"


def test_a_key_is_drawn_dark_on_light_with_nothing_a_page_may_not_hold() -> None:
    drawn = picture_of(ADDRESS)

    assert isinstance(drawn, Markup)
    assert re.search(r'fill="#fff"|stroke="#000"', drawn)
    assert not re.search(r"style=|<script|href|otpauth|JBSWY", drawn)


def test_another_key_is_another_picture() -> None:
    assert picture_of(ADDRESS) != picture_of(ADDRESS.replace("JBSWY", "KBSWY"))
