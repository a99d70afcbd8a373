"""The file in blocks: each is fetched once while it is kept, and not without end."""

import pytest

from submissions.inspection.feed import Feed, TooMuchReadError
from submissions.inspection.wire import BLOCK_BYTES


def test_any_range_is_given_as_it_stands_in_the_file(source_of: type) -> None:
    content = bytes(number % 251 for number in range(3 * BLOCK_BYTES + 17))
    feed = Feed(source_of(content))

    ranges = [(0, 1), (BLOCK_BYTES - 1, 2), (10, 2 * BLOCK_BYTES), (len(content) - 17, 17), (0, len(content))]

    assert [feed.read(*each) for each in ranges] == [content[at : at + length] for at, length in ranges]


def test_a_block_is_fetched_once(source_of: type) -> None:
    source = source_of(bytes(2 * BLOCK_BYTES))
    feed = Feed(source)

    for at in range(0, BLOCK_BYTES, 1000):
        feed.read(at, 100)

    assert source.bytes_read == BLOCK_BYTES


def test_reading_a_large_file_over_and_over_ends(source_of: type) -> None:
    source = source_of(bytes(200 * BLOCK_BYTES))
    feed = Feed(source)

    with pytest.raises(TooMuchReadError, match="times the file"):
        _read_each(feed, [block * BLOCK_BYTES for block in range(200)] * 10)

    assert source.bytes_read < 4 * source.size


def test_asking_without_end_ends(source_of: type) -> None:
    feed = Feed(source_of(b"x"))

    with pytest.raises(TooMuchReadError, match="requests"):
        _read_each(feed, [0] * 10_000)


def _read_each(feed: Feed, offsets: list[int]) -> None:
    for offset in offsets:
        feed.read(offset, 1)
