"""The zip of a directive's files is one every program opens, and any end of it is the same as of the whole."""

import io
import zipfile
import zlib
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.domain import packing
from submissions.domain.packing import Packed

WHEN = datetime(2026, 11, 22, 8, 30, 42)  # noqa: DTZ001  a zip knows no zones


def whole(contents: dict[str, bytes]) -> tuple[list[Packed], bytes]:
    files = [Packed(name, len(content), WHEN) for name, content in contents.items()]
    crcs = [zlib.crc32(content) for content in contents.values()]
    body = b"".join(
        packing.header(each) + contents[each.name] + packing.descriptor(each, crc)
        for each, crc in zip(files, crcs, strict=True)
    )
    return files, body + packing.index(files, crcs)


@given(
    st.dictionaries(
        st.text("aạbăđ /._-", min_size=1, max_size=20).filter(lambda n: not n.endswith("/")),
        st.binary(max_size=200),
        max_size=8,
    )
)
def test_what_was_packed_is_what_comes_out(contents) -> None:
    files, packed = whole(contents)

    assert len(packed) == packing.total_length(files)
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        assert opened.testzip() is None
        assert {each.filename: opened.read(each) for each in opened.infolist()} == contents
        assert all(each.date_time == WHEN.timetuple()[:6] for each in opened.infolist())


def test_files_beyond_four_gigabytes_are_found_where_they_lie() -> None:
    files = [Packed("a.mp4", 5 << 30, WHEN), Packed("b.mp4", 3, WHEN)]
    index = packing.index(files, [1, 2])
    length = packing.total_length(files)

    class Sparse(io.RawIOBase):
        """The zip, of which only the end is written out."""

        def __init__(self) -> None:
            self.at = 0

        def seekable(self) -> bool:
            return True

        def tell(self) -> int:
            return self.at

        def seek(self, offset: int, whence: int = 0) -> int:
            self.at = offset + (0, self.at, length)[whence]
            return self.at

        def read(self, size: int = -1) -> bytes:
            start = self.at - (length - len(index))
            assert start >= 0, "nothing but the end is looked at"
            piece = index[start:] if size < 0 else index[start : start + size]
            self.at += len(piece)
            return piece

    with zipfile.ZipFile(Sparse()) as opened:
        found = {each.filename: (each.file_size, each.header_offset) for each in opened.infolist()}
    assert found == {"a.mp4": (5 << 30, 0), "b.mp4": (3, packing.length_of(files[0]))}


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Báo cáo.docx", "Báo cáo.docx"),
        ('a<b>:"|?*.mp4', "a_b______.mp4"),
        ("con.txt", "_con.txt"),
        (" .. ", "_"),
        ("a/b\\c", "a_b_c"),
    ],
)
def test_names_are_written_by_every_system(name, safe) -> None:
    assert packing.safe_name(name) == safe


def test_two_files_of_one_name_are_told_apart_whatever_their_case() -> None:
    assert packing.distinct(["U/a.mp4", "U/A.mp4", "V/a.mp4", "U/a.mp4"]) == [
        "U/a.mp4",
        "U/A (2).mp4",
        "V/a.mp4",
        "U/a (3).mp4",
    ]


@given(
    st.lists(st.integers(min_value=1, max_value=50), min_size=1, max_size=6), st.integers(min_value=0, max_value=400)
)
def test_what_is_cut_off_and_what_is_left_are_the_whole(lengths, start) -> None:
    left = sum(lengths[number] - out for number, out in packing.cut(start, lengths))
    assert left == max(0, sum(lengths) - start)
