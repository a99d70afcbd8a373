"""What is written beside the code tells the present: whatever it names or leads to is there."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
FILE = re.compile(r"`([\w./-]+\.(?:py|ts|toml|html|css|js))`")
TEST = re.compile(r"`(test_\w+)(?:…|`)")


def _files() -> Iterator[Path]:
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [each for each in inner if not each.startswith(".") and each not in ("node_modules", "__pycache__")]
        yield from (Path(folder, name) for name in names)


FILES = sorted(_files())
PAPERS = [each for each in FILES if each.suffix == ".md"]
OF_THE_PRESENT = [each for each in PAPERS if each.parent.name != "decisions"]
"""A decision may name what was there when it was taken."""


def _named(papers: list[Path], what: re.Pattern[str]) -> Iterator[tuple[Path, str]]:
    for paper in papers:
        yield from ((paper, each) for each in what.findall(paper.read_text(encoding="utf-8")))


def test_every_link_leads_somewhere() -> None:
    links = list(_named(PAPERS, LINK))

    assert len(links) > 200
    assert [(paper.name, link) for paper, link in links if not (paper.parent / link).exists()] == []


def test_every_file_that_is_named_is_there() -> None:
    there = {f"/{each.relative_to(ROOT).as_posix()}" for each in FILES}
    named = {each: paper.name for paper, each in _named(OF_THE_PRESENT, FILE)}

    assert len(named) > 100
    assert {each: paper for each, paper in named.items() if not any(it.endswith(f"/{each}") for it in there)} == {}


def test_every_test_that_is_named_is_there() -> None:
    tests = "\n".join(each.read_text(encoding="utf-8") for each in FILES if each.name.startswith("test_"))
    named = {each: paper.name for paper, each in _named(OF_THE_PRESENT, TEST)}

    assert len(named) > 10
    assert {each: paper for each, paper in named.items() if f"def {each}" not in tests} == {}


def test_every_decision_is_in_the_list_once() -> None:
    decisions = ROOT / "docs" / "decisions"
    listed = LINK.findall((decisions / "README.md").read_text(encoding="utf-8"))

    assert sorted(listed) == sorted(each.name for each in decisions.glob("0*.md"))
