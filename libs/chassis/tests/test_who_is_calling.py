"""A token is believed only when it is ours, signed by a published key, and valid now."""

import base64
import json
import math
import time

import jwt
import pytest

from chassis.identity import LATE_SECONDS, LIFETIME_SECONDS, KeyRing, Published
from chassis.porch import Role
from chassis.problems import NotSignedIn, Unavailable
from chassis.testing import Signer, running
from chassis.transaction import new_id

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


class Directory:
    """Publishes what it is told to, and counts how often it is asked."""

    def __init__(self, signer: Signer) -> None:
        self.published = Published(signer.keys._published.keys)
        self.asked = 0

    async def answer(self) -> Published:
        self.asked += 1
        return self.published


async def test_a_token_of_an_ended_session_and_one_of_an_earlier_version_are_refused() -> None:
    signer, person, session = Signer(), new_id(), new_id()
    directory = Directory(signer)
    ring = KeyRing(ask=directory.answer, fresh_seconds=-LATE_SECONDS)

    def token(**claims) -> str:
        return signer.bearer(("reporter", "U-1"), person=person, **claims)["Authorization"].removeprefix("Bearer ")

    old, new, other = token(ver=1), token(ver=2), token(ver=2, sid=str(session))
    assert [(await ring.caller(each)).session for each in (old, new, other)] == [None, None, session]

    directory.published = Published(directory.published.keys, frozenset({session}), {person: 2})
    ring._asked_at = -math.inf
    assert (await ring.caller(new)).id == person
    for taken_back in (old, other):  # both are remembered as valid
        with pytest.raises(NotSignedIn):
            await ring.caller(taken_back)


async def test_fresh_keys_cost_no_question_and_a_silent_directory_is_not_asked_by_everyone() -> None:
    signer = Signer()
    token = signer.bearer(("reporter", "U-1"))["Authorization"].removeprefix("Bearer ")
    directory = Directory(signer)
    ring = KeyRing(ask=directory.answer)
    for _ in range(100):
        await ring.caller(token)
    assert directory.asked == 1

    async def silent() -> Published:
        directory.asked += 1
        raise TimeoutError

    ring = KeyRing(signer.keys._published.keys, ask=silent)
    for _ in range(100):
        await ring.caller(token)
    assert directory.asked == 2
