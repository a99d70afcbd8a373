"""Signing in with a real OpenID provider, the certified npm package `oidc-provider`, as a browser would."""

import asyncio
import hashlib
import html
import re
import shutil
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest

from chassis.porch import Role
from chassis.testing import running
from congvan.ports import free_port
from directory.identity import ProviderSettings
from directory.main import create_frame, found

HERE = Path(__file__).parents[1] / "provider"
ROOT = Path(__file__).parents[4]
CALLBACK = "http://127.0.0.1:9/callback"
CREDENTIALS = {"account": "quan-tri", "password": "đúng mật khẩu"}

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or shutil.which("npm") is None,
    reason="node and npm, which the certified provider runs on, are not on this machine",
)


@pytest.fixture(scope="module")
async def provider():
    """The provider, installed once into a cache of ours, at an address of this machine."""
    lock = (HERE / "package-lock.json").read_bytes()
    place = ROOT / ".congvan" / "cache" / f"oidc-provider-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (place / "installed").exists():
        place.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, place)
        install = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        npm = await asyncio.create_subprocess_exec(*install, cwd=place, stdout=asyncio.subprocess.DEVNULL)
        assert await npm.wait() == 0
        (place / "installed").touch()
    shutil.copy(HERE / "provider.mjs", place)
    port = free_port()
    node = await asyncio.create_subprocess_exec(
        shutil.which("node"),
        "provider.mjs",
        cwd=place,
        env={"PROVIDER_PORT": str(port)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(60):
        while line := await node.stdout.readline():
            if b"ready" in line:
                break
        assert line, "the provider did not start"
    yield f"http://127.0.0.1:{port}"
    node.terminate()
    await node.communicate()


@pytest.fixture
def directory_of(settings):
    """Run a directory that believes a provider, and yield a client of it."""

    @asynccontextmanager
    async def run(issuer, **more):
        await found(settings)
        secret = "a secret & more:"
        oidc = ProviderSettings(issuer=issuer, client_id="congvan", client_secret=secret, redirect_uri=CALLBACK, **more)
        frame = create_frame(settings.model_copy(update={"oidc": oidc}), frozenset({Role.API}))
        async with running(frame) as client:
            yield client

    return run


async def signed_in(client):
    session = (await client.post("/sessions", json=CREDENTIALS)).json()
    return {"Authorization": f"Bearer {session['access_token']}"}, session["person_id"]


async def begin(client, headers=None):
    place = "/me/identities/authorizations" if headers else "/oidc/authorizations"
    answer = await client.post(place, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def come_back(client, sent, brought, headers=None, **more):
    body = {"attempt": sent["attempt"], "state": brought["state"], "code": brought["code"], **more}
    return await client.post("/me/identities" if headers else "/oidc/sessions", json=body, headers=headers)


async def visit(address, name):
    """Sign in at the provider and agree to what it asks; return what it gives to bring back."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(address)
        for _ in range(12):
            if answer.is_redirect:
                place = str(answer.url.join(answer.headers["location"]))
                if place.startswith(CALLBACK):
                    return {key: values[0] for key, values in parse_qs(urlsplit(place).query).items()}
                answer = await browser.get(place)
                continue
            assert answer.status_code == 200, answer.text
            form = html.unescape(re.search(r'action="([^"]+)"', answer.text)[1])
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)[1]
            answer = await browser.post(
                str(answer.url.join(form)), data={"prompt": prompt, "login": name, "password": "any"}
            )
    raise AssertionError("the provider led nowhere")


async def test_who_was_linked_comes_in_with_the_provider_and_nobody_else(provider, directory_of, empty_database):
    names = {"subject": "ma_can_bo", "full_name": "name"}
    async with directory_of(provider, claims=names) as client:
        headers, person_id = await signed_in(client)
        stranger = await begin(client)
        unknown = await come_back(client, stranger, await visit(stranger["authorization_url"], "an"))
        assert (unknown.status_code, unknown.json()["code"]) == (401, "identity-unknown")

        sent = await begin(client, headers)
        linked = await come_back(client, sent, await visit(sent["authorization_url"], "an"), headers)
        assert (linked.status_code, linked.json()) == (201, {"issuer": provider, "subject": "CB-an"})

        sent = await begin(client)
        brought = await visit(sent["authorization_url"], "an")
        session = await come_back(client, sent, brought)
        assert session.status_code == 201, session.text
        assert session.json()["person_id"] == person_id
        assert session.json()["posts"] == [{"unit_id": "*", "role": "administrator"}]
        replayed = await come_back(client, sent, brought)
        assert (replayed.status_code, replayed.json()["code"]) == (401, "identity-refused")
        person = (await client.get(f"/people/{person_id}", headers=headers)).json()
        assert (person["full_name"], person["email"]) == ("Tên an", "a@example.com")  # only what is mapped

        sent = await begin(client)
        other = await come_back(client, sent, await visit(sent["authorization_url"], "binh"))
        assert other.json()["code"] == "identity-unknown"
    reader = await asyncpg.connect(empty_database)
    recorded = await reader.fetch(
        "SELECT action FROM audit_records JOIN audit_chain USING (record_id) ORDER BY position"
    )
    await reader.close()
    expected = ["sign-in.failed", "identity.linked", "person.renamed", "sign-in.succeeded", "sign-in.failed"]
    assert [row["action"] for row in recorded][-5:] == expected


async def test_a_code_is_good_for_the_attempt_it_was_given_for_only(provider, directory_of):
    async with directory_of(provider) as client:
        headers, person_id = await signed_in(client)
        sent = await begin(client, headers)
        assert (await come_back(client, sent, await visit(sent["authorization_url"], "an"), headers)).status_code == 201
        victim, thief = await begin(client), await begin(client)
        stolen = await visit(victim["authorization_url"], "an")
        own_state = parse_qs(urlsplit(thief["authorization_url"]).query)["state"][0]

        wrong = [
            await come_back(client, thief, stolen, state=own_state),  # PKCE and nonce are those of somebody else
            await come_back(client, await begin(client), stolen),  # the state as well
            await come_back(client, {"attempt": "none"}, stolen),
            await come_back(client, await begin(client), {"state": own_state, "code": "none"}),
        ]
        linking = await begin(client)
        brought = await visit(linking["authorization_url"], "an")
        wrong.append(await come_back(client, linking, brought, headers))  # begun to sign in, not to link
        assert {(each.status_code, each.json()["code"]) for each in wrong} == {(401, "identity-refused")}

        assert (await client.delete(f"/people/{person_id}/identities", headers=headers)).status_code == 204
        sent = await begin(client)
        unlinked = await come_back(client, sent, await visit(sent["authorization_url"], "an"))
        assert unlinked.json()["code"] == "identity-unknown"
