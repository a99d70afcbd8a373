"""Who goes straight is answered as everybody else: the ordinary route beside it says what is right."""

import json
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request, Response
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from chassis.http import BoundedBodies, answer_problems
from chassis.problems import NotFound, NotSignedIn
from chassis.straight import StraightRoute
from chassis.text import Narrative

ADDRESS = "/papers/7c1b0a2e-4a52-4a0e-8f62-1d2a5f0d3a11"
LIMIT = 2000
USUAL = {"content-type": "application/json", "idempotency-key": "0123456789", "authorization": "Bearer me"}
BODY = {"text": "Báo cáo", "count": 3, "nil": False, "ids": ["7c1b0a2e-4a52-4a0e-8f62-1d2a5f0d3a12"]}


class PaperIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Narrative
    count: Annotated[int, Field(strict=True, le=2**63 - 1)] | StrictBool
    nil: StrictBool = False
    ids: list[UUID] = []
    share: float | None = None


class PaperOut(BaseModel):
    paper: PaperIn
    about: UUID
    by: str
    straight: bool


async def _person(request: Request) -> str:
    scheme, _, name = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not name:
        raise NotSignedIn("Chưa đăng nhập.", "Not signed in.")
    return name


Person = Annotated[str, Depends(_person)]


async def take(
    paper_id: UUID,
    body: PaperIn,
    key: Annotated[str, Header(alias="Idempotency-Key", pattern=r"^[\x21-\x7e]{8,20}$")],
    request: Request,
    response: Response,
    by: Person,
) -> PaperOut:
    if body.text == "nowhere":
        raise NotFound("Không có.", "There is none.")
    response.headers["x-key"] = key
    return PaperOut(paper=body, about=paper_id, by=by, straight="fastapi_inner_astack" not in request.scope)


def _app(route_class: type) -> httpx.AsyncClient:
    router = APIRouter(route_class=route_class)
    router.post("/papers/{paper_id}", status_code=201)(take)
    app = FastAPI()
    answer_problems(app)
    app.router.routes[:0] = router.routes
    app.add_middleware(BoundedBodies, limits={ADDRESS: LIMIT})
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://house")


STRAIGHT, ORDINARY = _app(StraightRoute), _app(APIRouter().route_class)


async def _answers(method: str = "POST", path: str = ADDRESS, **sent: Any) -> list[tuple[int, dict[str, str], Any]]:
    answers = [await each.request(method, path, **sent) for each in (STRAIGHT, ORDINARY)]
    shown = []
    for each in answers:
        said = each.json()
        said.pop("trace_id", None)
        said.pop("straight", None)
        shown.append((each.status_code, {**each.headers, "content-length": ""}, said))
    return shown


async def test_what_is_well_formed_goes_straight() -> None:
    answers = [await each.post(ADDRESS, json=BODY, headers=USUAL) for each in (STRAIGHT, ORDINARY)]

    assert [each.status_code for each in answers] == [201, 201]
    assert [each.json().pop("straight") for each in answers] == [True, False]
    assert answers[0].headers["x-key"] == USUAL["idempotency-key"]


async def test_a_body_in_pieces_goes_straight() -> None:
    async def pieces():
        for at in range(0, len(text), 7):
            yield text[at : at + 7]

    text = json.dumps(BODY).encode()
    answer = await STRAIGHT.post(ADDRESS, content=pieces(), headers=USUAL)
    assert (answer.status_code, answer.json()["straight"], answer.json()["paper"]["text"]) == (201, True, "Báo cáo")


UNUSUAL = {
    "well-formed": {},
    "refused by the verb": {"json": {**BODY, "text": "nowhere"}},
    "another field": {"json": {**BODY, "more": 1}},
    "two faults": {"json": {"text": 1, "count": "3"}},
    "an array": {"json": [BODY]},
    "null": {"content": b"null"},
    "no body": {"content": b""},
    "no JSON": {"content": b"{'text': 1}"},
    "more behind it": {"content": json.dumps(BODY).encode() + b"}"},
    "another encoding": {"content": json.dumps(BODY).encode("utf-16")},
    "a mark of its order": {"content": b"\xef\xbb\xbf" + json.dumps(BODY).encode()},
    "bad UTF-8": {"content": json.dumps(BODY).encode().replace(b"B", b"\xff")},
    "half a character": {"content": json.dumps(BODY).encode().replace(b"B", rb"\ud800")},
    "twice the same field": {"content": b'{"text": "a", "text": "b", "count": 1}'},
    "no number": {"content": b'{"text": "a", "count": 1, "share": NaN}'},
    "infinite": {"content": b'{"text": "a", "count": 1, "share": Infinity}'},
    "a large number": {"content": b'{"text": "a", "count": 9223372036854775808}'},
    "a fraction": {"content": b'{"text": "a", "count": 1.0}'},
    "too large": {"json": {**BODY, "text": LIMIT * "a"}},
    "text": {"headers": {**USUAL, "content-type": "text/plain"}},
    "a parameter": {"headers": {**USUAL, "content-type": "application/json; charset=utf-8"}},
    "a kind of JSON": {"headers": {**USUAL, "content-type": "application/x+json"}},
    "no kind": {"headers": {name: value for name, value in USUAL.items() if name != "content-type"}},
    "no key": {"headers": {name: value for name, value in USUAL.items() if name != "idempotency-key"}},
    "a short key": {"headers": {**USUAL, "idempotency-key": "1"}},
    "two keys": {"headers": [*USUAL.items(), ("idempotency-key", "9876543210")]},
    "nobody": {"headers": {**USUAL, "authorization": ""}},
    "another scheme": {"headers": {**USUAL, "authorization": "Basic me"}},
    "no such paper": {"path": "/papers/7"},
    "to read": {"method": "GET"},
}  # fmt: skip


@pytest.mark.parametrize("sent", UNUSUAL.values(), ids=UNUSUAL.keys())
async def test_whatever_is_sent_is_answered_alike(sent) -> None:
    usual = {"headers": USUAL} if "content" in sent else {"headers": USUAL, "json": BODY}
    straight, ordinary = await _answers(**(usual | sent))
    assert straight == ordinary


@given(
    body=st.dictionaries(
        st.sampled_from(sorted(PaperIn.model_fields)),
        st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.uuids().map(str))),
    )
)
async def test_any_body_is_answered_alike(body) -> None:
    straight, ordinary = await _answers(content=json.dumps(body).encode(), headers=USUAL)
    assert straight == ordinary


async def by_page(paper_id: UUID, body: PaperIn, page: Annotated[int, Query()]) -> PaperIn: ...
async def without_body(paper_id: UUID) -> PaperIn: ...
async def of_nothing(body: PaperIn) -> None: ...
async def by_somebody_else(body: PaperIn, by: Annotated[str, Depends(lambda: "me")]) -> PaperIn: ...


@pytest.mark.parametrize("endpoint", [by_page, without_body, of_nothing, by_somebody_else])
def test_an_endpoint_that_asks_for_more_is_refused(endpoint) -> None:
    with pytest.raises(TypeError, match=endpoint.__name__):
        APIRouter(route_class=StraightRoute).post("/papers/{paper_id}")(endpoint)
