"""Each letter beside this file's folder says what was found in it by hand (`letters/*.json`)."""

import json
from pathlib import Path

import pytest

from directives.documents.proposal import propose

LETTERS = Path(__file__).parents[2] / "letters"
NAMES = sorted(path.stem for path in LETTERS.glob("*.txt"))


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_is_read_as_by_hand(name, short) -> None:
    expected = json.loads((LETTERS / f"{name}.json").read_text(encoding="utf-8"))

    proposal = propose(f"{name}.txt", (LETTERS / f"{name}.txt").read_bytes())

    assert short(proposal) == expected


def test_there_are_letters() -> None:
    assert len(NAMES) >= 6


def test_who_is_to_send_what_and_through_whom(letters) -> None:
    proposal = propose("toa-dam.txt", letters["toa-dam"])

    report, video = proposal.requirements[2:4]
    assert report.through is not None
    assert report.through.value == "qua phòng GDPT"
    assert (video.count, video.longest_seconds) == (1, 90)
    assert [(each.count, each.role.value) for each in proposal.requirements[0].quotas] == [
        (1, "đại diện lãnh đạo phòng"),
        (1, "lãnh đạo trường THCS"),
        (1, "giáo viên thư viện"),
    ]


def test_what_waits_for_something_says_for_what(letters) -> None:
    proposal = propose("khuyen-hoc.txt", letters["khuyen-hoc"])

    waiting = [each.condition.value for each in proposal.requirements if each.condition]
    assert waiting == ["khi có văn bản chỉ đạo của Bộ GDĐT"]


def test_two_spellings_of_one_document_are_one(letters) -> None:
    proposal = propose("khuyen-hoc.txt", letters["khuyen-hoc"])

    assert [each.same_as for each in proposal.citations] == [None, None, 1]


def test_a_contradiction_is_kept_as_written(letters) -> None:
    proposal = propose("khuyen-hoc.txt", letters["khuyen-hoc"])

    assert proposal.citations[0].notation == "KH-SGDĐT"
    assert proposal.citations[0].author is not None
    assert proposal.citations[0].author.value.startswith("Ủy ban nhân dân")


def test_an_empty_page_of_prose_has_nothing_made_up(short) -> None:
    proposal = propose("a.txt", "Hôm nay trời đẹp. Chúng tôi đi chơi.".encode())

    found = short(proposal)
    assert {name: value for name, value in found.items() if value and name not in ("missing", "warnings")} == {}
    assert found["missing"] == [
        "issuer", "number", "notation", "place", "day", "document_type", "subject", "recipients", "signer",
    ]  # fmt: skip
