"""Every address answers for itself: none before it in the house takes what is sent to it."""

import re

from starlette.routing import Match, Route

from chassis.porch import Role
from portal.main import create_frame
from portal.settings import Settings

SERVICES = [f"{name}_url" for name in ("directory", "directives", "submissions", "reporting", "notify")]
SOME = ("x", "7", "00000000-0000-7000-8000-000000000001")
"""What may stand where an address has a gap."""


def test_no_address_is_taken_by_one_before_it() -> None:
    portal = create_frame(
        Settings(http_host="127.0.0.1", http_port=0, **dict.fromkeys(SERVICES, "http://127.0.0.1:9")),
        frozenset({Role.API}),
    )
    routes = [each for each in portal.app.routes if isinstance(each, Route)]
    assert len(routes) > 100

    def takers(method: str, path: str) -> list[str]:
        scope = {"type": "http", "method": method, "path": path, "root_path": ""}
        return [each.path for each in routes if each.matches(scope)[0] is Match.FULL]

    hidden = {
        f"{method} {each.path} by {found[0]}"
        for each in routes
        for method in each.methods or ()
        for path in (re.sub(r"\{[^}]*\}", some, each.path) for some in SOME)
        if each.path in (found := takers(method, path))[1:]
    }
    assert hidden == set()
