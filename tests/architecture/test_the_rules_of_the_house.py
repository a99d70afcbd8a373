"""Rules no import checker sees: where transactions end, who reads the clock, how long a room is, which words."""

import ast
import re
import tokenize
from collections.abc import Iterator
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


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every call in a file as `line, dotted name`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def test_there_is_something_to_check() -> None:
    assert len(OF_SERVICES) > 30


@pytest.mark.parametrize("path", OF_SERVICES, ids=name_of)
def test_a_service_leaves_the_end_of_its_transactions_to_the_chassis(path: Path) -> None:
    ends = [line for line, name in calls(path) if name.endswith((".commit", ".rollback"))]

    assert not ends


@pytest.mark.parametrize("path", OF_SERVICES, ids=name_of)
def test_a_service_publishes_through_the_outbox_only(path: Path) -> None:
    published = [
        line for line, name in calls(path) if re.search(r"(broker|jetstream|nats|client)\.publish(_async)?$", name)
    ]

    assert not published


@pytest.mark.parametrize("path", OF_SERVICES, ids=name_of)
def test_a_service_reads_the_environment_through_its_settings_only(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert "os.environ" not in text
    assert "getenv" not in text


@pytest.mark.parametrize("path", [path for path in OF_SERVICES if "domain" in name_of(path)], ids=name_of)
def test_a_domain_has_no_clock_and_does_not_wait(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Await | ast.AsyncFunctionDef)]
    assert not [line for line, name in calls(path) if name.endswith((".now", ".today", ".utcnow", "time.time"))]


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_room_is_too_long_and_none_has_a_name_that_says_nothing(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_ROOM
    assert not AVOIDED & {path.stem, *path.relative_to(ROOT).parts}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_exception_to_a_rule_has_its_reason_beside_it(path: Path) -> None:
    with path.open("rb") as source:
        comments = [token.string for token in tokenize.tokenize(source.readline) if token.type == tokenize.COMMENT]
    bare = [
        comment
        for comment in comments
        if re.fullmatch(r"#\s*noqa(:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*)?\s*", comment)
        or re.fullmatch(r"#\s*type:\s*ignore(\[[a-z, -]+\])?\s*", comment)
    ]

    assert not bare


@pytest.mark.parametrize("path", [path for path in SOURCES if "/tests/" in f"/{name_of(path)}"], ids=name_of)
def test_a_test_sleeps_only_while_it_looks_for_something_and_skips_nothing(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    in_loops = {id(node) for loop in ast.walk(tree) if isinstance(loop, ast.While | ast.For) for node in ast.walk(loop)}
    hoping = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"time.sleep", "asyncio.sleep"}
        and id(node) not in in_loops
    ]
    skipping = [name for _, name in calls(path) if name in {"pytest.skip", "pytest.xfail", "pytest.importorskip"}]

    assert not hoping
    assert not skipping


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
        if "src" in path.parts
        and "migrations" not in path.parts
        and ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]

    assert not silent
