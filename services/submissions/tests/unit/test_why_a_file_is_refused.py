"""Whoever sent a file that is refused reads what was measured and what to do, in both languages."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from chassis.transaction import new_id
from contracts.submissions import MediaRefusal
from submissions.domain.media import Media
from submissions.domain.refusing import words_of


def refused(refusal, *, content_type="video/mp4", **measured) -> Media:
    return Media(
        id=new_id(),
        obligation_id=new_id(),
        uploaded_by=new_id(),
        file_name="tep",
        content_type=content_type,
        byte_count=1,
        part_bytes=1,
        store_upload_id="",
        state="rejected",
        version=2,
        opened_at=datetime.now(UTC),
        refusal=refusal,
        **measured,
    )


@pytest.mark.parametrize(
    ("media", "said"),
    [
        (refused("too-long", measured=75_000, allowed=60_000), "Video dài 75 giây, tối đa 60 giây; hãy cắt ngắn"),
        (refused("too-long", measured=61_040, allowed=60_000), "Video dài 61,1 giây, tối đa 60 giây"),
        (
            refused("too-long", measured=75_000, allowed=60_000, content_type="audio/mpeg"),
            "Bản ghi âm dài 75 giây, tối đa 60 giây",
        ),
        (refused("too-large", measured=1_234_567, allowed=1_000_000), "Tệp lớn 1,3 MB, tối đa 1 MB; hãy giảm"),
        (refused("too-small", measured=300, allowed=720), "cạnh ngắn 300 điểm ảnh, cần ít nhất 720; hãy gửi"),
    ],
    ids=["film", "a moment too long", "recording", "bytes", "pixels"],
)
def test_what_was_measured_is_said_beside_what_is_allowed(media, said) -> None:
    assert said in words_of(media).vi


@pytest.mark.parametrize("refusal", get_args(MediaRefusal))
def test_every_refusal_says_what_to_do(refusal) -> None:
    words = words_of(refused(refusal))

    assert "hãy" in words.vi
    assert words.en.isascii()


def test_a_file_that_was_not_refused_has_no_such_words() -> None:
    assert words_of(refused(None)) is None
