"""What a draft says on paper that it replaces is what it replaces by its relations."""

import unicodedata
from uuid import uuid4

import pytest

from directives.domain.relation import Relation, check_replaces_code
from directives.problems import RelationUnfit


def _relations(*codes, kind="replaces"):
    return [Relation(kind, uuid4(), code) for code in codes]


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        (None, ["745/SGDĐT-GDPT"]),
        ("", ["745/SGDĐT-GDPT"]),
        ("văn bản trước đây của Sở", ["745/SGDĐT-GDPT"]),
        ("745/SGDĐT-GDPT", []),
        ("745/SGDĐT-GDPT", ["745/SGDĐT-GDPT"]),
        ("Công văn số 0745/sgdđt-gdpt, ngày 16/11/2026.", ["745/SGDĐT-GDPT"]),
        (unicodedata.normalize("NFD", "745/SGDĐT-GDPT"), ["745/SGDĐT-GDPT"]),
        ("745/SGDĐT-GDPT và 12/KH-SGDĐT", ["12/KH-SGDĐT", "745/SGDĐT-GDPT"]),
        ("745/SGDĐT-GDPT và 15/2020/QĐ-UBND", ["745/SGDĐT-GDPT"]),
        ("05/QĐ-SGD&ĐT", ["05/QĐ-SGD&ĐT"]),
    ],
)
def test_what_agrees_or_says_nothing_is_taken(written, codes) -> None:
    check_replaces_code(written, _relations(*codes))


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("745/SGDĐT-GDPT", ["746/SGDĐT-GDPT"]),
        ("745/SGDĐT-GDPT", ["745/SGDĐT-GDTX"]),
        ("745/SGDĐT-GDPT", ["745/SGDĐT-GDPT", "12/KH-SGDĐT"]),
        ("745/SGDĐT-GDPT", ["1745/SGDĐT-GDPT"]),
    ],
)
def test_what_is_replaced_without_being_said_so_is_refused_by_name(written, codes) -> None:
    with pytest.raises(RelationUnfit, match=codes[-1]) as refused:
        check_replaces_code(written, _relations(*codes))
    assert refused.value.more == {"where": "replaces_code"}


def test_other_relations_need_not_be_said() -> None:
    check_replaces_code("745/SGDĐT-GDPT", _relations("12/KH-SGDĐT", kind="refers_to"))
