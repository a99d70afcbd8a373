"""Without a valid token nobody gets past the front door."""

import time

import jwt
import pytest

from chassis.testing import Signer

REORGANISATION = "/reorganisations/01981e00-0000-7000-8000-000000000000"
DOORS = [
    ("POST", "/imports"),
    ("GET", "/exports/units"),
    ("POST", "/national-records"),
    ("POST", "/reorganisations"),
    ("POST", "/reorganisations/files"),
    ("GET", "/reorganisations"),
    ("GET", REORGANISATION),
    ("GET", f"{REORGANISATION}/dry-run"),
    ("POST", f"{REORGANISATION}/apply"),
    ("DELETE", REORGANISATION),
    ("POST", "/selector-previews"),
    ("POST", "/selector-explanations"),
    ("GET", "/groups"),
    ("PUT", "/groups/ven-bien"),
    ("DELETE", "/groups/ven-bien"),
    ("GET", "/unit-types"),
    ("PUT", "/unit-types/thcs"),
    ("DELETE", "/unit-types/thcs"),
    ("GET", "/units"),
    ("GET", "/units/U-SCH-001"),
    ("PUT", "/clusters/U-CUM-1/lead"),
    ("POST", "/people"),
    ("POST", "/people/bulk"),
    ("GET", "/people/01981e00-0000-7000-8000-000000000000/contact"),
]
BODIES = {
    "/unit-types/thcs": {"name": "Trường", "levels": []},
    "/clusters/U-CUM-1/lead": {"school_id": "U-THPT-01", "valid_from": "2025-09-01"},
    "/people": {
        "account": "a1",
        "full_name": "A",
        "email": "a@example.com",
        "password": "mật khẩu dài",
        "posts": [{"unit_id": "*", "role": "administrator", "valid_from": "2026-01-01"}],
    },
}
BODIES["/people/bulk"] = {"people": [BODIES["/people"]]}


@pytest.fixture
def strange_headers(signer):
    sound = signer.bearer(("administrator", "*"))["Authorization"]
    head, payload, signature = sound.removeprefix("Bearer ").split(".")
    unsigned = jwt.encode({"sub": "x"}, None, algorithm="none", headers={"kid": signer.kid})
    return [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer not-a-token"},
        {"Authorization": sound.replace("Bearer", "Basic")},
        {"Authorization": f"Bearer {unsigned}"},
        {"Authorization": f"Bearer {head}.{payload}.{signature[::-1]}"},
        Signer(kid=signer.kid).bearer(("administrator", "*")),
        Signer(kid="elsewhere").bearer(("administrator", "*")),
        signer.bearer(("administrator", "*"), exp=int(time.time()) - 60),
        signer.bearer(("administrator", "*"), aud="another-house"),
        signer.bearer(("administrator", "*"), iss="another-house"),
        signer.bearer(("administrator", "*"), kind="god"),
        signer.bearer(("administrator", "*"), sub="nobody"),
    ]


async def test_no_door_opens_without_a_valid_token(client, province, registered, rows_of, strange_headers):
    before = await rows_of()

    for method, path in DOORS:
        body = {"files": province} if path == "/imports" else {"json": BODIES.get(path)}
        for headers in strange_headers:
            answer = await client.request(method, path, headers=headers, **body)
            assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in"), (path, headers)
            assert answer.headers["www-authenticate"] == "Bearer"

    assert await rows_of() == before


async def test_every_door_that_takes_a_token_is_in_the_list(frame):
    protected = {
        (method.upper(), path)
        for path, methods in frame.app.openapi()["paths"].items()
        for method, described in methods.items()
        if "401" in described["responses"]
    }

    listed = {(method, path.split("/")[1]) for method, path in DOORS} | {("POST", "sessions")}
    assert {(method, path.split("/")[1]) for method, path in protected} == listed
    assert len(protected) == len(DOORS) + 1


async def test_everyone_signed_in_may_see_the_units(client, signer, registered):
    answer = await client.get("/units/U-SCH-001", headers=signer.bearer())

    assert answer.status_code == 200


@pytest.mark.parametrize("query", ["on=2026-13-01", "on=yesterday", "on=0001-01-01", "unit_type=%00"])
async def test_a_malformed_question_is_told_so(client, signer, query):
    answer = await client.get(f"/units?{query}", headers=signer.bearer())

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
