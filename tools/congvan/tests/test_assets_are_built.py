"""What browsers load is built once from what it is made of, small enough for a slow line."""

import gzip
import json

from congvan import web

FIRST_LOAD_BYTES = 300_000
SCRIPT_BYTES = 12_000


def test_what_was_built_is_named_by_its_content_and_not_built_again(monkeypatch) -> None:
    built = web.build()

    def run(*_program: object) -> None:
        raise AssertionError("built again")

    monkeypatch.setattr(web, "run", run)

    assert web.build() == built


def test_a_first_visit_is_light_and_so_are_the_scripts() -> None:
    built = web.build()
    named = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    sizes = {
        name: len(gzip.compress(content) if not name.endswith(".woff2") else content)
        for name in named.values()
        for content in [(built / name).read_bytes()]
    }

    assert {"portal.js", "portal.css"} <= set(named)
    assert sum(sizes.values()) < FIRST_LOAD_BYTES / 2
    assert sum(size for name, size in sizes.items() if name.endswith(".js")) < SCRIPT_BYTES


def test_nothing_that_was_built_names_another_house() -> None:
    built = web.build()

    for file in built.glob("*"):
        if file.suffix in (".js", ".css", ".svg"):
            assert "http" not in file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
