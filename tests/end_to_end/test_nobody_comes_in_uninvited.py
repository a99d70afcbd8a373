"""Every operation of every service, tried without a token and with ones that are not ours: all refused alike."""

import httpx
import pytest

from chassis.testing import Signer

SERVICES = ("directory", "directives", "submissions", "reporting", "notify")
OPEN = {
    ("post", "/sessions"),
    ("post", "/sessions/refresh"),
    ("post", "/oidc/authorizations"),
    ("post", "/oidc/sessions"),
    ("get", "/.well-known/jwks.json"),
    ("get", "/.well-known/revocations.json"),
    ("get", "/open-data"),
    ("get", "/open-data/schema.json"),
    ("get", "/open-data/{requirement_id}/{number}/figures.{form}"),
}
"""What one may ask without having signed in."""
SOME_ID = "01900000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module", params=SERVICES)
async def operations(request, stage) -> tuple[str, list[tuple[str, str]]]:
    """Return the address of a service and every operation it describes."""
    url = stage.platform.services[request.param]
    async with httpx.AsyncClient() as client:
        described = (await client.get(f"{url}/openapi.json")).json()["paths"]
    return url, [(method, path) for path, methods in described.items() for method in methods]


def filled(path: str) -> str:
    """Return a path with something in each of its places."""
    steps = [SOME_ID if step.startswith("{") and step.endswith("_id}") else step for step in path.split("/")]
    return "/".join("2026" if step.startswith("{") else step for step in steps)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer none"}, Signer().bearer(("administrator", "*"))],
    ids=["no token", "no real token", "somebody else's signature"],
)
async def test_every_operation_asks_who_is_calling_before_anything_else(operations, headers) -> None:
    url, described = operations
    async with httpx.AsyncClient(base_url=url, timeout=10) as client:
        answers = {
            (method, path): await client.request(method, filled(path), headers=headers)
            for method, path in described
            if (method, path) not in OPEN
        }

    assert answers
    assert {place: answer.status_code for place, answer in answers.items() if answer.status_code != 401} == {}
    assert {answer.json()["code"] for answer in answers.values()} == {"not-signed-in"}
