"""A file keeps its name, without folders and without marks nobody sees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.domain.naming import LONGEST_NAME, file_name


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("Hoạt động STEM.mp4", "Hoạt động STEM.mp4"),
        ("C:\\fakepath\\video.mp4", "video.mp4"),
        ("../../etc/passwd", "passwd"),
        ("thu muc/con/anh.jpg", "anh.jpg"),
        ("\u200fgpj.exe\u200e", "gpj.exe"),
        ("vi\u200bdeo\ufeff.mp4", "video.mp4"),
        (" a .pdf ", "a .pdf"),
        ("f/" * 200 + "anh.jpg", "anh.jpg"),
    ],
)
def test_folders_and_invisible_marks_go_and_the_rest_stays(given_name, kept) -> None:
    assert file_name(given_name) == kept


def test_a_name_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="255"):
        file_name("x" * 256)


@pytest.mark.parametrize("nothing", ["", "/", "a/..", ".", "folder/", "\u200f", "..."])
def test_a_name_of_which_nothing_is_left_is_refused(nothing) -> None:
    with pytest.raises(ValueError, match="tên tệp trống"):
        file_name(nothing)


@given(st.text(max_size=600))
def test_no_name_leads_out_of_its_folder(given_name) -> None:
    try:
        kept = file_name(given_name)
    except ValueError:
        return
    assert "/" not in kept
    assert "\\" not in kept
    assert kept not in (".", "..")
    assert 0 < len(kept) <= LONGEST_NAME
    assert file_name(kept) == kept
