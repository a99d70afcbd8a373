"""Rules no import checker sees: where transactions end, who reads the clock, how long a room is, which words."""

import ast
import re
import tokenize
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from io import StringIO
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("directory", "directives", "submissions", "reporting", "notify", "portal")
SOURCES = sorted(
    path
    for folder in ("libs", "services", "tools", "examples", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if ".venv" not in path.parts
)
OF_SERVICES = [path for path in SOURCES if path.is_relative_to(ROOT / "services") and "src" in path.parts]
LONGEST_ROOM = 400
AVOIDED = {"utils", "util", "common", "helpers", "helper", "manager", "managers", "misc", "base", "core", "shared"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def calls(path: Path) -> Sequence[tuple[int, str]]:
    """Return every call in a file as `line, dotted name`."""
    found = (each for each in ast.walk(tree_of(path)) if isinstance(each, ast.Call))
    return [(each.lineno, ast.unparse(each.func)) for each in found]


def faults(paths: Iterable[Path], found: Callable[[Path], Sequence[object]]) -> list[str]:
    """Return `file: what was found` for every file in which anything was: nothing, where a rule is kept."""
    return [f"{name_of(path)}: {faulty}" for path in paths if (faulty := found(path))]


def test_there_is_something_to_check() -> None:
    assert len(OF_SERVICES) > 30


def test_a_service_leaves_the_end_of_its_transactions_to_the_chassis() -> None:
    def ends(path: Path) -> list[int]:
        return [line for line, name in calls(path) if name.endswith((".commit", ".rollback"))]

    assert faults(OF_SERVICES, ends) == []


def test_a_service_publishes_through_the_outbox_only() -> None:
    publishing = re.compile(r"(broker|jetstream|nats|client)\.publish(_async)?$")

    def published(path: Path) -> list[int]:
        return [line for line, name in calls(path) if publishing.search(name)]

    assert faults(OF_SERVICES, published) == []


def test_a_service_reads_the_environment_through_its_settings_only() -> None:
    def read(path: Path) -> list[str]:
        text = path.read_text(encoding="utf-8")
        return [name for name in ("os.environ", "getenv") if name in text]

    assert faults(OF_SERVICES, read) == []


def test_a_domain_has_no_clock_and_does_not_wait() -> None:
    def waits(path: Path) -> list[int]:
        return [each.lineno for each in ast.walk(tree_of(path)) if isinstance(each, ast.Await | ast.AsyncFunctionDef)]

    def looks(path: Path) -> list[int]:
        return [line for line, name in calls(path) if name.endswith((".now", ".today", ".utcnow", "time.time"))]

    domains = [path for path in OF_SERVICES if "domain" in name_of(path)]
    assert len(domains) > 20
    assert faults(domains, waits) == []
    assert faults(domains, looks) == []


def test_no_room_is_too_long_and_none_has_a_name_that_says_nothing() -> None:
    def rows_too_many(path: Path) -> list[int]:
        return [rows] if (rows := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_ROOM else []

    assert faults(SOURCES, rows_too_many) == []
    assert faults(SOURCES, lambda path: sorted(AVOIDED & {path.stem, *path.relative_to(ROOT).parts})) == []


def test_every_exception_to_a_rule_has_its_reason_beside_it() -> None:
    silent = re.compile(r"#\s*(noqa(:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*)?|type:\s*ignore(\[[a-z, -]+\])?)\s*")

    def bare(path: Path) -> list[str]:
        text = path.read_text(encoding="utf-8")
        if "noqa" not in text and "ignore" not in text:
            return []
        comments = (each for each in tokenize.generate_tokens(StringIO(text).readline) if each.type == tokenize.COMMENT)
        return [each.string for each in comments if silent.fullmatch(each.string)]

    assert faults(SOURCES, bare) == []


def test_a_test_sleeps_only_while_it_looks_for_something_and_skips_nothing() -> None:
    def hoping(path: Path) -> list[int]:
        nodes = list(ast.walk(tree_of(path)))
        loops = (each for each in nodes if isinstance(each, ast.While | ast.For))
        in_loops = {id(node) for loop in loops for node in ast.walk(loop)}
        sleeps = (each for each in nodes if isinstance(each, ast.Call) and id(each) not in in_loops)
        return [each.lineno for each in sleeps if ast.unparse(each.func) in {"time.sleep", "asyncio.sleep"}]

    def skipping(path: Path) -> list[int]:
        return [line for line, name in calls(path) if name in {"pytest.skip", "pytest.xfail", "pytest.importorskip"}]

    tests = [path for path in SOURCES if "/tests/" in f"/{name_of(path)}"]
    assert len(tests) > 100
    assert faults(tests, hoping) == []
    assert faults(tests, skipping) == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_its_page_and_its_rooms(service: str) -> None:
    home = ROOT / "services" / service
    rooms = {path.stem for path in (home / "src" / service).iterdir()}

    assert {"main", "__main__", "settings"} <= rooms
    page = (home / "README.md").read_text(encoding="utf-8")
    for heading in ("Owns", "Publishes", "Listens to", "Promises"):
        assert heading.lower() in page.lower(), heading


@pytest.mark.parametrize("service", SERVICES)
def test_the_revisions_of_a_database_are_one_line(service: str) -> None:
    versions = (ROOT / "services" / service / "src" / service / "migrations" / "versions").glob("*.py")
    texts = [path.read_text(encoding="utf-8") for path in versions]
    known, followed = (
        [found for text in texts for found in re.findall(rf'^{name} = "(\w+)"', text, re.MULTILINE)]
        for name in ("revision", "down_revision")
    )

    assert len(known) == len(texts)
    assert len(set(known) - set(followed)) == min(1, len(texts))
    assert len(followed) == len(set(followed)), "two follow on one"


def test_every_module_opens_with_a_line_that_says_what_lives_there() -> None:
    silent = [
        name_of(path)
        for path in SOURCES
        if "src" in path.parts and "migrations" not in path.parts and ast.get_docstring(tree_of(path)) is None
    ]

    assert not silent
