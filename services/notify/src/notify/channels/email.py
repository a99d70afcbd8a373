"""How a letter is carried by e-mail: the message, the line to the mail server, and what its answers mean."""

import re
import ssl
from base64 import encodebytes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from html import escape
from pathlib import Path

import aiosmtplib

from notify.channels.port import Away, LineBroke, Refused, TryLater
from notify.domain import Letter

MAIL_DOMAIN = "congvan"
"""The right side of our message ids; it names no host, it only keeps the ids ours."""
SMTP_SECONDS = 15.0
"""How long the mail server may take for one answer."""
CRLF = "\r\n"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
"""RFC 5321 §4.1.2, without what is quoted: nothing in it ends a line or names a second address."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes our letters, and who they come from."""

    host: str
    port: int
    sender: str
    """`Name <address>`."""
    starttls: bool = False
    tls: bool = False
    """Encrypted from the first byte (RFC 8314)."""
    ca_file: Path | None = None
    """Whose certificates are believed beside those the system believes."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    bounces_to: str | None = None
    """Where what cannot be delivered is returned to; each letter under an address of its own (VERP)."""
    seconds: float = SMTP_SECONDS

    @asynccontextmanager
    async def line(self) -> AsyncIterator["Line"]:
        """Open a line; raise `Away` when the server does not answer as a mail server should, or is another's."""
        sender = parseaddr(self.sender)[1]
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            local_hostname=sender.partition("@")[2],
            use_tls=self.tls,
            username=self.user,
            password=self.password,
            # A setting, not a guess: what is offered on an open line can be taken away.
            start_tls=not self.tls and self.starttls,
            tls_context=self._trust(),
            timeout=self.seconds,
        )
        try:
            await client.connect()
            await client.ehlo()
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            raise Away(f"no line to the mail server: {error}") from error
        try:
            yield Line(client, self.sender, self.bounces_to or sender, is_verp=self.bounces_to is not None)
            with suppress(aiosmtplib.SMTPException, OSError):  # all letters are handed over; no farewell is no failure
                await client.quit()
        finally:
            client.close()

    def _trust(self) -> ssl.SSLContext | None:
        if not (self.tls or self.starttls):
            return None  # a megabyte of certificates
        trust = ssl.create_default_context()
        if self.ca_file is not None:
            trust.load_verify_locations(self.ca_file)
        return trust


class Line:
    """An open line to the mail server."""

    def __init__(self, client: aiosmtplib.SMTP, author: str, envelope_sender: str, *, is_verp: bool = False) -> None:
        self._client = client
        self._is_verp = is_verp
        self._author = author
        self._envelope_sender = envelope_sender

    async def hand_over(self, letter: Letter, address: str) -> None:
        """Give a letter to the mail server; raise `Refused`, `TryLater`, `LineBroke` or `Away`.

        No error text names the address.
        """
        written = message(letter, author=self._author, address=address)
        try:
            await self._client.sendmail(self._returned_to(letter), [address], written)
        except aiosmtplib.SMTPSenderRefused as error:
            raise Away(f"the mail server refuses our own address: {error.code} {error.message}") from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            reply = error.recipients[0]
            raise _verdict(reply.code, reply.message, address) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _verdict(error.code, error.message, address) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise LineBroke(_without(address, f"{type(error).__name__}: {error}")) from error

    def _returned_to(self, letter: Letter) -> str:
        if not self._is_verp:
            return self._envelope_sender
        name, at, domain = self._envelope_sender.partition("@")
        return f"{name}+{letter.letter_id.hex}{at}{domain}"


def message(letter: Letter, *, author: str, address: str) -> bytes:
    """Return the letter as an RFC 5322 message, the same bytes each time; raise `Refused` for a malformed address.

    A letter that is handed over twice, because we died in between, carries the same Message-ID, by which mail servers
    and programs know it again. All letters about one directive are one thread.
    """
    if not address.isascii():
        raise Refused("the address is not ASCII")
    if _ADDRESS.fullmatch(address) is None:
        raise Refused("the address is malformed")
    text, boundary = letter.text, f"=_{letter.letter_id.hex}"
    thread = f"<directive.{letter.directive_id}@{MAIL_DOMAIN}>"
    about = () if letter.directive_id is None else (f"In-Reply-To: {thread}", f"References: {thread}")
    # Joined here and not by `EmailMessage`, which takes three milliseconds for one of ours: longer than a mail server.
    lines = (
        f"From: {_from(author)}",
        f"To: {address}",
        f"Subject: {Header(text.subject_vi, 'utf-8', header_name='Subject').encode(linesep=CRLF)}",
        f"Date: {format_datetime(letter.created_at)}",
        f"Message-ID: <{letter.letter_id}@{MAIL_DOMAIN}>",
        *about,
        "Auto-Submitted: auto-generated",  # RFC 3834: no machine should answer
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
        "Content-Language: vi, en",
        "",
        f"--{boundary}",
        *_part("plain", f"{text.body_vi}\n\n-- \n{text.subject_en}\n\n{text.body_en}\n"),
        f"--{boundary}",
        *_part("html", _page(letter)),
        f"--{boundary}--",
        "",
    )
    return CRLF.join(lines).encode("ascii")


@lru_cache(maxsize=8)
def _from(author: str) -> str:
    return formataddr(parseaddr(author))


def _part(subtype: str, content: str) -> tuple[str, ...]:
    # In base64 every server takes it, with or without 8BITMIME; the lines of a text end in CRLF before (RFC 2045 §6.8).
    encoded = encodebytes(content.replace("\n", CRLF).encode()).decode("ascii")
    return (
        f'Content-Type: text/{subtype}; charset="utf-8"',
        "Content-Transfer-Encoding: base64",
        "",
        encoded.replace("\n", CRLF),
    )


def _page(letter: Letter) -> str:
    text = letter.text
    return (
        '<!doctype html>\n<html lang="vi">\n<head><meta charset="utf-8">'
        f"<title>{escape(text.subject_vi)}</title></head>\n"
        '<body style="margin:0 auto;padding:24px;max-width:40em;font:16px/1.5 sans-serif">\n'
        f"{_paragraphs(text.body_vi)}"
        '<hr>\n<div lang="en" style="font-size:14px">\n'
        f"<p><strong>{escape(text.subject_en)}</strong></p>\n{_paragraphs(text.body_en)}</div>\n</body>\n</html>\n"
    )


def _paragraphs(body: str) -> str:
    return "".join(
        "<p>" + "<br>\n".join(escape(line) for line in part.split("\n")) + "</p>\n" for part in body.split("\n\n")
    )


def _verdict(code: int, words: str, address: str) -> Exception:
    said = _without(address, f"{code} {words}")
    if code == 421:
        return LineBroke(said)
    return Refused(said) if code >= 500 else TryLater(said)


def _without(address: str, words: str) -> str:
    # Servers repeat the address they refuse; what we keep about a delivery names nobody.
    for told in (address, address.lower()):
        words = words.replace(told, "…")
    return words[:500]
