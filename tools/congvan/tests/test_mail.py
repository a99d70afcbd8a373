"""The mail server."""

import smtplib
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from congvan.servers import mail
from congvan.servers.mail import Mail

LETTER = "Subject: =?utf-8?b?Tmjhuq9j?=\r\n\r\nHạn nộp là 31/5.\r\n".encode()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Mail]:
    with mail.start(tmp_path) as started:
        yield started


def _send(server: Mail, letter: bytes = LETTER) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=10) as line:
        line.sendmail("from@congvan.example", ["a@truong.example", "b@truong.example"], letter)


def test_a_letter_is_kept_whole_with_its_envelope(server: Mail) -> None:
    _send(server)

    [kept] = list(server.letters.iterdir())
    found = message_from_bytes(kept.read_bytes())
    assert (found["X-MailFrom"], found.get_all("X-RcptTo")) == (
        "from@congvan.example",
        ["a@truong.example", "b@truong.example"],
    )
    assert kept.read_bytes().endswith(LETTER)


def test_an_accepted_letter_survives_a_kill(server: Mail) -> None:
    _send(server)
    server.kill()
    server.start()
    _send(server)

    assert len(list(server.letters.iterdir())) == 2


def test_a_letter_that_cannot_be_stored_is_not_accepted(server: Mail) -> None:
    (server.home / "tmp").rmdir()
    (server.home / "tmp").write_text("in the way")

    with pytest.raises(smtplib.SMTPDataError) as refused:
        _send(server)

    assert refused.value.smtp_code == 451
    assert list(server.letters.iterdir()) == []


def test_an_oversized_letter_is_refused(server: Mail) -> None:
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        _send(server, LETTER + b"x" * mail.LIMIT_BYTES)

    assert refused.value.smtp_code == 552
    assert list(server.letters.iterdir()) == []


def test_two_at_once_do_not_clash(server: Mail, tmp_path: Path) -> None:
    with mail.start(tmp_path / "other") as other:
        _send(other)

        assert (len(list(server.letters.iterdir())), len(list(other.letters.iterdir()))) == (0, 1)
