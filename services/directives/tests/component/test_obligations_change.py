"""The unit asks for a later deadline, the issuer's desk decides; exemptions come and go; who, when and why is kept."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from chassis.testing import tell, waiting_events
from contracts.submissions import SubmissionAccepted, SubmissionReturned, SubmissionSubmitted

CHANGED = "directives.obligation.changed.v1"
ASKED, REFUSED = "directives.extension.asked.v1", "directives.extension.refused.v1"
DUE, LATER, LATEST = "2026-12-13T17:00:00Z", "2026-12-17T17:00:00Z", "2026-12-30T17:00:00Z"
CLOSES = "2026-12-19T17:00:00Z"
ILL = "Cán bộ phụ trách ốm."


@pytest.fixture(scope="session")
def reporter(signer):
    return signer.bearer(("reporter", "U-THCS-1"))


class Obligation:
    """The report U-THCS-1 owes, and what people do about it."""

    def __init__(self, client, obligation_id, officer, reporter):
        self.client, self.id, self.officer, self.reporter = client, obligation_id, officer, reporter

    async def ask(self, due_at=LATER, reason=ILL, who=None):
        body = {"due_at": due_at, "reason": reason}
        return await self.client.post(f"/obligations/{self.id}/extensions", json=body, headers=who or self.reporter)

    async def asked(self):
        answer = await self.ask()
        assert answer.status_code == 201, answer.text
        return answer.json()["extension_id"]

    async def grant(self, extension_id, due_at=LATER, who=None, **more):
        path, body = f"/extensions/{extension_id}/grant", {"due_at": due_at, **more}
        return await self.client.post(path, json=body, headers=who or self.officer)

    async def refuse(self, extension_id, reason="Đã báo trước từ tháng 10.", who=None):
        path = f"/extensions/{extension_id}/refuse"
        return await self.client.post(path, json={"reason": reason}, headers=who or self.officer)

    async def extend(self, due_at=LATER, reason="Bão số 12.", who=None):
        path, body = f"/obligations/{self.id}/deadline", {"due_at": due_at, "reason": reason}
        return await self.client.put(path, json=body, headers=who or self.officer)

    async def exempt(self, reason="Trường mới thành lập.", who=None):
        path = f"/obligations/{self.id}/exempt"
        return await self.client.post(path, json={"reason": reason}, headers=who or self.officer)

    async def reopen(self, reason="Miễn nhầm.", who=None):
        path = f"/obligations/{self.id}/reopen"
        return await self.client.post(path, json={"reason": reason}, headers=who or self.officer)

    async def read(self, who=None):
        return await self.client.get(f"/obligations/{self.id}", headers=who or self.reporter)


@pytest.fixture
async def obligation(client, desk, letter, officer, reporter):
    issued = await desk.issued(letter)
    owed = await desk.obligations(issued["directive_id"])
    [mine] = [each["obligation_id"] for each in owed if each["unit_id"] == "U-THCS-1"]
    return Obligation(client, mine, officer, reporter)


@pytest.fixture
def told(frame):
    """Return what was told after the issue, oldest first."""

    async def read():
        events = await waiting_events(frame)
        return [(each["type"], each["data"]) for each in events if each["type"] in (CHANGED, ASKED, REFUSED)]

    return read


@pytest.fixture
def answered(frame, obligation):
    """Let the answer come as far as this event says."""

    async def come(event, version=1):
        more = {"reviewed_by": uuid4()}
        if event is SubmissionSubmitted:
            more = {"submitted_by": uuid4(), "is_late": False, "is_nil": False, "values": (), "media_ids": ()}
        about = dict.fromkeys(("submission_id", "directive_id", "requirement_id"), uuid4())
        units = dict.fromkeys(("unit_id", "answering_unit_id"), "U-THCS-1")
        at = datetime.now(UTC)
        await tell(
            frame,
            event(occurred_at=at, version=version, obligation_id=obligation.id, number=1, **about, **units, **more),
        )

    return come


def refused(answer):
    return answer.status_code, answer.json()["code"]


async def test_a_request_waits_at_the_desk_and_is_granted(client, obligation, officer, told) -> None:
    extension_id = await obligation.asked()
    waiting = (await client.get("/extensions", params={"issuer_unit_id": "U-SO"}, headers=officer)).json()
    granted = (await obligation.grant(extension_id, due_at=LATEST, reason="Đồng ý.")).json()

    assert [each["extension_id"] for each in waiting["extensions"]] == [extension_id]
    assert (granted["outcome"], granted["granted_due_at"], granted["why"]) == ("granted", LATEST, "Đồng ý.")
    after = (await obligation.read()).json()
    assert (after["due_at"], after["closes_at"], after["version"]) == (LATEST, LATEST, 2)
    assert after["due_words_vi"] == "Hạn: 24:00 ngày 30/12/2026"
    [change] = after["changes"]
    assert (change["former_due_at"], change["due_at"], change["reason"]) == (DUE, LATEST, "Đồng ý.")
    assert None not in (change["changed_by"], change["changed_at"])
    (first, asked), (second, changed) = await told()
    assert (first, asked["wished_due_at"], asked["issuer_unit_id"]) == (ASKED, LATER, "U-SO")
    assert (second, changed["change"], changed["state"], changed["version"]) == (CHANGED, "extended", "open", 2)
    assert (changed["due_at"], changed["closes_at"]) == (LATEST, LATEST)
    assert "reason" not in asked
    left = await client.get("/extensions", params={"issuer_unit_id": "U-SO"}, headers=officer)
    assert left.json() == {"extensions": []}


async def test_a_refused_request_leaves_the_deadline(obligation, told) -> None:
    extension_id = await obligation.asked()
    answer = (await obligation.refuse(extension_id)).json()

    assert (answer["outcome"], answer["why"]) == ("refused", "Đã báo trước từ tháng 10.")
    after = (await obligation.read()).json()
    assert (after["due_at"], after["version"], after["changes"]) == (DUE, 1, [])
    assert [each for each, _ in await told()] == [ASKED, REFUSED]
    assert (await obligation.ask()).status_code == 201, "they may ask again"


async def test_a_form_that_closes_later_anyway_closes_as_before(obligation) -> None:
    await obligation.extend(LATER)
    assert (await obligation.read()).json()["closes_at"] == CLOSES


async def test_an_exemption_is_taken_back(client, obligation, reporter, told) -> None:
    assert (await obligation.exempt()).json()["state"] == "exempt"
    owed = (await client.get("/obligations", params={"unit_id": "U-THCS-1"}, headers=reporter)).json()["obligations"]
    assert [each["state"] for each in owed] == ["exempt"]
    assert (await obligation.reopen()).json()["state"] == "open"

    history = (await obligation.read()).json()["changes"]
    expected = [("exempted", "exempt", 2), ("reopened", "open", 3)]
    assert [(each["change"], each["state"], each["version"]) for each in history] == expected
    assert [(each["change"], each["state"], each["version"]) for _, each in await told()] == expected


@pytest.mark.parametrize("step", ["ask", "grant", "refuse", "extend", "exempt"])
async def test_a_step_asked_for_again_is_answered_as_before_and_tells_nothing(obligation, rows, step) -> None:
    about = [await obligation.asked()] if step in ("grant", "refuse") else []
    act = getattr(obligation, step)
    first = await act(*about)
    before = await rows()

    again = await act(*about)

    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert await rows() == before


async def test_two_who_decide_at_once_decide_once(obligation, told) -> None:
    extension_id = await obligation.asked()
    answers = await asyncio.gather(obligation.grant(extension_id), obligation.refuse(extension_id))

    assert sorted(each.status_code for each in answers) == [200, 409]
    assert [refused(each) for each in answers if each.status_code == 409] == [(409, "decided-already")]
    assert len(await told()) == 2


async def test_two_who_ask_at_once_ask_once(obligation, told) -> None:
    answers = await asyncio.gather(obligation.ask(), obligation.ask(due_at=LATEST))

    assert sorted(each.status_code for each in answers) == [201, 409]
    assert len(await told()) == 1


@pytest.mark.parametrize("act", ["ask", "extend"])
@pytest.mark.parametrize("due_at", [DUE, "2026-12-01T00:00:00+07:00"])
async def test_a_deadline_only_moves_later(obligation, rows, act, due_at) -> None:
    if act == "extend" and due_at == DUE:
        return  # it is that already: answered as before
    before = await rows()
    assert refused(await getattr(obligation, act)(due_at=due_at)) == (422, "not-later")
    assert await rows() == before


@pytest.mark.parametrize("act", ["ask", "extend", "reopen"])
async def test_what_is_exempt_is_neither_extended_nor_asked_for(obligation, rows, act) -> None:
    await obligation.exempt()
    before = await rows()
    if act == "reopen":
        assert (await obligation.reopen()).status_code == 200
    else:
        assert refused(await getattr(obligation, act)()) == (409, "not-owed")
        assert await rows() == before


async def test_a_request_is_not_granted_after_an_exemption_but_can_be_refused(obligation, rows) -> None:
    extension_id = await obligation.asked()
    await obligation.exempt()
    before = await rows()

    assert refused(await obligation.grant(extension_id)) == (409, "not-owed")
    assert await rows() == before
    assert (await obligation.refuse(extension_id)).status_code == 200


@pytest.mark.parametrize(
    ("event", "allowed"),
    [
        (SubmissionSubmitted, {"ask", "extend"}),
        (SubmissionReturned, {"ask", "extend", "exempt"}),
        (SubmissionAccepted, set()),
    ],
)
async def test_what_was_answered_changes_only_as_far_as_it_makes_sense(obligation, answered, event, allowed) -> None:
    await answered(event)
    for act in ("ask", "extend", "exempt"):
        answer = await getattr(obligation, act)()
        assert (answer.status_code < 300) == (act in allowed), act
        assert act in allowed or refused(answer) == (409, "not-owed")


@pytest.mark.parametrize("act", ["ask", "grant", "refuse", "extend", "exempt", "reopen", "read"])
async def test_nobody_acts_who_may_not(obligation, signer, officer, rows, act) -> None:
    extension_id = await obligation.asked()
    about = [extension_id] if act in ("grant", "refuse") else []
    before = await rows()
    strangers = [("reporter", "U-THCS-2"), ("desk_officer", "U-SO-X"), ("viewer", "U-SO"), ("clerk", "U-SO")]
    for post in strangers:
        answer = await getattr(obligation, act)(*about, who=signer.bearer(post))
        assert refused(answer) == (404, "not-found"), post
    seeing = {"ask": [("desk_officer", "U-SO"), ("commune_officer", "U-XA-1")], "read": []}
    for post in seeing.get(act, [("reporter", "U-THCS-1"), ("leader", "U-SO"), ("commune_officer", "U-XA-1")]):
        answer = await getattr(obligation, act)(*about, who=signer.bearer(post))
        assert refused(answer) == (403, "not-allowed"), post
    assert await rows() == before


async def test_only_the_desk_sees_what_waits_for_it(client, signer) -> None:
    for post in (("reporter", "U-THCS-1"), ("leader", "U-SO"), ("desk_officer", "U-SO-X")):
        answer = await client.get("/extensions", params={"issuer_unit_id": "U-SO"}, headers=signer.bearer(post))
        assert refused(answer) == (403, "not-allowed")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"due_at": LATER},
        {"due_at": LATER, "reason": "  "},
        {"due_at": LATER, "reason": "x" * 2001},
        {"due_at": LATER, "reason": "a\u202eb"},
        {"due_at": "2026-12-20", "reason": ILL},
        {"due_at": "2026-12-20T00:00:00", "reason": ILL},
        {"due_at": 1_800_000_000, "reason": ILL},
        {"due_at": LATER, "reason": ILL, "state": "open"},
    ],
)
async def test_requests_that_make_no_sense_are_refused(client, obligation, officer, reporter, rows, body) -> None:
    extension_id = await obligation.asked()
    before = await rows()
    path = f"/obligations/{obligation.id}"
    answers = [
        await client.post(f"{path}/extensions", json=body, headers=reporter),
        await client.put(f"{path}/deadline", json=body, headers=officer),
        await client.post(f"{path}/exempt", json=body, headers=officer),
    ]
    if "reason" in body or not body:
        answers.append(await client.post(f"/extensions/{extension_id}/grant", json=body, headers=officer))
    assert {refused(each) for each in answers} == {(422, "malformed")}
    assert await rows() == before
