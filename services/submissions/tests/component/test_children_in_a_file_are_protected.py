"""What is not declared is not shown widely; what is withdrawn is gone for everybody at once, and stays on record."""

import asyncio

import pytest
from sqlalchemy import text

from chassis.testing import until
from submissions import store
from submissions.operations import inspecting
from submissions.operations.inspecting import ATTEMPTS, LEASE, inspect_next
from submissions.operations.sweeping import sweep

CONSENT = {
    "is_pupil_identifiable": True,
    "scope": "workshop",
    "has_consent_of_pupils": True,
    "has_consent_of_representatives": True,
    "obtained_on": "2026-11-02",
    "evidence": "Hồ sơ 12/ĐY-2026",
}


def told(answer) -> tuple:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
async def shown(sender, archive):
    """A film that was sent, and that may be looked at."""
    await sender.send()
    assert await inspect_next(archive) == "ready"
    return sender


async def ask(sender, method, what, who=None, **body):
    return await sender.desk.ask(method, f"/media/{sender.media_id}/{what}", who or sender.who, **body)


async def withdraw(sender, who=None):
    return await ask(sender, "POST", "withdraw", who, json={"reason": "Phụ huynh rút lại đồng ý."})


async def test_what_is_not_declared_is_for_internal_review_only(shown, officer) -> None:
    assert (await shown.media())["scope"] == "internal_review"
    assert (await shown.media())["declaration"] is None

    declared = await ask(shown, "PUT", "declaration", json=CONSENT)

    assert (declared.status_code, declared.json()["number"]) == (200, 1)
    media = (await shown.desk.ask("GET", f"/media/{shown.media_id}", officer)).json()
    assert (media["scope"], media["declaration"]["evidence"]) == ("workshop", "Hồ sơ 12/ĐY-2026")
    assert (await ask(shown, "PUT", "declaration", json=CONSENT)).json()["number"] == 1, "the same words change nothing"
    again = await ask(shown, "PUT", "declaration", json={"is_pupil_identifiable": True})
    assert (again.json()["number"], again.json()["scope"]) == (2, "internal_review")


@pytest.mark.parametrize(
    "missing", ["has_consent_of_pupils", "has_consent_of_representatives", "obtained_on", "evidence"]
)
async def test_pupils_are_not_shown_outside_without_every_consent(shown, record, missing) -> None:
    before = await record.everything()

    refused = await ask(shown, "PUT", "declaration", json={k: v for k, v in CONSENT.items() if k != missing})

    assert told(refused) == (422, "consent-missing")
    assert refused.json()["missing"] == [missing]
    assert await record.everything() == before
    assert await record.rows("media_declarations") == []


async def test_a_list_of_pupils_has_no_field(shown) -> None:
    refused = await ask(shown, "PUT", "declaration", json={**CONSENT, "pupils": ["Nguyễn Văn A"]})

    assert told(refused) == (422, "malformed")


async def test_a_withdrawn_file_is_gone_for_everybody_and_links_given_before_are_dead(
    shown, archive, record, officer, reporter, web
) -> None:
    link = (await ask(shown, "GET", "link", officer)).json()
    small = f"/obligations/{shown.desk.obligation_id}/thumbnails"
    [thumbnail] = (await shown.desk.ask("GET", small, officer)).json()["thumbnails"]
    assert [(await web.get(each)).status_code for each in (link["url"], thumbnail["url"])] == [200, 200]

    withdrawn = await withdraw(shown)

    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    given = (link["url"], link["poster_url"], link["thumbnail_url"], thumbnail["url"])
    assert {(await web.get(url)).status_code for url in given} == {404}
    assert (await shown.desk.ask("GET", small, officer)).json()["thumbnails"] == []
    assert told(await ask(shown, "GET", "link", officer)) == (409, "media-not-ready")
    refused = await shown.desk.submit(reporter, {"media_ids": [str(shown.media_id)]})
    assert refused.json()["media"] == [{"media_id": str(shown.media_id), "state": "withdrawn"}]
    media = await shown.media()
    assert (media["state"], media["withdrawal_reason"]) == ("withdrawn", "Phụ huynh rút lại đồng ý.")
    kind, event = (await record.events())[-1]
    assert (kind, event["issuer_unit_id"]) == ("submissions.media.withdrawn.v1", shown.desk.asked.department)
    assert "Phụ huynh" not in str(await record.events())
    assert (await archive.objects.find(f"withheld/{shown.media_id}")).byte_count == len(shown.content)
    before = await record.everything()
    assert (await withdraw(shown, officer)).status_code == 200
    assert await record.everything() == before, "once is enough"


async def test_copies_the_unit_sent_elsewhere_are_withdrawn_too(sender, another_sender, owe, asked, archive) -> None:
    await sender.open(digest=sender.digest())
    await sender.put_all()
    await sender.complete()
    await inspect_next(archive)
    elsewhere = another_sender(sender.content, desk=await owe(asked.video()))
    await elsewhere.open(digest=elsewhere.digest())

    await withdraw(elsewhere)

    assert (await sender.media())["state"] == "withdrawn"
    assert (await elsewhere.media())["state"] == "withdrawn"


async def test_two_who_withdraw_copies_of_each_other_at_once_both_do(another_sender, owe, asked, frame) -> None:
    one, other = [another_sender(b"the same film", desk=await owe(asked.video())) for _ in range(2)]
    for each in (one, other):
        await each.open(digest=each.digest())

    async with frame.engine.connect() as somebody:
        await somebody.execute(text("SELECT 1 FROM media WHERE media_id = :first FOR UPDATE"), {"first": one.media_id})
        both = asyncio.gather(withdraw(one), withdraw(other))
        await until(lambda: _waiting(frame, 2), within=5)  # each holds what it took first
    answers = await both

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [(await each.media())["state"] for each in (one, other)] == ["withdrawn", "withdrawn"]


async def _waiting(frame, wanted: int) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with frame.engine.connect() as connection:
        return await connection.scalar(text(waiting)) == wanted


async def test_what_an_inspector_leaves_behind_of_a_withdrawn_file_is_swept(sender, archive, record, web) -> None:
    await sender.send()
    async with archive.transactions.begin() as tx:
        claimed = await store.media.claim(tx, lease=LEASE, attempts=ATTEMPTS)
    await withdraw(sender)
    await archive.objects.put(claimed.final_key, b"late", content_type="video/mp4")
    async with archive.transactions.begin() as tx:
        obligation = await store.asked.get_obligation(tx, claimed.obligation_id)
        refused = inspecting.Refused("unreadable", "x")
        assert await inspecting._reject(tx, claimed, obligation, refused) == "overtaken"

    await record.change(
        "UPDATE media SET withdrawn_at = now() - interval '41 minutes', cleared_at = now() - interval '41 minutes'"
    )
    await sweep(archive)

    assert await archive.objects.find(claimed.final_key) is None
    assert (await sweep(archive)).cleared == 0


async def test_an_upload_under_way_that_is_withdrawn_takes_no_more_parts(sender) -> None:
    await sender.open()
    await sender.put(1)

    await withdraw(sender)

    assert told(await sender.sign(2)) == (409, "upload-over")
    assert told(await sender.complete()) == (409, "upload-over")
    assert (await sender.progress())["received_parts"] == []


async def test_who_looked_is_written_down(shown, officer, record) -> None:
    assert (await ask(shown, "GET", "views")).json()["views"] == []

    await ask(shown, "GET", "link", officer)

    views = (await ask(shown, "GET", "views")).json()["views"]
    assert [view["purpose"] for view in views] == ["link"]
    assert views[0]["person_id"] == str((await record.rows("media_views"))[0]["person_id"])


@pytest.mark.parametrize(
    ("method", "what", "body"),
    [
        ("PUT", "declaration", CONSENT),
        ("POST", "withdraw", {"reason": "x"}),
        ("GET", "views", None),
        ("GET", "link", None),
    ],
)
async def test_a_stranger_learns_and_changes_nothing(shown, stranger, record, method, what, body) -> None:
    before = await record.everything()

    assert told(await ask(shown, method, what, stranger, json=body)) == (404, "not-found")

    assert await record.everything() == before
    assert await record.rows("media_views") == []
