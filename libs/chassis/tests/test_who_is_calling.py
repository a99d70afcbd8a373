"""A token is believed only when it is ours, signed by a published key, and valid now."""

import base64
import json
import time

import jwt
import pytest

from chassis.identity import LIFETIME_SECONDS, KeyRing
from chassis.porch import Role
from chassis.problems import NotSignedIn, Unavailable
from chassis.testing import Signer, running

NOTE = {"text": "Ghi chú", "count": 1}


@pytest.fixture
async def client(make_frame):
    async with running(make_frame(Role.API)) as client:
        yield client


def unsigned(headers: dict[str, str]) -> dict[str, str]:
    _, body, _ = headers["Authorization"].removeprefix("Bearer ").split(".")
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "test"}).encode()).rstrip(b"=").decode()
    return {"Authorization": f"Bearer {head}.{body}."}


def signed_with_a_shared_secret(headers: dict[str, str]) -> dict[str, str]:
    claims = jwt.decode(headers["Authorization"].removeprefix("Bearer "), options={"verify_signature": False})
    secret = "a shared secret of some thirty-two bytes"
    return {"Authorization": "Bearer " + jwt.encode(claims, secret, algorithm="HS256", headers={"kid": "test"})}


def tampered(headers: dict[str, str]) -> dict[str, str]:
    head, body, signature = headers["Authorization"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["posts"] = [{"unit_id": "*", "role": "administrator"}]
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return {"Authorization": f"{head}.{forged}.{signature}"}


async def test_a_valid_token_is_believed(client, signer) -> None:
    answer = await client.post("/notes", json=NOTE, headers=signer.bearer(("reporter", "U-1")))

    assert answer.status_code == 201


@pytest.mark.parametrize(
    "spoil",
    [
        lambda signer: {},
        lambda signer: {"Authorization": "Bearer"},
        lambda signer: {"Authorization": "Basic YTpi"},
        lambda signer: {"Authorization": "Bearer not.a.token"},
        lambda signer: {"Authorization": "Bearer " + "x" * 5000},
        lambda signer: unsigned(signer.bearer(("reporter", "U-1"))),
        lambda signer: signed_with_a_shared_secret(signer.bearer(("reporter", "U-1"))),
        lambda signer: tampered(signer.bearer(("reporter", "U-1"))),
        lambda signer: Signer().bearer(("reporter", "U-1")),
        lambda signer: Signer(kid="unknown").bearer(("reporter", "U-1")),
        lambda signer: signer.bearer(("reporter", "U-1"), exp=int(time.time()) - 60),
        lambda signer: signer.bearer(("reporter", "U-1"), iat=int(time.time()) + 600),
        lambda signer: signer.bearer(("reporter", "U-1"), iss="somebody-else"),
        lambda signer: signer.bearer(("reporter", "U-1"), aud="another-house"),
        lambda signer: signer.bearer(("reporter", "U-1"), sub="nobody"),
        lambda signer: signer.bearer(("reporter", "U-1"), posts="all of them"),
    ],
)
async def test_any_other_token_is_refused_in_one_and_the_same_way(client, signer, spoil) -> None:
    answer = await client.post("/notes", json=NOTE, headers=spoil(signer))

    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_remembered_token_is_forgotten_when_it_expires(monkeypatch) -> None:
    signer = Signer()
    token = signer.bearer(("reporter", "U-1"))["Authorization"].removeprefix("Bearer ")
    await signer.keys.caller(token)

    later = time.time() + LIFETIME_SECONDS + 60
    monkeypatch.setattr("chassis.identity.time.time", lambda: later)
    monkeypatch.setattr("jwt.api_jwt.datetime", _Later)
    with pytest.raises(NotSignedIn):
        await signer.keys.caller(token)


class _Later:
    @staticmethod
    def now(tz):
        from datetime import datetime, timedelta

        return datetime.now(tz) + timedelta(seconds=LIFETIME_SECONDS + 60)


async def test_without_any_key_nobody_is_refused_for_good() -> None:
    token = Signer().bearer(("reporter", "U-1"))["Authorization"].removeprefix("Bearer ")

    with pytest.raises(Unavailable):
        await KeyRing().caller(token)
