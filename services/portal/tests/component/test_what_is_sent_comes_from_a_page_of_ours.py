"""Nothing is done that was not sent from a page this very browser was given, whoever asks for it."""

import re

import pytest

from chassis.porch import Role
from portal.main import create_frame
from portal.settings import Settings

SOME_ID = "01900000-0000-7000-8000-000000000000"
URLS = {
    f"{name}_url": "http://127.0.0.1:1" for name in ("directory", "directives", "submissions", "reporting", "notify")
}
CHANGING = sorted(
    {
        (method, re.sub(r"\{\w+\}", SOME_ID, route.path))
        for route in create_frame(
            Settings(http_host="127.0.0.1", http_port=0, **URLS), frozenset({Role.API})
        ).app.routes
        for method in getattr(route, "methods", None) or ()
        if method not in ("GET", "HEAD", "OPTIONS")
    }
)


OF_FILES = {"/drafts/new"}
"""No large file is taken from anybody before it is known who they are; only then it is seen whether it came from us."""


def test_there_is_something_to_send() -> None:
    assert len(CHANGING) > 6


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"x-congvan-form": "guessed"},
        {"sec-fetch-site": "same-site", "origin": "http://other.portal"},
    ],
    ids=["no token", "another site", "another origin", "no origin to name", "a guess", "a sister site"],
)
async def test_nobody_sends_for_somebody_else(make_client, neighbours, headers) -> None:
    cookies = {"cookie": "congvan=r1; congvan-form=f1"}
    async with make_client() as client:
        answers = {
            (method, path): await client.request(method, path, headers=cookies | headers, data={"form": "guessed"})
            for method, path in CHANGING
        }

    refused = {asked: (answer.status_code, answer.json()["code"]) for asked, answer in answers.items()}
    assert {asked: why for asked, why in refused.items() if why != (403, "foreign-form")}.items() <= {
        ((method, path), (401, "not-signed-in")) for method, path in CHANGING if path in OF_FILES
    }
    assert {service.asked for service in neighbours.values()} == {0}


async def test_a_page_that_is_for_people_sends_the_others_to_sign_in_and_back(make_client) -> None:
    async with make_client() as client:
        answers = {
            path: await client.get(path, headers={"accept": "text/html"})
            for path in ("/owed", f"/owed/{SOME_ID}", "/inbox", f"/directives/{SOME_ID}", "/password")
        }

    assert {path: (answer.status_code, answer.headers["location"]) for path, answer in answers.items()} == {
        path: (303, f"/sign-in?then={path}") for path in answers
    }


async def test_a_script_that_nobody_is_signed_in_for_is_told_so(make_client) -> None:
    async with make_client() as client:
        answer = await client.get(f"/upload/progress/{SOME_ID}")

    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


async def test_a_directory_that_is_away_is_told_on_a_page(make_client) -> None:
    async with make_client("directory") as client:
        answer = await client.get("/owed", headers={"accept": "text/html", "cookie": "congvan=r1"})

    assert answer.status_code == 503
    assert "tạm gián đoạn" in answer.text
    assert "set-cookie" not in answer.headers or "congvan=;" not in answer.headers["set-cookie"]


async def test_what_lies_beside_the_assets_is_not_given_out(make_client) -> None:
    async with make_client() as client:
        answers = [
            await client.get(f"/assets/{name}") for name in ("manifest.json", "..%2fmain.py", "tokens.css", "%2e%2e")
        ]

    assert {answer.status_code for answer in answers} == {404}


async def test_the_directory_hears_where_a_person_really_is_and_the_cookie_is_taken_back(
    make_client, neighbours
) -> None:
    async with make_client() as client:
        answer = await client.get(
            "/owed",
            headers={"accept": "text/html", "cookie": "congvan=r1", "x-forwarded-for": "203.0.113.9"},
        )

    # Whoever wrote what stands before, our own neighbour on the line is named last.
    assert neighbours["directory"].heard == [("/sessions/refresh", "203.0.113.9, 127.0.0.1")]
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?then=/owed&why=over")
    assert "congvan=; Max-Age=0" in answer.headers["set-cookie"]


async def test_who_asks_too_fast_is_asked_to_wait_and_others_are_not(make_client, monkeypatch) -> None:
    monkeypatch.setattr("portal.doorkeeping.OF_SESSION", (0.5, 3))
    monkeypatch.setattr("portal.doorkeeping.OF_ADDRESS", (0.5, 6))
    reads, mine, other = {"accept": "text/html"}, {"cookie": "congvan=r1"}, {"cookie": "congvan=r2"}
    async with make_client() as client:
        path = "/components"  # it asks nobody
        answers = [await client.get(path, headers=reads | mine) for _ in range(4)]
        program = await client.get(path, headers=mine)
        others = [await client.get(path, headers=reads | other) for _ in range(3)]
        nobody = await client.get(path, headers=reads)
        assets = await client.get("/health/live")

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "Xin đợi một chút" in answers[-1].text
    assert answers[-1].headers["retry-after"] == "2"
    assert "default-src 'none'" in answers[-1].headers["content-security-policy"]
    assert (program.status_code, program.json()["code"]) == (429, "too-fast")
    assert [answer.status_code for answer in others] == [200, 200, 200]
    # Everybody behind one address together may do no more than that.
    assert nobody.status_code == 429
    assert assets.status_code == 200
