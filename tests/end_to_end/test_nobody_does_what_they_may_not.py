"""Every operation of every service, tried by people it is not for: refused, nothing told, nothing changed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from described import NEVER, Operation, operations
from machine import city_key

from chassis.testing import until
from chassis.transaction import new_id
from congvan.demo import ledger, province
from congvan.demo.people import Passwords, account_of
from congvan.demo.performance import perform
from congvan.demo.play import Play
from congvan.demo.visit import Visitor

CENTRE = "U-GDTX-1"
"""A unit of the demo province that the letter asks nothing of."""
PASSWORD = "Mat-khau-Cua-Ai-1"
WORDS = {
    "account": "mot-nguoi-nao-do",
    "email": "mot.nguoi@congvan.example",
    "role": "reporter",
    "content_type": "video/mp4",
    "digest": 64 * "0",
    "event": "CANCEL",
    "sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "issuer_unit_id": "U-SGD-MG",
    "owning_unit_id": "U-SGD-MG",
    "year": "2026",
    "If-Match": '"0"',
}
"""What stands for names whose values have a form the description cannot spell out."""
EVERYBODY = {
    "directory POST /sessions",
    "directory POST /sessions/refresh",
    "directory GET /.well-known/jwks.json",
    "directory GET /.well-known/revocations.json",
    "directory GET /units",
    "directory GET /units/{unit_id}",
    "directory GET /unit-types",
    "directory GET /groups",
    "directory POST /selector-previews",
    "directory POST /selector-explanations",
    "directory DELETE /sessions/current",
    "directory GET /delegations",
    "directory PUT /me/password",
    "directory POST /oidc/authorizations",
    "directory POST /oidc/sessions",
    "directory POST /me/identities",
    "directory POST /me/identities/authorizations",
    "directory POST /me/totp",
    "directory POST /me/totp/confirm",
    "directives GET /calendars/{year}",
    "directives GET /period-suggestions",
    "directives GET /document-types",
    "directives GET /directive-search",
    "directives POST /report-papers/{form}",
    "directives GET /working-days",
    "directives POST /deadline-suggestions",
    "submissions GET /answer-search",
    "submissions GET /corrections",
    "notify GET /letters",
    "notify GET /letters/stream",
    "reporting GET /open-data",
    "reporting GET /open-data/schema.json",
    "notify GET /reminder-ladder",
    "notify GET /preferences",
    "notify PUT /preferences",
}
"""What needs no right: who one is, one's own affairs, what units there are, which days are worked."""
WHO_IS_ASKED_TOO = {
    "directives GET /directives/{directive_id}",
    "directives GET /directives/{directive_id}/obligations",
    "directives GET /directives/{directive_id}/board",
    "directives GET /directives/{directive_id}/deliveries",
    "directives GET /directives/{directive_id}/periods",
    "directives GET /directives/{directive_id}/cascade",
    "directives GET /directives/{directive_id}/questions",
    "directives GET /directives/{directive_id}/paper",
    "directives GET /directives/{directive_id}/paper/{form}",
    "directives GET /directives/{directive_id}/files",
    "directives GET /directives/{directive_id}/files/{file_id}",
}
"""What somebody of a unit that is asked may do as well: read the letter, and what their own unit owes."""
WHAT_A_SUBSCRIBER_MAY = {
    "reporting GET /feed",
    "reporting GET /feed/stream",
    "reporting GET /subscriptions",
    "reporting POST /subscriptions",
}
"""What the machine of the city authority may do as well: take aggregates, and nothing of what is behind them."""
TOLD_OUTSIDE = {
    "reporting.aggregate.updated.v1",
    "reporting.aggregates.digested.v1",
    "reporting.edition.published.v1",
}
"""What the feed may speak of: totals, what all of them come to, and that they were published."""
_STEPS = ("submit", "return", "sign", "number", "issue", "recall", "corrections", "close")
SEEN_BUT_NOT_THEIRS = {
    "directives PUT /directives/{directive_id}",
    "directives DELETE /directives/{directive_id}/files/{file_id}",
    "submissions GET /directives/{directive_id}/files.zip",
    "notify POST /requirements/{requirement_id}/nudges",
    "notify POST /requirements/{requirement_id}/nudges/preview",
    *(f"directives POST /directives/{{directive_id}}/{step}" for step in _STEPS),
}
"""What they may not do to something they may see: 403 tells them nothing new."""


@dataclass(frozen=True)
class Ground:
    """A played main job: its operations, and a real thing for each name in a path."""

    services: Mapping[str, str]
    operations: list[Operation]
    things: Mapping[str, str]
    stores: ledger.Stores

    async def ask(self, visitor: httpx.AsyncClient, operation: Operation, things: Mapping[str, str]) -> httpx.Response:
        asked = operation.request(things | WORDS)
        return await visitor.request(asked.pop("method"), self.services[operation.service] + asked.pop("url"), **asked)

    async def contents(self) -> dict[str, Any]:
        """Return a digest of every table."""
        found: dict[str, Any] = {}
        for service, url in self.stores.databases.items():
            tables = await ledger.rows(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            for table in (each["tablename"] for each in tables):
                text = "md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
                [row] = await ledger.rows(url, f"SELECT {text} AS all FROM {table} t")
                found[f"{service}.{table}"] = row["all"]
        return found


@pytest.fixture(scope="module")
async def ground(stage, silent) -> Ground:
    stores = stage.stores
    answered = (
        "SELECT submission_id, s.obligation_id, o.requirement_id, o.directive_id, o.unit_id"
        " FROM submissions s JOIN obligations o USING (obligation_id)"
        " WHERE o.unit_id LIKE 'U-SCH-%' AND EXISTS (SELECT 1 FROM obligations other"
        " WHERE other.requirement_id = o.requirement_id AND other.unit_id LIKE 'U-SCH-%'"
        " AND other.answering_unit_id = other.unit_id AND other.unit_id <> o.unit_id)"
        " ORDER BY s.submission_id LIMIT 1"
    )
    videos = (
        "SELECT media_id FROM media JOIN obligations USING (obligation_id)"
        " WHERE answering_unit_id NOT LIKE 'U-SCH-%' ORDER BY media_id LIMIT 1"
    )
    if not await ledger.rows(stores.databases["submissions"], videos):  # films are sent by the main job alone
        assert (await perform(stage, province.demo(), silent))["ok"]
    [first] = await ledger.rows(stores.databases["submissions"], answered)
    [media] = await ledger.rows(stores.databases["submissions"], videos)
    [person] = await ledger.rows(
        stores.databases["directory"], "SELECT person_id FROM people WHERE account = 'lanh-dao'"
    )
    about = "SELECT letter_id FROM letters WHERE obligation_id = $1 ORDER BY letter_id LIMIT 1"
    [letter] = await ledger.rows(stores.databases["notify"], about, first["obligation_id"])
    things = {name: str(value) for row in (first, media, person, letter) for name, value in row.items()}
    # Nothing here may be the neighbour's: a school's own answer and letter, and a video no school sent.
    services = stage.platform.services
    things |= {"upload_id": things["media_id"], "question_id": await _asked(stage, things)}
    # What changes by itself would be held against the visitor.
    async with Play(stage.platform, province.demo(), silent) as play:
        await play.settle()
    await until(lambda: _is_at_rest(stores), within=120)
    return Ground(services, await operations(services), things, stores)


async def _is_at_rest(stores: ledger.Stores) -> bool:
    """Return whether every film is made playable, every letter has left and every reminder was looked at."""
    on_their_way = {
        "submissions": "SELECT 1 FROM media WHERE rendition IN ('waiting', 'making')",
        "notify": f"SELECT 1 FROM deliveries WHERE state = 'waiting' AND NOT {ledger.RESTS}"
        " UNION ALL SELECT 1 FROM reminders WHERE next_at <= now()",
    }
    return not any([await ledger.rows(stores.databases[name], rows) for name, rows in on_their_way.items()])


async def _asked(stage, things: Mapping[str, str]) -> str:
    """Let the school ask about the letter, and return the id of the question."""
    account = account_of(things["unit_id"])
    password = Passwords(stage.addresses.home / "demo-people.json").of(account)
    async with await _signed_in(stage, account, password) as client:
        path = f"/directives/{things['directive_id']}/questions"
        body = {"unit_id": things["unit_id"], "question": "Có phải nộp bản giấy không?"}
        answer = await client.post(stage.platform.services["directives"] + path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["question_id"]


@pytest.fixture(scope="module")
async def outsider(stage, ground, silent) -> str:
    """Return the account of a reporter whose unit is not asked anything."""
    account = f"nguoi-ngoai-{new_id()}"
    person = {"account": account, "full_name": "Trần Thị N", "email": "n@congvan.example", "password": PASSWORD}
    post = {"unit_id": CENTRE, "role": "reporter", "valid_from": "2025-07-01"}
    async with Play(stage.platform, province.demo(), silent) as play:
        administrator = await play.visitor(*stage.platform.administrator)
        await administrator.post("directory", "/people", {**person, "posts": [post]})
        await play.settle()  # everybody has heard of them
    return account


@pytest.fixture(scope="module")
async def neighbour(stage, ground) -> str:
    """Return the account of a reporter of another school that is asked the same."""
    [other] = await ledger.rows(
        ground.stores.databases["directives"],
        "SELECT answering_unit_id FROM obligations WHERE unit_id LIKE 'U-SCH-%' AND answers_as = 'itself'"
        " AND requirement_id = $1 AND unit_id <> $2 ORDER BY unit_id DESC LIMIT 1",
        ground.things["requirement_id"],
        ground.things["unit_id"],
    )
    return account_of(other["answering_unit_id"])


@pytest.fixture(scope="module")
async def subscriber(stage, ground, silent) -> dict[str, str]:
    """Return the token of the city authority's machine, as a header."""
    key = await city_key(stage, silent)
    async with httpx.AsyncClient(timeout=30) as client:
        session = await client.post(ground.services["directory"] + "/sessions", json={"api_key": key})
    assert session.status_code == 201, session.text
    return {"Authorization": f"Bearer {session.json()['access_token']}"}


async def _signed_in(stage, account: str, password: str) -> httpx.AsyncClient:
    async with Visitor(stage.platform.services, account, password) as visitor:
        return httpx.AsyncClient(headers=await visitor.headers(), timeout=30)


@pytest.fixture(params=["outsider", "neighbour", "subscriber"])
async def visitor(request, stage, outsider, neighbour, subscriber):
    if request.param == "subscriber":
        async with httpx.AsyncClient(headers=subscriber, timeout=30) as client:
            yield client, EVERYBODY | WHAT_A_SUBSCRIBER_MAY
        return
    passwords = Passwords(stage.addresses.home / "demo-people.json")
    account = {"outsider": outsider, "neighbour": neighbour}[request.param]
    client = await _signed_in(stage, account, PASSWORD if account == outsider else passwords.of(account))
    async with client:
        yield client, (EVERYBODY if account == outsider else EVERYBODY | WHO_IS_ASKED_TOO)


async def test_what_is_not_for_them_is_refused_and_changes_nothing(ground, visitor) -> None:
    client, allowed = visitor
    assert allowed <= {str(each) for each in ground.operations}
    before = await ground.contents()

    answers = {
        str(each): await ground.ask(client, each, ground.things)
        for each in ground.operations
        if str(each) not in allowed
    }

    let_in = {each: answer for each, answer in answers.items() if answer.status_code not in (403, 404)}
    assert [f"{each}: {answer.status_code} {answer.text[:60]}" for each, answer in let_in.items()] == []
    assert await ground.contents() == before


async def test_a_refusal_does_not_tell_whether_there_is_such_a_thing(ground, visitor) -> None:
    client, allowed = visitor
    sees_it = SEEN_BUT_NOT_THEIRS if allowed >= WHO_IS_ASKED_TOO else set()
    nothing = dict.fromkeys(ground.things, NEVER)
    told: dict[str, Any] = {}
    for each in ground.operations:
        if str(each) not in allowed | sees_it:
            real, none = [await ground.ask(client, each, things) for things in (ground.things, nothing)]
            said = [{**answer.json(), "trace_id": None} for answer in (real, none)]
            if said[0] != said[1]:
                told[str(each)] = said
    assert told == {}


async def test_what_a_subscriber_is_given_speaks_of_no_submission_and_no_person(ground, subscriber) -> None:
    [people, answers] = [
        await ledger.rows(ground.stores.databases[service], query)
        for service, query in (
            ("directory", "SELECT person_id::text AS id, full_name, account, email FROM people"),
            ("submissions", "SELECT submission_id::text AS id, obligation_id::text AS of FROM submissions"),
        )
    ]
    secrets = {str(value) for row in (*people, *answers) for value in row.values() if value}
    services, after, told = ground.services, 0, []
    async with httpx.AsyncClient(headers=subscriber, timeout=30) as client:
        while (page := (await client.get(f"{services['reporting']}/feed?after={after}&limit=1000")).json())["events"]:
            told += [each["event"] for each in page["events"]]
            after = page["next"]
        texts = [
            (await ground.ask(client, each, ground.things)).text
            for each in ground.operations
            if each.method == "get" and str(each) in EVERYBODY and not {"me", "stream"} & {*each.path.split("/")}
        ]
        async with client.stream("GET", f"{services['reporting']}/feed/stream") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            line = await anext(line async for line in stream.aiter_lines() if line.startswith("data:"))

    assert json.loads(line.removeprefix("data:")) == told[0]
    # Whether an edition was published or the day's digest told meanwhile depends on who played here before.
    kinds = {each["type"] for each in told}
    assert {"reporting.aggregate.updated.v1"} <= kinds <= TOLD_OUTSIDE
    units = await ledger.rows(
        ground.stores.databases["directives"], "SELECT DISTINCT unit_id FROM obligations WHERE unit_id LIKE 'U-SCH-%'"
    )
    assert not {each["data"].get("unit_id") for each in told} & {each["unit_id"] for each in units}
    everything = "\n".join([json.dumps(told, ensure_ascii=False), *texts])
    assert not {secret for secret in secrets if secret in everything}
