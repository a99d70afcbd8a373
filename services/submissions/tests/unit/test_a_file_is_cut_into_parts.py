"""A file is cut into parts that add up to it, and only parts the store holds whole count."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.parts import HeldPart, StatedPart
from chassis.transaction import new_id
from submissions.domain.media import (
    LARGE_FILE_BYTES,
    LARGE_PART_BYTES,
    PART_BYTES,
    Media,
    part_bytes_for,
)
from submissions.problems import NoSuchPart


def media(byte_count: int) -> Media:
    return Media(
        id=new_id(),
        obligation_id=new_id(),
        uploaded_by=new_id(),
        file_name="video.mp4",
        content_type="video/mp4",
        byte_count=byte_count,
        part_bytes=part_bytes_for(byte_count),
        store_upload_id="u",
        state="uploading",
        version=0,
        opened_at=datetime.now(UTC),
    )


@given(st.integers(min_value=1, max_value=50_000_000_000))
def test_the_parts_add_up_to_the_file_and_s3_takes_them(byte_count) -> None:
    file = media(byte_count)

    sizes = [file.bytes_of_part(1), file.bytes_of_part(file.part_count)]

    assert sum(sizes[: file.part_count]) + max(0, file.part_count - 2) * file.part_bytes == byte_count
    assert file.part_count <= 10_000
    assert file.part_count == 1 or sizes[0] == file.part_bytes >= PART_BYTES
    assert 0 < sizes[1] <= file.part_bytes


def test_small_files_have_small_parts() -> None:
    assert part_bytes_for(LARGE_FILE_BYTES) == PART_BYTES == 5 * 1024 * 1024
    assert part_bytes_for(LARGE_FILE_BYTES + 1) == LARGE_PART_BYTES


@pytest.mark.parametrize("number", [-1, 0, 4])
def test_there_is_no_part_beyond_the_last(number) -> None:
    with pytest.raises(NoSuchPart) as refused:
        media(PART_BYTES * 2 + 1).bytes_of_part(number)

    assert refused.value.more == {"part_count": 3}


def test_what_the_store_lists_counts_once_whole_and_newest() -> None:
    file = media(PART_BYTES * 2 + 7)
    held = [
        HeldPart(1, "old", PART_BYTES),
        HeldPart(3, "torn", 6),
        HeldPart(2, "b", PART_BYTES),
        HeldPart(1, "new", PART_BYTES),
        HeldPart(9, "stray", PART_BYTES),
    ]

    assert [(part.number, part.etag) for part in file.received_parts(held)] == [(1, "new"), (2, "b")]


def test_a_part_is_missing_unless_the_store_holds_it_as_stated() -> None:
    file = media(PART_BYTES * 2 + 7)
    held = [
        HeldPart(1, "old", PART_BYTES),
        HeldPart(1, "new", PART_BYTES),
        HeldPart(2, "b", PART_BYTES),
        HeldPart(3, "torn", 6),
    ]

    def missing(**etags) -> list[int]:
        return file.missing_parts([StatedPart(int(n[1:]), etag) for n, etag in etags.items()], held)

    assert missing(n1="old", n2="b", n3="c") == [3]
    assert missing(n1="new", n2="b") == [3]
    assert missing(n1="other", n2="b", n3="torn") == [1, 3]
    assert missing() == [1, 2, 3]
    whole = [*held, HeldPart(3, "c", 7)]
    assert file.missing_parts([StatedPart(n, e) for n, e in ((3, "c"), (1, "old"), (2, "b"))], whole) == []
