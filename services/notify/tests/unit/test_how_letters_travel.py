"""The message a letter becomes."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.channels.email import message
from notify.channels.port import Refused
from notify.domain import REMINDERS, Kind, Letter, Text
from notify.templates.examples import quoted
from notify.words import letters

AUTHOR = "Công văn <khong-tra-loi@congvan.example>"
TEXT = Text(
    "761: việc – <b>STEM</b> & hơn", "Kính gửi,\n\n<script>alert(1)</script>\nDòng hai", "761: due", "Dear,\n\nok"
)
LETTER = Letter(
    letter_id=UUID(int=7),
    person_id=UUID(int=8),
    kind=Kind.OBLIGATION_OPENED,
    text=TEXT,
    directive_id=UUID(int=9),
    obligation_id=UUID(int=10),
    created_at=datetime(2026, 11, 22, 1, 0, tzinfo=UTC),
    read_at=None,
)


def test_a_message_says_who_it_is_from_and_can_be_known_again():
    email = message_from_bytes(message(LETTER, author=AUTHOR, address="a@truong.example"), policy=SMTP)

    told = {name: str(email[name]) for name in email if name not in ("Content-Type", "MIME-Version")}
    assert told == {
        "From": AUTHOR,
        "To": "a@truong.example",
        "Subject": TEXT.subject_vi,
        "Date": "Sun, 22 Nov 2026 01:00:00 +0000",
        "Message-ID": f"<{LETTER.letter_id}@congvan>",
        "In-Reply-To": f"<directive.{LETTER.directive_id}@congvan>",
        "References": f"<directive.{LETTER.directive_id}@congvan>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "vi, en",
    }


def test_a_message_is_the_same_bytes_each_time_and_only_ascii():
    first, second = (message(LETTER, author=AUTHOR, address="a@truong.example") for _ in range(2))

    assert first == second
    assert first.isascii()
    assert max(map(len, first.split(b"\r\n"))) <= 998  # RFC 5322 §2.1.1


def test_both_forms_carry_both_languages():
    email = message_from_bytes(message(LETTER, author=AUTHOR, address="a@truong.example"), policy=SMTP)

    plain, html = (email.get_body((form,)).get_content() for form in ("plain", "html"))

    assert plain.replace("\r\n", "\n") == f"{TEXT.body_vi}\n\n-- \n{TEXT.subject_en}\n\n{TEXT.body_en}\n"
    assert 'lang="vi"' in html
    assert 'lang="en"' in html
    assert "<p>Dear,</p>" in html


def test_nothing_a_directive_is_called_becomes_markup():
    email = message_from_bytes(message(LETTER, author=AUTHOR, address="a@truong.example"), policy=SMTP)

    html = email.get_body(("html",)).get_content()

    assert "<script" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>" in html.replace("\r\n", "\n").replace("<br>\n", "<br>")
    assert "&lt;b&gt;STEM&lt;/b&gt; &amp; hơn" in html


@pytest.mark.parametrize(
    "address", ["", "nobody", "@truong.example", "a@", "a b@truong.example", "a@b@c", "â@truong.example",
                "a@truong.example\r\nBcc: all@truong.example", "a@truong.example, b@truong.example",
                "<a@truong.example>"]
)  # fmt: skip
def test_a_malformed_address_is_refused_and_not_repeated(address):
    with pytest.raises(Refused) as refusal:
        message(LETTER, author=AUTHOR, address=address)

    assert not address or address not in str(refusal.value)


def test_a_long_vietnamese_subject_survives_the_journey():
    subject = "761/SGDĐT-GDPT: " + "tổ chức hội thảo giáo dục STEM " * 6
    letter = replace(LETTER, text=replace(TEXT, subject_vi=subject.strip()))

    email = message_from_bytes(message(letter, author=AUTHOR, address="a@truong.example"), policy=SMTP)

    assert email["Subject"] == subject.strip()


@given(subject=st.text(max_size=200), body=st.text(max_size=500))
def test_no_text_becomes_a_header_or_a_second_message(subject, body):
    text = Text(f"V/v {subject}", body, f"Re {subject}", body)
    letter = replace(LETTER, text=text)

    written = message(letter, author=AUTHOR, address="a@truong.example")

    email = message_from_bytes(written, policy=SMTP)
    ordinary = message_from_bytes(message(LETTER, author=AUTHOR, address="a@truong.example"), policy=SMTP)
    assert email.keys() == ordinary.keys()
    assert [part.get_content_type() for part in email.walk()] == [part.get_content_type() for part in ordinary.walk()]
    assert b"\r\n.\r\n" not in written


@pytest.mark.parametrize("kind", sorted(set(Kind) - REMINDERS))
@pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
def test_every_letter_is_read_back_as_it_was_written(kind, long):
    text = letters.write(kind, quoted(long=long))
    email = message_from_bytes(
        message(replace(LETTER, kind=kind, text=text), author=AUTHOR, address="a@truong.example"), policy=SMTP
    )

    assert str(email["Subject"]) == text.subject_vi
    plain = email.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert text.body_vi in plain
    assert text.body_en in plain
