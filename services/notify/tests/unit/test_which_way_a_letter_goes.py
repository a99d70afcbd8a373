"""Ways out of the house: which one is taken, what telephones show, and what came back."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.channels.bouncing import read_report
from notify.channels.choosing import Channel, Choice, fit, next_way, ways_of
from notify.channels.problems import ChoiceUnfit
from notify.channels.webhooks import payload
from notify.domain import Kind, Letter, Text
from notify.words.short import SMS_LENGTH, ZNS_LENGTH, sms_of, unaccented, zns_of

EMAIL, ZNS, SMS, WEBHOOK = Channel
LETTER = Letter(
    letter_id=UUID(int=7),
    person_id=UUID(int=8),
    kind=Kind.OBLIGATION_OPENED,
    text=Text("761/SGDĐT-GDPT: việc cần thực hiện – V/v “STEM”", "", "761: an answer is due", ""),
    directive_id=UUID(int=9),
    obligation_id=UUID(int=10),
    created_at=datetime(2026, 11, 22, 1, 0, tzinfo=UTC),
    read_at=None,
)
GSM = set("@$_ !\"#%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize(
    ("chosen", "allowed", "expected"),
    [
        ((EMAIL,), None, (EMAIL,)),
        ((ZNS, SMS), None, (ZNS, SMS, EMAIL)),
        ((SMS, EMAIL, ZNS), None, (SMS, EMAIL, ZNS)),
        ((ZNS, SMS), (SMS,), (SMS, EMAIL)),
        ((ZNS,), (), (EMAIL,)),
    ],
)
def test_a_letter_goes_the_ways_somebody_chose_that_are_allowed_and_by_email_at_last(chosen, allowed, expected):
    assert ways_of(chosen, allowed) == expected


def test_the_next_way_follows_the_one_that_did_not_work():
    assert next_way((ZNS, SMS, EMAIL), ZNS) is SMS
    assert next_way((ZNS, SMS, EMAIL), EMAIL) is None
    assert next_way((EMAIL,), SMS) is EMAIL  # somebody has chosen anew since


@pytest.mark.parametrize("phone", ["0912345678", "+84 912 345 678", "84-912.345.678"])
def test_a_telephone_number_is_kept_in_one_form(phone):
    kept = fit(Choice((SMS,), phone), offered={SMS}, webhook_hosts=())
    assert kept.phone == "84912345678"


@pytest.mark.parametrize(
    "choice",
    [
        Choice(()),
        Choice((EMAIL, EMAIL)),
        Choice((ZNS,), "0912345678"),  # not offered
        Choice((SMS,)),
        Choice((SMS,), "02433334444"),  # no mobile number
        Choice((WEBHOOK,)),
        Choice((WEBHOOK,), webhook_url="http://school.example/hook"),
        Choice((WEBHOOK,), webhook_url="https://169.254.169.254/latest"),
        Choice((WEBHOOK,), webhook_url="https://school.example:8443/hook"),
        Choice((WEBHOOK,), webhook_url="https://u:p@school.example/hook"),
        Choice((WEBHOOK,), webhook_url="https://school.example@evil.example/"),
    ],
)
def test_a_way_that_leads_nowhere_cannot_be_chosen(choice):
    with pytest.raises(ChoiceUnfit):
        fit(choice, offered={EMAIL, SMS, WEBHOOK}, webhook_hosts=["school.example"])


def test_a_short_message_is_vietnamese_without_accents():
    assert sms_of(LETTER) == "761/SGDDT-GDPT: viec can thuc hien - V/v 'STEM' Xem tai he thong Cong van."


@given(st.text(max_size=400))
def test_a_short_message_is_one_message_whatever_it_is_about(subject):
    said = sms_of(replace(LETTER, text=replace(LETTER.text, subject_vi=subject)))
    assert len(said) <= SMS_LENGTH
    assert set(said) <= GSM
    assert unaccented(said) == said


@given(st.text(max_size=600))
def test_what_zalo_is_told_stays_within_its_bounds(subject):
    filled = zns_of(replace(LETTER, text=replace(LETTER.text, subject_vi=subject)))
    assert sum(map(len, filled.values())) <= ZNS_LENGTH
    assert len(filled["van_ban"]) <= 30
    assert filled["van_ban"]


def test_nothing_that_leaves_by_a_gateway_tells_who_it_is_for():
    for told in (sms_of(LETTER), json.dumps(zns_of(LETTER)), payload(LETTER).decode()):
        assert str(LETTER.person_id) not in told
        assert LETTER.person_id.hex not in told


def report(
    *, status="5.1.1", action="failed", message_id=f"<{LETTER.letter_id}@congvan>", to="bounces@congvan.example"
):
    """Return what a mail server reports (RFC 3464)."""
    told = MIMEMultipart("report", **{"report-type": "delivery-status"})
    told["To"] = to
    told.attach(MIMEText("Xin lỗi.", "plain", "utf-8"))
    status_part = Message()
    status_part["Content-Type"] = "message/delivery-status"
    server, person = Message(), Message()
    server["Reporting-MTA"] = "dns; mx.truong.example"
    person["Final-Recipient"] = "rfc822; nguoi-1@truong.example"
    person["Action"], person["Status"] = action, status
    person["Diagnostic-Code"] = "smtp; 550 <nguoi-1@truong.example> unknown"
    status_part.set_payload([server, person])
    told.attach(status_part)
    original = EmailMessage()
    original["Content-Type"] = "text/rfc822-headers"
    original.set_payload(f"Message-ID: {message_id}\nSubject: 761\n")
    told.attach(original)
    return told.as_bytes()


def test_a_report_says_which_letter_came_back_and_why_and_names_nobody():
    returned = read_report(report())
    assert (returned.letter_id, returned.reason) == (LETTER.letter_id, "returned: 5.1.1")


def test_the_address_it_was_returned_to_says_which_letter_it_was():
    returned = read_report(report(message_id="<x@y>", to=f"bounces+{LETTER.letter_id.hex}@congvan.example"))
    assert returned.letter_id == LETTER.letter_id


@pytest.mark.parametrize(
    "told",
    [
        report(status="4.2.2"),
        report(action="delayed"),
        report(action="delivered", status="2.0.0"),
        report(message_id="<x@y>"),
        b"",
        b"Subject: Re: 761\n\nOK",
        b"Content-Type: multipart/report; boundary=x\n\n--x\n\xff\xfe",
    ],
    ids=["later", "delayed", "delivered", "not-ours", "empty", "a-reply", "broken"],
)
def test_what_is_no_failure_for_good_of_a_letter_of_ours_is_left(told):
    assert read_report(told) is None
