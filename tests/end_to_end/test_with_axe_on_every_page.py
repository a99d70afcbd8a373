"""Every page was looked at by axe on the way: in the tests before this one, each as the people it is for."""

import pytest
from person import LOOKED_AT
from starlette.routing import Match, Route

from chassis.porch import Role
from portal.main import create_frame
from portal.settings import Settings

SERVICES = [f"{name}_url" for name in ("directory", "directives", "submissions", "reporting", "notify")]
NO_PAGE = {
    "/": "sends whoever is signed in on to theirs; seen signed out",
    "/assets/{name}": "a file",
    "/directives/{directive_id}/paper": "a file",
    "/drafts/units": "for a script",
    "/inbox/stream": "goes on for ever",
    "/media/{media_id}": "sends on to the store",
    "/openapi.json": "for programs",
    "/owed/{obligation_id}/paper/{form}": "a file",
    "/owed/{obligation_id}/workbook": "a file",
    "/register-books/{unit_id}/{year}/{book}": "a file",
    "/published/{requirement_id}/{number}/figures.{form}": "a file",
    "/review/{obligation_id}/{way}": "sends on to an answer",
    "/still-here": "for a script",
    "/tables/{export_id}/file.{form}": "a file",
    "/totals/{requirement_id}/report/{form}": "a file",
    "/upload/media/{media_id}": "for a script",
    "/upload/progress/{upload_id}": "for a script",
}
"""What answers `GET` and is no page, and why."""


@pytest.mark.usefixtures("open_page")  # skipped where there is no browser
def test_every_page_was_looked_at_by_axe() -> None:
    portal = create_frame(
        Settings(http_host="127.0.0.1", http_port=0, **dict.fromkeys(SERVICES, "http://127.0.0.1:9")),
        frozenset({Role.API}),
    )
    read = [each for each in portal.app.routes if isinstance(each, Route) and "GET" in (each.methods or ())]
    pages = [each for each in read if not each.path.startswith(("/health", "/metrics"))]

    def is_seen(page: Route) -> bool:
        scopes = ({"type": "http", "method": "GET", "path": path, "root_path": ""} for path in LOOKED_AT)
        return any(page.matches(scope)[0] is Match.FULL for scope in scopes)

    assert sorted(each.path for each in pages if not is_seen(each) and each.path not in NO_PAGE) == []
