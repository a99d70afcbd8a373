"""Letters go by the ways people choose, by another where one does not work, and the desk sees who had none."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from dataclasses import replace
from uuid import UUID

import pytest

from chassis.frame import Role
from chassis.policy import PROVINCE
from chassis.testing import running, tell
from chassis.transaction import new_id
from notify.channels.books import ChosenAddresses
from notify.channels.bouncing import Returned, note_returned
from notify.channels.choosing import Channel
from notify.channels.email import MailServer
from notify.channels.gateways import SmsGateway, ZaloService
from notify.channels.webhooks import Webhooks
from notify.store import deliveries

OTHER = "U-THCS-KHAC"
PHONE = "84912345678"
DESK = ("desk_officer", "U-SGD-MG")


@pytest.fixture
def offering(gateways, tmp_path):
    token = tmp_path / "zns-token"
    token.write_text("right\n")
    return {
        "sms_url": f"{gateways.url}/SendMultipleMessage_V4_post_json/",
        "sms_brandname": "CONGVAN",
        "sms_api_key": "key",
        "sms_secret_key": "secret",
        "zns_url": f"{gateways.url}/message/template",
        "zns_template_id": "761",
        "zns_token_file": token,
        "webhook_hosts": ["school.example"],
    }


@pytest.fixture
def settings(settings, offering):
    return {**settings, **offering}


@pytest.fixture
def front(make_frame):
    """A front door alone: nobody carries letters behind it."""
    return make_frame(Role.API)


@pytest.fixture
def choosing(front, signer):
    """Choose channels as a person, over HTTP."""

    async def choose(person, **asked):
        async with running(front) as client:
            answer = await client.put("/preferences", json=asked, headers=signer.bearer(person=person))
            assert answer.status_code == 200, answer.text
            return answer.json()

    return choose


@pytest.fixture
def courier_by(make_courier, frame, offering):
    """Make a courier of one way."""
    ways = {
        Channel.SMS: SmsGateway(offering["sms_url"], "CONGVAN", "key", "secret"),
        Channel.ZNS: ZaloService(offering["zns_url"], "761", offering["zns_token_file"]),
    }

    def make(channel):
        return make_courier(
            channel=channel, server=ways[channel], book=ChosenAddresses(frame.transactions, channel), rest_seconds=0.0
        )

    return make


@pytest.fixture
def became(frame):
    """Return what became of every delivery, by channel."""

    async def all_of():
        async with frame.engine.connect() as connection:
            rows = await connection.exec_driver_sql("SELECT channel, state, last_error FROM deliveries ORDER BY 1")
            return [tuple(row) for row in rows]

    return all_of


async def test_who_has_no_zalo_is_told_by_a_short_message_once(
    letters_wait, choosing, courier_by, gateways, became, people, sql
):
    await choosing(people[0], channels=["zns", "sms"], phone="0912 345 678")
    gateways.without_zalo.add(PHONE)
    await letters_wait(1)
    zalo, sms = courier_by(Channel.ZNS), courier_by(Channel.SMS)

    assert [await zalo.carry_batch(), await sms.carry_batch()] == [1, 1]
    await sql(
        "UPDATE deliveries SET state = 'waiting', sent_at = NULL, next_attempt_at = now() WHERE channel = 'sms'"
    )  # it died in between
    assert [await zalo.carry_batch(), await sms.carry_batch()] == [0, 1]

    [sent] = gateways.sms
    assert sent["Phone"] == PHONE
    assert sent["Content"].startswith("761/SGDDT-GDPT: viec can thuc hien - V/v bao cao ket qua")
    assert await became() == [
        ("sms", "sent", None),
        ("zns", "failed", "Zalo answers -118 Zalo account not existed …"),
    ]


async def test_zalo_is_told_what_its_template_takes(letters_wait, choosing, courier_by, gateways, became, people):
    await choosing(people[0], channels=["zns"], phone=PHONE)
    await letters_wait(2)
    assert await courier_by(Channel.ZNS).carry_batch() == 1
    assert gateways.zns[0]["template_data"] == {
        "van_ban": "761/SGDĐT-GDPT",
        "noi_dung": "việc cần thực hiện – V/v báo cáo kết quả giáo dục STEM",
    }
    assert [each[:2] for each in await became()] == [("email", "waiting"), ("zns", "sent")]


async def test_letters_wait_while_the_house_has_no_money_and_then_go_by_email(
    letters_wait, choosing, courier_by, gateways, became, people, sql, make_courier, mailbox
):
    await choosing(people[0], channels=["sms"], phone=PHONE)
    gateways.balance = False
    await letters_wait(1)
    sms = courier_by(Channel.SMS)
    reason = "the SMS gateway answers 103 Balance not enough to send"
    for attempt in range(4):
        assert await became() == [("sms", "waiting", reason if attempt else None)]
        await sql("UPDATE deliveries SET next_attempt_at = now() - interval '1 s'")
        with pytest.raises(Exception, match="103"):
            await sms.carry_batch()
    assert [each[:2] for each in await became()] == [("email", "waiting"), ("sms", "failed")]
    assert await make_courier().carry_batch() == 1
    assert len(mailbox.taken) == 1
    gateways.balance = True
    await sql("UPDATE deliveries SET next_attempt_at = now() - interval '1 s'")
    assert await sms.carry_batch() == 0  # told once, by the way that worked


async def test_an_email_that_comes_back_goes_another_way(
    frame, letters_wait, choosing, make_courier, mailbox, became, people
):
    await choosing(people[0], channels=["email", "sms"], phone=PHONE)
    await letters_wait(1)
    server = MailServer(
        "127.0.0.1", mailbox.port, "Công văn <khong-tra-loi@congvan.example>", bounces_to="bounces@congvan.example"
    )
    await make_courier(server=server).carry_batch()
    letter_id = mailbox.letters[0]["Message-ID"].strip("<>").partition("@")[0]
    returned = Returned(UUID(letter_id), "returned: 5.1.1")
    async with frame.transactions.begin() as tx:
        assert await note_returned(tx, returned)
    async with frame.transactions.begin() as tx:
        assert not await note_returned(tx, returned)  # servers report twice
        assert not await note_returned(tx, replace(returned, letter_id=new_id()))

    assert await became() == [("email", "failed", "returned: 5.1.1"), ("sms", "waiting", None)]


async def test_who_chooses_anew_is_not_sent_the_way_that_has_failed(
    letters_wait, choosing, courier_by, gateways, became, people, sql, make_courier, mailbox, addresses
):
    await choosing(people[0], channels=["email", "sms"], phone=PHONE)
    mailbox.answers_to_recipient[addresses[0]] = "550 no such user"
    await letters_wait(1)
    await make_courier().carry_batch()
    await choosing(people[0], channels=["email"], phone=PHONE)
    gateways.balance = False
    await sql("UPDATE deliveries SET attempts = 7 WHERE channel = 'sms'")
    with pytest.raises(Exception, match="103"):
        await courier_by(Channel.SMS).carry_batch()
    # There is no other way: it goes on waiting for the one that may work yet.
    assert [each[:2] for each in await became()] == [("email", "failed"), ("sms", "waiting")]


async def test_the_desk_sees_who_could_not_be_told_and_why(
    frame, front, case, appointed, signer, sql, people, letters_wait
):
    await letters_wait(2)
    opened = case.opened(OTHER).model_copy(update={"obligation_id": new_id()})
    nobody = case.opened("U-KHONG-NGUOI").model_copy(update={"obligation_id": new_id()})
    await tell(frame, appointed(people[2], "reporter", OTHER), opened, nobody)
    await sql(
        "UPDATE deliveries SET state = 'failed', last_error = '550 …' WHERE letter_id IN "
        "(SELECT letter_id FROM letters WHERE person_id IN (:first, :third))",
        first=people[0],
        third=people[2],
    )
    path = f"/directives/{case.directive_id}/unreached"
    async with running(front) as client:
        answer = await client.get(path, headers=signer.bearer(DESK))
        paths = path, f"/requirements/{case.requirement_id}/unreached"
        others = [
            await client.get(each, headers=signer.bearer(who))
            for who in (("reporter", OTHER), ("desk_officer", "U-SGD-KHAC"))
            for each in paths
        ]
        of_requirement = await client.get(paths[1], headers=signer.bearer(DESK))
    # Of the school one of two could be told: somebody there knows.
    assert answer.json() == {
        "units_asked": 3,
        "units": [
            {"unit_id": "U-KHONG-NGUOI", "people": 0, "reason": None},
            {"unit_id": OTHER, "people": 1, "reason": "550 …"},
        ],
    }
    assert of_requirement.json() == answer.json()
    assert [each.status_code for each in others] == [404] * 4


async def test_a_webhook_is_signed_and_told_nothing_of_people(letters_wait, frame, gateways, people, sql):
    await letters_wait(1)
    secret = "whsec_" + b64encode(b"k" * 32).decode()

    async def secret_of(_person_id):
        return secret

    async with frame.transactions.begin() as tx:
        [taken] = await deliveries.claim(tx.connection, channel="email", now=tx.now, until=tx.now, limit=1)
    async with Webhooks(secret_of).line() as line:
        await line.hand_over(taken.letter, f"{gateways.url}/hook")
        gateways.hook_status = 410
        with pytest.raises(Exception, match="410"):
            await line.hand_over(taken.letter, f"{gateways.url}/hook")

    headers, body = gateways.hooks[0]
    headers = {name.lower(): value for name, value in headers.items()}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = b64encode(hmac.digest(b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-id"] == gateways.hooks[1][0]["webhook-id"]
    assert json.loads(body)["type"] == "letter.obligation_opened"
    assert str(people[0]) not in body.decode()


async def test_a_choice_is_the_callers_own_and_an_unfit_one_changes_nothing(front, signer, people):
    async with running(front) as client:
        mine, others = (signer.bearer(person=each) for each in people[:2])
        first = await client.put(
            "/preferences", json={"channels": ["webhook"], "webhook_url": "https://school.example/a"}, headers=mine
        )
        again = await client.put(
            "/preferences", json={"channels": ["webhook"], "webhook_url": "https://school.example/a"}, headers=mine
        )
        unfit = await client.put("/preferences", json={"channels": ["sms"]}, headers=mine)
        kept = await client.get("/preferences", headers=mine)
        theirs = await client.get("/preferences", headers=others)

    assert first.json()["webhook_secret"].startswith("whsec_")
    assert again.json()["webhook_secret"] == first.json()["webhook_secret"]
    assert (unfit.status_code, unfit.json()["code"]) == (422, "channels-unfit")
    assert (kept.json()["channels"], kept.json()["webhook_secret"]) == (["webhook"], None)
    assert theirs.json()["channels"] == ["email"]
    assert theirs.json()["offered"] == ["email", "zns", "sms", "webhook"]


async def test_the_province_says_which_letters_may_cost_money(front, letters_wait, choosing, became, people, signer):
    await choosing(people[0], channels=["sms"], phone=PHONE)
    path = "/channel-policies/obligation_opened"
    async with running(front) as client:
        refused = await client.put(path, json={"channels": []}, headers=signer.bearer(DESK))
        allowed = await client.put(path, json={"channels": []}, headers=signer.bearer(("administrator", PROVINCE)))
    await letters_wait(1)
    assert (refused.status_code, allowed.json()) == (403, {"policies": {"obligation_opened": []}})
    assert await became() == [("email", "waiting", None)]
