"""`congvan directives import` on a file: what it prints, and what it says when it cannot."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from congvan.__main__ import main

LETTERS = Path(__file__).parents[3] / "services" / "directives" / "tests" / "letters"


@pytest.fixture
def run():
    return lambda *words: CliRunner().invoke(main, ["directives", "import", *map(str, words)])


def test_the_whole_proposal_is_json(run) -> None:
    letter = LETTERS / "y-te.txt"

    done = run(letter, "--json")

    proposal = json.loads(done.output)
    span = proposal["deadlines"][0]["source"]
    assert done.exit_code == 0
    assert proposal["deadlines"][0]["due_at"] == "2026-01-09T16:30:00+07:00"
    assert proposal["text"][span["start"] : span["end"]] == span["text"]


@pytest.mark.parametrize("name", sorted(path.name for path in LETTERS.glob("*.txt")))
def test_what_is_missing_is_said_to_a_person(run, name) -> None:
    proposal = json.loads(run(LETTERS / name, "--json").output)

    shown = run(LETTERS / name)

    assert shown.exit_code == 0
    assert shown.output.count("THIẾU / MISSING") == len(proposal["missing"])
    assert shown.output.count("XEM LẠI / DOUBT") == len(proposal["doubts"])
    assert shown.output.count("THỂ THỨC / FORM") == len(proposal["warnings"])


def test_a_file_that_cannot_be_read_is_named_in_two_languages(run, tmp_path) -> None:
    (tmp_path / "a.docx").write_text("xin chào", encoding="utf-8")

    done = run(tmp_path / "a.docx")

    assert done.exit_code == 1
    vi, en = "Tên tệp nói là .docx nhưng nội dung không phải.", "The name says .docx; the content is not."
    assert done.stderr == f"document-misnamed: {vi} / {en}\n"


def test_a_file_of_200_megabytes_is_not_read_at_all(run, tmp_path) -> None:
    with (tmp_path / "a.pdf").open("wb") as file:
        file.truncate(200 << 20)

    done = run(tmp_path / "a.pdf")

    assert done.exit_code == 1
    assert done.stderr.startswith("document-too-large:")


def test_a_draft_is_suggested_with_what_a_person_must_decide(run) -> None:
    done = run(LETTERS / "toa-dam.txt", "--draft")

    suggestion = json.loads(done.output)
    assert done.exit_code == 0
    assert suggestion["draft"]["replaces_code"] == "745/SGDĐT-GDPT"
    assert "requirements[0].due_at" in {each["field"] for each in suggestion["to_decide"]}


def test_what_a_person_confirms_is_what_the_platform_takes(run, tmp_path) -> None:
    said = {"issuer_unit_id": "U-SGD-MG", "as_of": "2026-05-31", "requirements": [{"candidate": 3}]}
    (tmp_path / "confirmed.json").write_text(json.dumps(said), encoding="utf-8")

    done = run(LETTERS / "toa-dam.txt", "--draft", "--confirm", tmp_path / "confirmed.json")

    draft = json.loads(done.output)
    assert done.exit_code == 0
    assert (draft["issuer_unit_id"], [each["kind"] for each in draft["requirements"]]) == ("U-SGD-MG", ["video"])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"requirements": [{"candidate": 0}]}, "confirmation-incomplete"),
        ({"requirements": [{"candidate": "x"}]}, "malformed"),
    ],
)
def test_what_was_not_decided_is_named(run, tmp_path, said, code) -> None:
    whole = {"issuer_unit_id": "U-SGD-MG", "as_of": "2026-05-31", **said}
    (tmp_path / "confirmed.json").write_text(json.dumps(whole), encoding="utf-8")

    done = run(LETTERS / "toa-dam.txt", "--confirm", tmp_path / "confirmed.json")

    assert (done.exit_code, done.stderr.partition(":")[0]) == (1, code)
