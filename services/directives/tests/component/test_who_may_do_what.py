"""Drafts are seen by those who write for the issuer, what is issued by those it concerns; no unit sees another's."""

import pytest
from sqlalchemy import event

from chassis.testing import Signer, tell
from contracts.submissions import SubmissionSubmitted

NOBODYS = "00000000-0000-7000-8000-000000000000"
WRITERS = ["desk_officer", "leader", "clerk"]
OTHERS = ["administrator", "commune_officer", "unit_head", "reporter", "viewer", "postman"]


def every_request(directive_id, letter):
    return [
        ("POST", "/directives", letter),
        ("POST", f"/directives/{directive_id}/sign", None),
        ("POST", f"/directives/{directive_id}/number", {"notation": "SGDĐT"}),
        ("POST", f"/directives/{directive_id}/issue", {"issued_on": "2026-11-20"}),
        ("GET", f"/directives/{directive_id}", None),
        ("GET", f"/directives/{directive_id}/obligations", None),
        ("GET", "/obligations?unit_id=U-THCS-1", None),
        ("POST", "/audience-previews", {"audience": {"unit_types": ["thpt"]}, "as_of": "2026-05-31"}),
        ("PUT", "/registers/U-SO/2026", {"next_number": 5}),
    ]


async def test_a_request_without_a_valid_token_is_turned_away_and_changes_nothing(
    client, desk, signer, letter, rows
) -> None:
    directive_id = await desk.draft(letter)
    before = await rows()
    post = ("leader", "*")
    turned_away = [
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic abc"},
        Signer().bearer(post),  # the right name of a key, and another key
        Signer(kid="foreign").bearer(post),
        signer.bearer(post, exp=1),
        signer.bearer(post, aud="somebody-else"),
    ]
    for headers in turned_away:
        for method, path, body in every_request(directive_id, letter):
            answer = await client.request(method, path, json=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in"), (method, path, headers)
    assert await rows() == before


async def test_nobody_holds_a_connection_before_they_are_known(frame, client, letter) -> None:
    taken = []
    event.listen(frame.engine.sync_engine, "checkout", lambda *_connection: taken.append(1))

    for method, path, body in every_request(NOBODYS, letter):
        assert (await client.request(method, path, json=body)).status_code == 401

    assert taken == []


@pytest.mark.parametrize("role", WRITERS + OTHERS)
async def test_each_step_belongs_to_one_role_at_the_issuer(client, desk, signer, letter, rows, role) -> None:
    drafted, signed, numbered = await desk.draft(letter), await desk.signed(letter), await desk.numbered(letter)
    who = signer.bearer((role, "U-SO"))
    unseen = 404 if role in OTHERS else 403
    before = await rows()

    async def status(path, body=None):
        answer = await client.post(path, json=body, headers=who)
        return answer.status_code

    allowed = {"desk_officer": "draft", "leader": "sign", "clerk": "issue"}.get(role)
    outcomes = {
        "draft": await status("/directives", letter),
        "sign": await status(f"/directives/{drafted}/sign"),
        "number": await status(f"/directives/{signed}/number", {"notation": "SGDĐT", "year": 2026}),
        "issue": await status(f"/directives/{numbered}/issue", {"issued_on": "2026-11-20"}),
    }

    assert outcomes == {
        "draft": 201 if allowed == "draft" else 403,
        "sign": 200 if allowed == "sign" else unseen,
        "number": 200 if allowed == "issue" else unseen,
        "issue": 200 if allowed == "issue" else unseen,
    }
    assert (await rows() == before) is (allowed is None)


@pytest.mark.parametrize("role", WRITERS)
async def test_the_same_roles_at_another_department_see_no_draft(client, desk, signer, letter, rows, role) -> None:
    directive_id = await desk.draft(letter)
    before = await rows()
    stranger = signer.bearer((role, "U-SO-X"), (role, "U-XA-1"))

    for method, path, body in every_request(directive_id, letter)[1:6]:
        answer = await client.request(method, path, json=body, headers=stranger)
        missing = await client.request(method, path.replace(directive_id, NOBODYS), json=body, headers=stranger)
        assert answer.status_code == 404
        told, told_of_nothing = answer.json(), missing.json()
        del told["trace_id"], told_of_nothing["trace_id"]
        assert told == told_of_nothing
    assert (await client.post("/directives", json=letter, headers=stranger)).status_code == 403
    register = await client.put("/registers/U-SO/2026", json={"next_number": 5}, headers=stranger)
    assert register.status_code == 403
    assert await rows() == before


@pytest.mark.parametrize("done", ["draft", "signed", "numbered"])
async def test_before_issue_only_writers_of_the_issuer_see_it(client, desk, signer, letter, done) -> None:
    directive_id = await getattr(desk, done)(letter)

    async def status(*posts):
        return (await client.get(f"/directives/{directive_id}", headers=signer.bearer(*posts))).status_code

    assert [await status((role, "U-SO")) for role in WRITERS] == [200, 200, 200]
    assert [await status((role, "*")) for role in WRITERS] == [200, 200, 200]
    assert {await status((role, unit)) for role in OTHERS for unit in ("U-SO", "*", "U-THCS-1")} == {404}


async def test_an_issued_directive_is_read_by_those_it_concerns(client, desk, signer, letter) -> None:
    directive_id = (await desk.issued(letter))["directive_id"]
    reads = {
        ("viewer", "U-SO"): 200,
        ("administrator", "*"): 200,
        ("reporter", "U-THCS-1"): 200,
        ("unit_head", "U-NEW"): 200,  # answers for a merged school
        ("reporter", "U-THPT-2"): 200,
        ("commune_officer", "U-XA-1"): 200,
        ("postman", "*"): 404,
        ("viewer", "U-SO-X"): 404,
        ("reporter", "U-SO-X"): 404,
        ("reporter", "U-NOBODY"): 404,
    }
    for path in (f"/directives/{directive_id}", f"/directives/{directive_id}/obligations"):
        assert {post: (await client.get(path, headers=signer.bearer(post))).status_code for post in reads} == reads


async def test_a_commune_reads_what_its_schools_owe_even_when_it_owes_nothing(client, desk, signer, letter) -> None:
    letter["requirements"] = letter["requirements"][:1]
    letter["requirements"][0]["audience"] = {"include": ["U-THCS-1"]}
    directive_id = (await desk.issued(letter))["directive_id"]

    async def status(role, unit):
        return (await client.get(f"/directives/{directive_id}", headers=signer.bearer((role, unit)))).status_code

    assert await status("commune_officer", "U-XA-1") == 200
    assert await status("commune_officer", "U-XA-2") == 404
    assert await status("unit_head", "U-XA-1") == 404  # reaches its own unit only
    assert await status("reporter", "U-THCS-2") == 404


async def test_nobody_sees_how_far_other_units_have_come(client, desk, signer, letter) -> None:
    directive_id = (await desk.issued(letter))["directive_id"]
    sees = {
        ("reporter", "U-THCS-1"): {"U-THCS-1"},
        ("unit_head", "U-NEW"): {"U-OLD-A", "U-OLD-B"},
        ("reporter", "U-THPT-1"): {"U-THPT-1", "U-CUM-1"},
        ("commune_officer", "U-XA-2"): {"U-XA-2", "U-THCS-2", "U-OLD-A", "U-OLD-B"},
        ("viewer", "U-SO"): {each["unit_id"] for each in await desk.obligations(directive_id)},
    }

    async def seen(post):
        answer = await client.get(f"/directives/{directive_id}/obligations", headers=signer.bearer(post))
        return {each["unit_id"] for each in answer.json()["obligations"]}

    assert {post: await seen(post) for post in sees} == sees
    assert len(sees["viewer", "U-SO"]) == 9


async def test_what_a_unit_owes_is_told_to_itself_and_those_above(client, desk, signer, letter) -> None:
    await desk.issued(letter)
    told = {
        (("reporter", "U-THCS-1"), "U-THCS-1"): 200,
        (("commune_officer", "U-XA-1"), "U-THCS-1"): 200,
        (("viewer", "U-SO"), "U-THCS-1"): 200,
        (("administrator", "*"), "U-THCS-1"): 200,
        (("reporter", "U-THCS-2"), "U-THCS-1"): 404,
        (("commune_officer", "U-XA-2"), "U-THCS-1"): 404,
        (("viewer", "U-SO-X"), "U-THCS-1"): 404,
        (("postman", "*"), "U-THCS-1"): 404,
        (("administrator", "*"), "U-NOBODY"): 404,
        (("reporter", "U-NOBODY"), "U-NOBODY"): 404,
    }

    async def status(post, unit):
        answer = await client.get("/obligations", params={"unit_id": unit}, headers=signer.bearer(post))
        return answer.status_code

    assert {case: await status(*case) for case in told} == told


async def test_a_unit_sees_what_it_owes_and_what_it_answers_for_others_nearest_deadline_first(
    frame, client, desk, signer, letter
) -> None:
    issued = await desk.issued(letter)
    report, video = issued["requirements"]
    head = signer.bearer(("unit_head", "U-THPT-1"))

    async def owed():
        return (await client.get("/obligations", params={"unit_id": "U-THPT-1"}, headers=head)).json()["obligations"]

    [first, second] = await owed()
    assert (first["unit_id"], first["kind"], first["due_phrase"]) == ("U-CUM-1", "video", "trước ngày 12/12/2026")
    assert (second["unit_id"], second["kind"], second["due_phrase"]) == ("U-THPT-1", "report", "trước ngày 14/12/2026")
    assert second == {
        "obligation_id": second["obligation_id"],
        "directive_id": issued["directive_id"],
        "requirement_id": report["requirement_id"],
        "issuer_unit_id": "U-SO",
        "code": "01/SGDĐT-GDPT",
        "subject": letter["subject"],
        "issued_on": "2026-11-20",
        "kind": "report",
        "title": "Báo cáo đánh giá giáo dục STEM",
        "unit_id": "U-THPT-1",
        "answering_unit_id": "U-THPT-1",
        "due_phrase": "trước ngày 14/12/2026",
        "due_at": report["due_at"],
        "cut_off_at": report["cut_off_at"],
        "closes_at": report["closes_at"],
        "answer_state": "none",
        "state": "open",
        "assigned_to": None,
        "period": None,
        "period_name": None,
    }
    await tell(
        frame,
        SubmissionSubmitted(
            occurred_at="2026-12-01T00:00:00Z",
            submission_id=NOBODYS,
            version=1,
            obligation_id=first["obligation_id"],
            directive_id=issued["directive_id"],
            requirement_id=video["requirement_id"],
            unit_id="U-CUM-1",
            answering_unit_id="U-THPT-1",
            number=1,
            submitted_by=NOBODYS,
            is_late=False,
            is_nil=False,
            values=(),
            media_ids=(),
        ),
    )
    assert [each["answer_state"] for each in await owed()] == ["submitted", "none"]


async def test_somebody_who_sees_a_directive_but_may_not_issue_it_is_told_so(client, desk, signer, letter) -> None:
    issued = await desk.issued(letter)

    answer = await client.post(
        f"/directives/{issued['directive_id']}/sign", headers=signer.bearer(("reporter", "U-THCS-1"))
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")


@pytest.mark.parametrize("role", WRITERS + OTHERS)
async def test_whoever_writes_for_some_unit_may_try_an_audience_out(client, signer, role) -> None:
    body = {"audience": {"unit_types": ["thpt"]}, "as_of": "2026-05-31"}

    answer = await client.post("/audience-previews", json=body, headers=signer.bearer((role, "U-XA-1")))

    assert answer.status_code == (200 if role in WRITERS else 403)
