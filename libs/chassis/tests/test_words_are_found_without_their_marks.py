"""Words are found with their marks or without, and shown as they are written."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.wording import AROUND, excerpt, folded, pattern


@pytest.mark.parametrize(
    ("written", "flat"), [("Đường Hồ Chí Minh", "duong ho chi minh"), ("GIÁO DỤC stem", "giao duc stem")]
)
def test_a_text_is_folded_however_it_is_composed(written, flat) -> None:
    assert {folded(unicodedata.normalize(form, written)) for form in ("NFC", "NFD")} == {flat}


def test_an_excerpt_is_written_as_the_text_is_from_word_to_word() -> None:
    text = f"{'trước đó ' * 40}Thư viện  xanh\ncủa trường{' sau đó' * 40}"

    found = excerpt(text, ["thu", "vien"])

    assert found is not None
    assert "Thư viện xanh của trường" in found
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert set(found.split()) <= {*text.split(), "…"}


@given(st.text(alphabet="aăâđ ̀́xyz\n", max_size=300), st.text(alphabet="aădxyz", min_size=1, max_size=3))
def test_what_is_shown_has_the_word_or_there_is_none(text, word) -> None:
    found = excerpt(text, [folded(word)])

    assert (found is None) == (folded(word) not in folded(text))
    if found is not None:
        assert len(found) <= 2 * AROUND + 4


SIGNS = "aăâđĐộỘưzZ 0%_.*\\[^-]ßêё\u0323\u0301"


@given(st.text(alphabet=SIGNS, max_size=40), st.text(alphabet=SIGNS, min_size=1, max_size=3))
def test_a_pattern_finds_what_is_there_once_both_are_folded(text, word) -> None:
    composed = unicodedata.normalize("NFC", text)

    # A mark before any letter stands on nothing.
    assert bool(re.search(pattern(folded(word)), composed)) == (folded(word) in folded(composed))
