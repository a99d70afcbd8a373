"""Letters over TLS and STARTTLS: to the server whose certificate is believed, and in the clear to none."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notify.channels.email import MailServer
from notify.channels.port import Away
from notify.domain import Kind, Letter, Text

HERE = x509.IPAddress(ip_address("127.0.0.1"))
ELSEWHERE = x509.DNSName("mail.elsewhere.example")
LETTER = Letter(
    UUID(int=7), UUID(int=8), Kind.OBLIGATION_OPENED, Text("Chủ đề", "Nội dung", "Subject", "Body"), None, None,
    datetime(2026, 11, 22, tzinfo=UTC), None,
)  # fmt: skip


class Authority:
    """Signs certificates; `file` is what those believe who believe it."""

    def __init__(self, folder) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, folder.name)])
        more = x509.BasicConstraints(ca=True, path_length=0)
        self.file = folder / "authority.pem"
        self.file.write_bytes(_pem(self._sign(self._name, self._key.public_key(), more)))

    def _sign(self, name, public_key, *more):
        begin = datetime.now(UTC) - timedelta(minutes=5)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(self._name).public_key(public_key)
        made = made.serial_number(x509.random_serial_number())
        made = made.not_valid_before(begin).not_valid_after(begin + timedelta(days=1))
        for each in more:
            made = made.add_extension(each, critical=isinstance(each, x509.BasicConstraints))
        return made.sign(self._key, hashes.SHA256())

    def served(self, place) -> ssl.SSLContext:
        """Return what a server at this place shows."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
        made = self._sign(name, key.public_key(), x509.SubjectAlternativeName([place]))
        form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        both = self._folder / "server.pem"
        both.write_bytes(key.private_bytes(*form) + _pem(made))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(both)
        return context


def _pem(certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="module")
def anothers(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("anothers"))


class Taking:
    """Keeps what a server takes, and whether the line was encrypted then."""

    def __init__(self) -> None:
        self.taken = []

    async def handle_DATA(self, _server, session, envelope):  # noqa: N802  aiosmtpd's name
        self.taken.append((envelope.rcpt_tos, session.ssl is not None, session.login_data))
        return "250 OK"


@pytest.fixture
async def serving():
    """Start a mail server, return what it keeps and its port; `ssl_context`: encrypted from the first byte."""
    started = []

    async def serve(*, ssl_context=None, **more):
        kept = Taking()
        made = asyncio.get_running_loop().create_server(
            lambda: SMTP(kept, hostname="localhost", **more), "127.0.0.1", 0, ssl=ssl_context
        )
        started.append(await made)
        return kept, started[-1].sockets[0].getsockname()[1]

    yield serve
    for each in started:
        each.close()
        await each.wait_closed()


async def _send(port, **more):
    server = MailServer("127.0.0.1", port, "Công văn <khong-tra-loi@congvan.example>", seconds=5, **more)
    async with server.line() as line:
        await line.hand_over(LETTER, "nguoi@truong.example")


async def test_a_line_is_encrypted_before_anything_is_said_on_it(serving, ours):
    kept, port = await serving(tls_context=ours.served(HERE), require_starttls=True)

    await _send(port, starttls=True, ca_file=ours.file)

    assert kept.taken == [(["nguoi@truong.example"], True, None)]


async def test_a_line_is_encrypted_from_its_first_byte(serving, ours):
    kept, port = await serving(ssl_context=ours.served(HERE))

    await _send(port, tls=True, ca_file=ours.file)

    assert [to for to, *_ in kept.taken] == [["nguoi@truong.example"]]


@pytest.mark.parametrize("at_once", [True, False], ids=["tls", "starttls"])
@pytest.mark.parametrize("fault", ["anothers-authority", "another-place", "nobody-named"])
async def test_a_server_whose_certificate_is_not_believed_is_told_nothing(serving, ours, anothers, fault, at_once):
    signed_by = anothers if fault == "anothers-authority" else ours
    shown = signed_by.served(ELSEWHERE if fault == "another-place" else HERE)
    kept, port = await serving(ssl_context=shown) if at_once else await serving(tls_context=shown)

    with pytest.raises(Away, match="no line to the mail server"):
        await _send(port, tls=at_once, starttls=not at_once, ca_file=None if fault == "nobody-named" else ours.file)

    assert kept.taken == []


async def test_a_server_that_offers_no_encryption_is_told_nothing_where_it_is_demanded(serving, ours):
    kept, port = await serving()

    with pytest.raises(Away):
        await _send(port, starttls=True, ca_file=ours.file)

    assert kept.taken == []


async def test_an_account_is_shown_on_an_encrypted_line(serving, ours):
    def known(_server, _session, _envelope, _mechanism, said):
        return AuthResult(success=said.password == b"right", auth_data=said.login)

    more = {"authenticator": known, "auth_required": True, "auth_require_tls": True}
    kept, port = await serving(tls_context=ours.served(HERE), require_starttls=True, **more)

    await _send(port, starttls=True, ca_file=ours.file, user="congvan", password="right")

    assert [encrypted for _, encrypted, _ in kept.taken] == [True]
