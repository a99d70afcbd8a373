"""Of a provider nothing is believed but a sound ID token, made for us, for this attempt, now."""

import time
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from chassis.porch import Role
from chassis.testing import running
from congvan.ports import free_port
from directory.identity import ProviderSettings, identity_of
from directory.main import create_frame, found

CALLBACK = "http://127.0.0.1:9/callback"
SECRET = "a secret of some thirty-two bytes"
CREDENTIALS = {"account": "quan-tri", "password": "đúng mật khẩu"}


class Liar:
    """A provider that answers what a test wants it to."""

    def __init__(self):
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.key = self.sign = RSAKey.generate_key(2048, {"kid": "1"})
        self.header = {"alg": "RS256", "kid": "1"}
        self.claims = {}
        self.answer = None
        self.metadata = {}
        self.app = FastAPI()

        @self.app.get("/.well-known/openid-configuration")
        async def metadata():
            places = {
                name: f"{self.issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
            }
            return {"issuer": self.issuer, **places, **self.metadata}

        @self.app.get("/jwks_uri")
        async def keys():
            return {"keys": [self.key.as_dict(private=False)]}

        @self.app.post("/token_endpoint")
        async def token():
            return self.answer or {"id_token": self.token(), "access_token": "x", "token_type": "Bearer"}

    def token(self):
        if self.header["alg"] == "none":
            signed = jwt.encode({"alg": "RS256"}, self.claims, self.key).split(".")
            return f"eyJhbGciOiJub25lIn0.{signed[1]}."
        return jwt.encode(self.header, self.claims, self.sign, algorithms=[self.header["alg"]])


@pytest.fixture
async def liar(on_loopback):
    liar = Liar()
    async with on_loopback(liar.app, liar.port):
        yield liar


@pytest.fixture
async def superuser(empty_database):
    connection = await asyncpg.connect(empty_database)
    yield connection
    await connection.close()


@pytest.fixture
def directory_of(settings):
    """Run a directory that believes a provider, and yield a client of it."""

    @asynccontextmanager
    async def run(issuer):
        await found(settings)
        oidc = ProviderSettings(issuer=issuer, client_id="congvan", client_secret=SECRET, redirect_uri=CALLBACK)
        frame = create_frame(settings.model_copy(update={"oidc": oidc}), frozenset({Role.API}))
        async with running(frame) as client:
            yield client

    return run


async def begin(client, headers=None):
    """Be sent to the provider; return the attempt and what the address asks for."""
    place = "/me/identities/authorizations" if headers else "/oidc/authorizations"
    sent = (await client.post(place, headers=headers)).json()
    asked = parse_qs(urlsplit(sent["authorization_url"]).query)
    return sent["attempt"], {name: values[0] for name, values in asked.items()}


async def come_back(client, attempt, asked, headers=None):
    body = {"attempt": attempt, "state": asked["state"], "code": "any"}
    return await client.post("/me/identities" if headers else "/oidc/sessions", json=body, headers=headers)


async def tried(client, liar, headers=None, **claims):
    """Come back with an ID token that says all the right things, but for some; null leaves one out."""
    attempt, asked = await begin(client, headers)
    now = int(time.time())
    right = {"iss": liar.issuer, "sub": "an", "aud": "congvan", "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
    liar.claims = {name: value for name, value in (right | claims).items() if value is not None}
    return await come_back(client, attempt, asked, headers)


async def test_an_address_asks_for_a_code_with_a_challenge(liar, directory_of):
    async with directory_of(liar.issuer) as client:
        _, asked = await begin(client)

    assert asked["code_challenge_method"] == "S256"
    assert (asked["response_type"], asked["client_id"], asked["redirect_uri"]) == ("code", "congvan", CALLBACK)
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3


async def test_nothing_but_a_sound_id_token_is_believed(liar, directory_of, superuser):
    past = int(time.time()) - 3600
    lies = [
        {"iss": "http://127.0.0.1:1"},
        {"iss": None},
        {"aud": "somebody-else"},
        {"aud": None},
        {"aud": ["congvan", "somebody-else"], "azp": "somebody-else"},
        {"nonce": "of-another-attempt"},
        {"nonce": None},
        {"exp": past},
        {"exp": None},
        {"iat": int(time.time()) + 3600},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 7},
        {"at_hash": "of-another-token"},
    ]
    forged = [
        ({"alg": "none"}, None),
        ({"alg": "HS256", "kid": "1"}, OctKey.import_key(SECRET)),
        ({"alg": "RS256", "kid": "1"}, RSAKey.generate_key(2048, {"kid": "1"})),
        ({"alg": "RS256", "kid": "2"}, RSAKey.generate_key(2048, {"kid": "2"})),
        ({"alg": "ES256", "kid": "1"}, ECKey.generate_key("P-256", {"kid": "1"})),
    ]
    async with directory_of(liar.issuer) as client:
        assert (await tried(client, liar)).json()["code"] == "identity-unknown"  # believed, and linked to nobody
        for lie in lies:
            answer = await tried(client, liar, **lie)
            assert (answer.status_code, answer.json()["code"]) == (401, "identity-refused"), lie
        for header, key in forged:
            liar.header, liar.sign = header, key
            answer = await tried(client, liar)
            assert (answer.status_code, answer.json()["code"]) == (401, "identity-refused"), header
        for answered in ({"access_token": "x"}, {"id_token": 7}, {"id_token": "a.b.c"}):
            liar.answer = answered
            assert (await tried(client, liar)).json()["code"] == "identity-refused"
    assert await superuser.fetchval("SELECT count(*) FROM sessions") == 0


async def test_a_key_the_provider_has_exchanged_is_fetched(liar, directory_of):
    async with directory_of(liar.issuer) as client:
        assert (await tried(client, liar)).json()["code"] == "identity-unknown"
        liar.key = liar.sign = RSAKey.generate_key(2048, {"kid": "2"})
        liar.header = {"alg": "RS256", "kid": "2"}

        assert (await tried(client, liar)).json()["code"] == "identity-unknown"


async def test_a_provider_that_is_away_or_somebody_else_is_told_so(liar, directory_of):
    liar.metadata = {"issuer": "http://127.0.0.1:1"}
    async with directory_of(liar.issuer) as client:
        somebody_else = await client.post("/oidc/authorizations")
        liar.metadata = {"token_endpoint": "http://192.0.2.1/token"}  # in the clear, over the network
        unsafe = await tried(client, liar)
    async with directory_of(f"http://127.0.0.1:{free_port()}") as client:
        away = await client.post("/oidc/authorizations")

    for answer in (somebody_else, unsafe, away):
        assert (answer.status_code, answer.json()["code"]) == (503, "provider-away")


async def test_an_attempt_is_over_after_ten_minutes_and_swept(liar, directory_of, superuser):
    older = "UPDATE provider_attempts SET begun_at = begun_at - interval '11 minutes'"
    async with directory_of(liar.issuer) as client:
        attempt, asked = await begin(client)
        await superuser.execute(older)
        answer = await come_back(client, attempt, asked)
        assert (answer.status_code, answer.json()["code"]) == (401, "identity-refused")
        await begin(client)
        await superuser.execute(older)
        await begin(client)

    assert await superuser.fetchval("SELECT count(*) FROM provider_attempts") == 1


async def test_an_identity_belongs_to_one_account_and_who_is_disabled_stays_out(liar, directory_of, superuser):
    async with directory_of(liar.issuer) as client:
        session = (await client.post("/sessions", json=CREDENTIALS)).json()
        headers = {"Authorization": f"Bearer {session['access_token']}"}
        machine = await superuser.fetchval("SELECT person_id FROM people WHERE account = 'notify'")
        insert = "INSERT INTO linked_identities VALUES ($1, 'an', $2, now())"
        await superuser.execute(insert, liar.issuer, machine)
        taken = await tried(client, liar, headers)
        assert (taken.status_code, taken.json()["code"]) == (409, "identity-taken")

        await superuser.execute("DELETE FROM linked_identities")
        assert (await tried(client, liar, headers)).status_code == 201
        assert (await tried(client, liar, headers)).status_code == 201  # again: linked to the same person
        assert (await tried(client, liar)).json()["person_id"] == session["person_id"]
        await superuser.execute("UPDATE accounts SET must_change_password = true")
        assert (await tried(client, liar)).json()["needs"] == []  # no password of ours was used
        await superuser.execute("UPDATE accounts SET disabled_at = now(), disabled_why = 'x'")
        assert (await tried(client, liar)).json()["code"] == "account-disabled"


async def test_without_a_provider_nobody_is_sent_anywhere(client, signer):
    body = {"attempt": "a", "state": "s", "code": "c"}
    answers = [
        await client.post("/oidc/authorizations"),
        await client.post("/oidc/sessions", json=body),
        await client.post("/me/identities/authorizations", headers=signer.bearer()),
        await client.post("/me/identities", json=body, headers=signer.bearer()),
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(409, "no-provider")}
    assert (await client.post("/oidc/sessions", json={**body, "code": ""})).status_code == 422


def test_a_second_factor_is_believed_where_the_settings_say_so():
    def told(**claims):
        return ProviderSettings(issuer="https://id.example", client_id="c", redirect_uri=CALLBACK, claims=claims)

    asked = told(second_factor="amr", second_factor_values=["otp", "hwk"])
    assert identity_of({"sub": "a", "amr": ["pwd", "otp"]}, asked).has_proved_twice
    assert not identity_of({"sub": "a", "amr": ["pwd"]}, asked).has_proved_twice
    assert not identity_of({"sub": "a"}, asked).has_proved_twice
    assert not identity_of({"sub": "a", "amr": ["otp"]}, told()).has_proved_twice
    gold = told(second_factor="acr", second_factor_values=["gold"])
    assert identity_of({"sub": "a", "acr": "gold"}, gold).has_proved_twice


@pytest.mark.parametrize("address", ["http://id.example", "ftp://127.0.0.1", "id.example"])
def test_a_provider_is_spoken_to_in_secret(address):
    with pytest.raises(ValueError, match="https"):
        ProviderSettings(issuer=address, client_id="c", redirect_uri=CALLBACK)
