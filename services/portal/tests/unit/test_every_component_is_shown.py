"""The page of components shows all there are."""

import re
from pathlib import Path

import pytest

import portal

TEMPLATES = Path(portal.__file__).parent / "templates"
UNSEEN = {"token": "a hidden field", "brand": "stands at the head of the page itself"}
MACROS = re.findall(r"{% macro (\w+)\(", (TEMPLATES / "parts.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [name for name in MACROS if name not in UNSEEN])
def test_every_component_stands_on_the_page_of_components(name) -> None:
    gallery = (TEMPLATES / "gallery.html").read_text(encoding="utf-8")

    assert f"p.{name}(" in gallery


def test_what_is_not_shown_is_a_component_still() -> None:
    assert UNSEEN.keys() <= set(MACROS)


def test_every_icon_is_shown() -> None:
    from portal.pages.front import ICONS

    drawn = (TEMPLATES.parent / "assets" / "icons.svg").read_text(encoding="utf-8")

    assert set(re.findall(r'id="(\w+)"', drawn)) == set(ICONS)
