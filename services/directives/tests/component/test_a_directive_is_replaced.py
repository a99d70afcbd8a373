"""A directive stands in the place of another: what is open closes, what is the same goes on, and everyone is told."""

import asyncio
import copy
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from chassis.testing import tell, waiting_events
from contracts.submissions import SubmissionAccepted

CHANGED, OPENED = "directives.obligation.changed.v1", "directives.obligation.opened.v1"
REPLACED = "directives.directive.replaced.v1"
RULE = {
    "code": "I",
    "left": [{"indicator": "stem.projects"}],
    "holds": "at_most",
    "right": [{"times": 100}],
    "message_vi": "Quá nhiều.",
    "message_en": "Too many.",
}
WHY = {"reason": "Trường mới thành lập."}


@pytest.fixture
def told(frame):
    async def read(kind):
        return [each["data"] for each in await waiting_events(frame) if each["type"] == kind]

    return read


@pytest.fixture
def again(letter):
    """Write the letter that replaces an issued one: the report the same, the video asked anew."""

    def write(old, **changes):
        new = copy.deepcopy(letter)
        new["relations"] = [{"kind": "replaces", "directive_id": old["directive_id"]}]
        new["requirements"][0]["same_as"] = old["requirements"][0]["requirement_id"]
        new["requirements"][0].update(changes)
        return new

    return write


@pytest.fixture
async def old(desk, letter):
    return await desk.issued(letter)


async def owed(desk, directive):
    found = await desk.obligations(directive["directive_id"])
    return {(each["requirement_id"], each["unit_id"]): each for each in found}


def ids(directive):
    return [each["requirement_id"] for each in directive["requirements"]]


async def accept(frame, obligation):
    about = dict.fromkeys(("submission_id", "directive_id", "requirement_id", "reviewed_by"), uuid4())
    units = {name: obligation[name] for name in ("unit_id", "answering_unit_id")}
    accepted = {"obligation_id": obligation["obligation_id"], "version": 2, "number": 1}
    await tell(frame, SubmissionAccepted(occurred_at=datetime.now(UTC), **accepted, **about, **units))


async def test_what_is_open_closes_and_what_is_the_same_goes_on(desk, old, again, told, client, signer) -> None:
    new = await desk.issued(again(old))

    was, now = await owed(desk, old), await owed(desk, new)
    (report, _video), (new_report, new_video) = ids(old), ids(new)
    assert {each["state"] for each in was.values()} == {"replaced"}
    assert {each["state"] for each in now.values()} == {"open"}
    for (requirement, unit), each in now.items():
        before = was[report, unit]["obligation_id"] if requirement == new_report else None
        assert each["continues"] == before
    assert {requirement for requirement, _ in now} == {new_report, new_video}
    assert {(each["change"], each["state"], each["version"]) for each in await told(CHANGED)} == {
        ("replaced", "replaced", 2)
    }
    continued = {each["continues"] for each in await told(OPENED)} - {None}
    assert continued == {each["obligation_id"] for (requirement, _), each in was.items() if requirement == report}
    [event] = await told(REPLACED)
    assert (event["directive_id"], event["by_directive_id"]) == (old["directive_id"], new["directive_id"])
    assert (event["code"], event["by_code"], event["version"]) == (old["code"], new["code"], 2)
    assert set(event["unit_ids"]) == {each["answering_unit_id"] for each in was.values()}
    school = signer.bearer(("reporter", "U-THCS-1"))
    shown = (await client.get(f"/directives/{old['directive_id']}", headers=school)).json()
    by = {"directive_id": new["directive_id"], "code": new["code"]}
    assert shown["state"] == "replaced"
    assert {name: shown["replaced"][f"by_{name}"] for name in by} == by
    assert shown["named_by"] == [{"kind": "replaces", **by}]
    shown = (await client.get(f"/directives/{new['directive_id']}", headers=school)).json()
    assert shown["relations"] == [{"kind": "replaces", "directive_id": old["directive_id"], "code": old["code"]}]
    assert shown["requirements"][0]["same_as"] == report


async def test_accepted_work_goes_on_where_the_same_is_asked_and_else_stays(frame, desk, old, again) -> None:
    before = await owed(desk, old)
    report, video = ids(old)
    await accept(frame, before[report, "U-THCS-1"])
    await accept(frame, before[report, "U-THCS-2"])
    await accept(frame, before[video, "U-XA-1"])

    new = await desk.issued(again(old, audience={"unit_types": ["thcs", "thpt"], "exclude": ["U-THCS-2"]}))

    after, now = await owed(desk, old), await owed(desk, new)
    assert after[report, "U-THCS-1"]["state"] == "replaced"
    assert now[ids(new)[0], "U-THCS-1"]["continues"] == before[report, "U-THCS-1"]["obligation_id"]
    assert after[report, "U-THCS-2"]["state"] == "open", "its work is settled, and nobody asks it again"
    assert after[video, "U-XA-1"]["state"] == "open", "settled; the new video is another one"
    assert now[ids(new)[1], "U-XA-1"]["continues"] is None
    assert after[video, "U-XA-2"]["state"] == "replaced"


async def test_what_was_granted_of_the_old_one_is_granted_of_the_new_one(desk, old, again, client, officer) -> None:
    was = await owed(desk, old)
    report, _ = ids(old)
    later = {"due_at": "2026-12-28T00:00:00+07:00", **WHY}
    for unit, verb, path, body in (
        ("U-THCS-1", client.post, "exempt", WHY),
        ("U-THCS-2", client.put, "deadline", later),
        ("U-THPT-1", client.put, "deadline", {**later, "due_at": "2026-12-15T00:00:00+07:00"}),
    ):
        target = f"/obligations/{was[report, unit]['obligation_id']}/{path}"
        assert (await verb(target, json=body, headers=officer)).status_code == 200

    new = await desk.issued(again(old, due_at="2026-12-18T00:00:00+07:00"))

    now, after = await owed(desk, new), await owed(desk, old)
    found = {unit: each for (requirement, unit), each in now.items() if requirement == ids(new)[0]}
    assert found["U-THCS-1"]["state"] == after[report, "U-THCS-1"]["state"] == "exempt"
    assert found["U-THCS-1"]["continues"] is None
    due = {unit: datetime.fromisoformat(each["due_at"]).astimezone(UTC).day for unit, each in found.items()}
    assert (due["U-THCS-2"], due["U-THPT-1"], due["U-THPT-2"]) == (27, 17, 17)
    history = (await client.get(f"/obligations/{found['U-THCS-2']['obligation_id']}", headers=officer)).json()
    assert [each["change"] for each in history["changes"]] == ["extended"]
    assert history["closes_at"] >= history["due_at"]


async def test_two_that_would_replace_one_at_the_same_time_replace_it_once(desk, old, again, told) -> None:
    drafts = [await desk.numbered(again(old)) for _ in range(2)]

    answers = await asyncio.gather(*(desk.issue(each) for each in drafts))

    assert sorted(each.status_code for each in answers) == [200, 409]
    [refused] = [each.json() for each in answers if each.status_code == 409]
    assert (refused["code"], refused["state"], refused["directive_code"]) == ("not-in-force", "replaced", old["code"])
    assert len(await told(REPLACED)) == 1


async def test_issued_again_it_replaces_nothing_twice(desk, old, again, rows) -> None:
    new = await desk.issued(again(old))
    before = await rows()
    assert (await desk.issue(new["directive_id"])).status_code == 200
    assert await rows() == before


async def test_it_is_replaced_or_recalled_never_both(desk, old, again, client, leader, rows) -> None:
    recall = {"json": {"reason": "Ban hành nhầm."}, "headers": leader}
    path = f"/directives/{old['directive_id']}/recall"
    late = await desk.numbered(again(old))
    new = await desk.issued(again(old))
    before = await rows()
    refused = await client.post(path, **recall)
    assert (refused.status_code, refused.json()["code"], refused.json()["state"]) == (409, "not-now", "replaced")
    assert (await desk.issue(late)).json()["code"] == "not-in-force"
    assert await rows() == before

    last = await desk.numbered(again(new))
    assert (await client.post(f"/directives/{new['directive_id']}/recall", **recall)).status_code == 200
    before = await rows()
    assert (await desk.issue(last)).json()["state"] == "recalled"
    assert await rows() == before


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda new: new["requirements"][0].update(periods=["2024-2025"]), "not-the-same"),
        (lambda new: new["requirements"][0]["indicators"].pop(2), "rule-unfit"),
        (lambda new: new["requirements"][0]["indicators"].pop(3), "not-the-same"),
        (lambda new: new["requirements"][0]["indicators"][3].update(at_most=None), "not-the-same"),
        (lambda new: new["requirements"][0]["sections"][0].update(kind="list"), "not-the-same"),
        (lambda new: new["requirements"][0]["indicators"][3].update(of_which="stem.projects"), "not-the-same"),
        (lambda new: new["requirements"][0].update(rules=[RULE]), "not-the-same"),
        (lambda new: new["requirements"][1].update(same_as=new["requirements"][0]["same_as"]), "same-as-unfit"),
        (lambda new: new["requirements"][0].update(same_as=str(uuid4())), "same-as-unfit"),
        (lambda new: new["relations"][0].update(kind="amends"), "same-as-unfit"),
        (lambda new: new["relations"].append({**new["relations"][0], "kind": "corrects"}), "relation-unfit"),
        (lambda new: new["relations"].append(new["relations"][0]), "relation-unfit"),
        (lambda new: new["relations"][0].update(kind="recalls"), "same-as-unfit"),
        (lambda new: new["relations"][0].update(kind="abolishes"), "malformed"),
        (lambda new: new["relations"][0].update(directive_id=str(uuid4())), "not-found"),
        (lambda new: new.update(relations=new["relations"] * 51), "malformed"),
    ],
)
async def test_what_is_not_the_same_or_not_to_be_replaced_is_not_drafted(
    desk, old, again, client, officer, rows, change, code
) -> None:
    new = again(old)
    change(new)
    before = await rows()
    answer = await client.post("/directives", json=new, headers=officer)
    assert answer.json()["code"] == code, answer.text
    assert await rows() == before


async def test_a_video_may_be_longer_but_not_shorter_to_be_the_same(desk, old, again, client, officer) -> None:
    for seconds, status in ((61, 201), (60, 201), (59, 422)):
        new = again(old)
        new["requirements"][1]["same_as"] = ids(old)[1]
        new["requirements"][1]["media"] = {"count": 1, "max_seconds": seconds}
        answer = await client.post("/directives", json=new, headers=officer)
        assert answer.status_code == status, answer.text
        if status == 422:
            assert answer.json()["differences"] == ["media"]


async def test_only_what_is_in_force_is_named_and_only_ones_own_is_replaced(
    desk, letter, old, again, client, signer, rows
) -> None:
    draft = await desk.draft(letter)
    new = again(old)
    stranger = signer.bearer(("desk_officer", "U-SO-X"), ("viewer", "U-SO"))
    before = await rows()
    for body, who, expected in (
        ({**new, "relations": [{"kind": "refers_to", "directive_id": draft}]}, desk.officer, "not-in-force"),
        ({**new, "issuer_unit_id": "U-SO-X"}, stranger, "relation-unfit"),
        ({**new, "issuer_unit_id": "U-SO-X"}, signer.bearer(("desk_officer", "U-SO-X")), "not-found"),
    ):
        answer = await client.post("/directives", json=body, headers=who)
        assert answer.json()["code"] == expected, answer.text
        assert await rows() == before


@pytest.mark.parametrize("kind", ["amends", "corrects", "replaces"])
async def test_what_ended_meanwhile_is_neither_amended_corrected_nor_replaced(
    desk, letter, old, client, leader, rows, kind
) -> None:
    numbered = await desk.numbered({**letter, "relations": [{"kind": kind, "directive_id": old["directive_id"]}]})
    recall = {"reason": "Ban hành nhầm."}
    assert (
        await client.post(f"/directives/{old['directive_id']}/recall", json=recall, headers=leader)
    ).status_code == 200
    before = await rows()

    answer = await desk.issue(numbered)

    assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "not-in-force", "recalled")
    assert await rows() == before


async def test_what_is_said_on_paper_and_what_is_replaced_are_one(desk, letter, old, client, officer, rows) -> None:
    relations = [{"kind": "replaces", "directive_id": old["directive_id"]}]
    before = await rows()

    other = {**letter, "relations": relations, "replaces_code": "745/SGDĐT-GDPT"}
    answer = await client.post("/directives", json=other, headers=officer)

    assert (answer.status_code, answer.json()["code"], answer.json()["where"]) == (
        422,
        "relation-unfit",
        "replaces_code",
    )
    assert await rows() == before
    same = {**other, "replaces_code": f"Công văn số {old['code']} ngày 20/11/2026"}
    kept = await client.post("/directives", json=same, headers=officer)
    assert kept.json()["replaces_code"] == same["replaces_code"]


async def test_who_amends_corrects_or_refers_is_shown_from_both_ends_and_ends_nothing(
    desk, letter, old, client, officer, told
) -> None:
    kinds = ("amends", "corrects", "implements", "refers_to")
    made = {}
    for kind in kinds:
        relation = {"kind": kind, "directive_id": old["directive_id"]}
        made[kind] = await desk.issued({**letter, "relations": [relation]})
        assert made[kind]["relations"] == [{**relation, "code": old["code"]}]
    await desk.draft({**letter, "relations": [{"kind": "amends", "directive_id": old["directive_id"]}]})

    shown = (await client.get(f"/directives/{old['directive_id']}", headers=officer)).json()

    assert shown["state"] == "corrected"
    assert [(each["what"], each["by_code"]) for each in shown["corrections"]] == [
        (letter["subject"], made["corrects"]["code"])
    ]
    events = await told("directives.directive.amended.v1")
    assert [(each["kind"], each["by_code"]) for each in events] == [
        (kind, made[kind]["code"]) for kind in ("amends", "corrects")
    ]
    sent = {each["answering_unit_id"] for each in await desk.obligations(old["directive_id"])}
    assert [set(each["unit_ids"]) for each in events] == [sent, sent]
    assert [(each["kind"], each["code"]) for each in shown["named_by"]] == [
        (kind, made[kind]["code"]) for kind in ("amends", "corrects")
    ]
    assert {each["state"] for each in await desk.obligations(old["directive_id"])} == {"open"}
