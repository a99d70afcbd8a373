"""The file as the child may see it: in blocks, from a cache, and only so much of it."""

from collections import OrderedDict

from submissions.inspection.verdict import ByteSource, InspectionUnavailable
from submissions.inspection.wire import BLOCK_BYTES

# 4 MiB: enough that sound and picture, which lie far apart in some files, do not push each other out.
_KEPT_BLOCKS = 64
# Some files must be walked from end to end (WebM without cues), once for each of the two openings.
_TIMES_OVER = 3
# The index of a small file is looked up more often than its size suggests.
_SPARE_BLOCKS = 64
# A request is for half a block on average, and there are some for every leap between sound and picture.
_REQUESTS_PER_BLOCK = 4
_SPARE_REQUESTS = 5000


class TooMuchReadError(Exception):
    """The child wants more of the file than any honest measuring needs."""


class Feed:
    """Answers range requests from a source, block by block."""

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self._size = source.size
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._blocks_left = _TIMES_OVER * (self._size // BLOCK_BYTES + 1) + _SPARE_BLOCKS
        self._requests_left = _REQUESTS_PER_BLOCK * self._blocks_left + _SPARE_REQUESTS

    @property
    def size(self) -> int:
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        """Give a range that lies within the file. Raises InspectionUnavailable when the source fails."""
        self._requests_left -= 1
        if self._requests_left < 0:
            raise TooMuchReadError("more requests than any film needs")
        first = offset // BLOCK_BYTES
        last = (offset + length - 1) // BLOCK_BYTES
        whole = b"".join(self._block(number) for number in range(first, last + 1))
        start = offset - first * BLOCK_BYTES
        return whole[start : start + length]

    def _block(self, number: int) -> bytes:
        if number in self._blocks:
            self._blocks.move_to_end(number)
            return self._blocks[number]
        self._blocks_left -= 1
        if self._blocks_left < 0:
            raise TooMuchReadError(f"more than {_TIMES_OVER} times the file")
        block = self._blocks[number] = self._fetch(number * BLOCK_BYTES)
        if len(self._blocks) > _KEPT_BLOCKS:
            self._blocks.popitem(last=False)
        return block

    def _fetch(self, offset: int) -> bytes:
        length = min(BLOCK_BYTES, self._size - offset)
        try:
            block = self._source.read_at(offset, length)
        except Exception as failure:  # whatever a store raises, the file is not to blame
            raise InspectionUnavailable(f"the store gave no bytes at {offset}: {failure!r}") from failure
        if len(block) != length:
            raise InspectionUnavailable(f"the store gave {len(block)} of {length} bytes at {offset}")
        return block
