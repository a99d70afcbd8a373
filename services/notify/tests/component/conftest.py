"""A notify on real servers, a real mail server to send through, and a directory that knows addresses."""

import asyncio
import json
import re
import threading
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select, text

from chassis.frame import Frame, Role
from chassis.testing import tell
from chassis.transaction import new_id
from congvan.ports import free_port
from notify.channels.contacts import AddressBook
from notify.channels.email import MailServer
from notify.courier import Courier, count_deliveries
from notify.main import MIGRATIONS, create_frame
from notify.settings import Settings
from notify.tables import deliveries, letters


class Mailbox:
    """A real SMTP server that keeps what it takes; a test may say how it answers."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.taken: list[tuple[str, bytes]] = []
        self.answers_to_recipient: dict[str, str] = {}
        self.answer_to_letter = "250 OK"
        self.before_answer = lambda: None
        self._controller: Controller | None = None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802  aiosmtpd's name
        answer = self.answers_to_recipient.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  aiosmtpd's name
        if self.answer_to_letter.startswith("250"):
            self.taken.append((envelope.rcpt_tos[0], envelope.content))
        self.before_answer()
        return self.answer_to_letter

    @property
    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=MAIL_POLICY) for _to, content in self.taken]

    def open(self) -> None:
        if self._controller is not None:
            return
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


class AddressKeeper:
    """The two questions notify asks the directory, answered over HTTP."""

    def __init__(self) -> None:
        self.addresses: dict[UUID, str] = {}
        self.sign_ins = 0
        self.look_ups = 0
        self.expires_in = 900
        self.forget_tokens = False
        self.status_of_contact: int | None = None
        self._tokens: set[str] = set()
        keeper = self

        class Answers(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path == "/people/contacts":
                    self._tell(asked["person_ids"])
                    return
                if (self.path, asked) != ("/sessions", {"account": "notify", "password": "right"}):
                    self._answer(401, {"code": "wrong-credentials"})
                    return
                keeper.sign_ins += 1
                token = f"token-{keeper.sign_ins}"
                keeper._tokens.add(token)
                self._answer(201, {"access_token": token, "expires_in": keeper.expires_in, "kind": "machine"})

            def _tell(self, person_ids):
                if keeper.forget_tokens:
                    keeper._tokens.clear()
                    keeper.forget_tokens = False
                known = [UUID(each) for each in person_ids if UUID(each) in keeper.addresses]
                if self.headers["Authorization"].removeprefix("Bearer ") not in keeper._tokens:
                    self._answer(401, {"code": "not-signed-in"})
                elif keeper.status_of_contact is not None:
                    self._answer(keeper.status_of_contact, {"code": "unavailable"})
                elif not known:
                    self._answer(404, {"code": "not-found"})
                else:
                    keeper.look_ups += len(known)
                    told = [{"person_id": str(each), "email": keeper.addresses[each]} for each in known]
                    self._answer(200, {"contacts": told})

            def _answer(self, status, content):
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def answering(self):
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


ZNS_FIELDS = {"phone", "template_id", "template_data", "tracking_id"}
SMS_FIELDS = {"ApiKey", "SecretKey", "Brandname", "SmsType", "IsUnicode", "Phone", "Content", "RequestId"}


class Gateways:
    """Zalo's `/message/template` and eSMS's `/SendMultipleMessage_V4_post_json/`, and a webhook at `/hook`."""

    def __init__(self) -> None:
        self.zns: list[dict] = []
        self.sms: list[dict] = []
        self.hooks: list[tuple[dict, bytes]] = []
        self.without_zalo: set[str] = set()
        self.balance = True
        self.hook_status = 204
        told = self

        class Answers(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/hook":
                    told.hooks.append((dict(self.headers), body))
                    self.send_response(told.hook_status)
                    self.end_headers()
                    return
                answer = told._zns(self.headers, body) if self.path == "/message/template" else told._sms(body)
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_words):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def _zns(self, headers, body):
        asked = json.loads(body)
        if headers["access_token"] != "right":
            return {"error": -124, "message": "Access token invalid"}
        if not re.fullmatch(r"84\d{9}", asked.get("phone", "")):
            return {"error": -108, "message": "Phone number invalid"}
        if set(asked) != ZNS_FIELDS or sum(map(len, asked["template_data"].values())) > 400:
            return {"error": -112, "message": "Template data invalid"}
        if asked["phone"] in self.without_zalo:
            return {"error": -118, "message": f"Zalo account not existed {asked['phone']}"}
        self.zns.append(asked)
        return {"error": 0, "message": "Success", "data": {"msg_id": "1", "sent_time": "1"}}

    def _sms(self, body):
        asked = json.loads(body)
        assert set(asked) == SMS_FIELDS
        if (asked["ApiKey"], asked["SecretKey"]) != ("key", "secret"):
            return {"CodeResult": "101", "ErrorMessage": "Authorize Failed"}
        if not self.balance:
            return {"CodeResult": "103", "ErrorMessage": "Balance not enough to send"}
        if not re.fullmatch(r"(84|0)\d{9}", asked["Phone"]):
            return {"CodeResult": "108", "ErrorMessage": "Phone invalid"}
        if asked["IsUnicode"] == "0" and len(asked["Content"]) > 160:
            return {"CodeResult": "146", "ErrorMessage": "Wrong template"}
        if any(each["RequestId"] == asked["RequestId"] for each in self.sms):
            return {"CodeResult": "124", "ErrorMessage": "RequestId existed"}
        self.sms.append(asked)
        return {"CodeResult": "100", "CountRegenerate": 0, "SMSID": "d533459ee42b2b9525ba9eabf6a8156"}

    @contextmanager
    def answering(self):
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


@pytest.fixture
def gateways():
    with Gateways().answering() as answering:
        yield answering


@pytest.fixture
def mailbox():
    server = Mailbox(free_port())
    server.open()
    yield server
    server.close()


@pytest.fixture
def directory():
    with AddressKeeper().answering() as keeper:
        yield keeper


@pytest.fixture
def settings(nats_house, streams_file, mailbox, directory):
    """What a notify of this test is told; its database is made when it is asked for."""
    return {
        "http_host": "127.0.0.1",
        "http_port": 0,
        "nats_url": nats_house.url,
        "nats_seed": nats_house.seeds["notify"],
        "streams_file": streams_file,
        "directory_url": directory.url,
        "smtp_host": "127.0.0.1",
        "smtp_port": mailbox.port,
        "mail_from": "Công văn <khong-tra-loi@congvan.example>",
        "machine_account": "notify",
        "machine_secret": "right",
    }


@pytest.fixture
async def make_frame(database_for, settings, signer):
    url = await database_for(MIGRATIONS)
    made: list[Frame] = []

    def make(*roles: Role, **changes) -> Frame:
        told = Settings(**{**settings, "database_url": url, **changes})
        made.append(create_frame(told, frozenset(roles), keys=signer.keys))
        return made[-1]

    yield make
    for frame in made:
        await frame.engine.dispose()


@pytest.fixture
def frame(make_frame) -> Frame:
    return make_frame(Role.API, Role.WORKER)


@pytest.fixture
def forget_everything(frame):
    """Empty every table, in one word to PostgreSQL: who tries every order of events does so a hundred times."""
    tables = [table.name for metadata in MIGRATIONS.metadata for table in reversed(metadata.sorted_tables)]
    emptied = " ".join(f"DELETE FROM {each};" for each in tables)

    async def empty():
        async with frame.engine.begin() as connection:
            await connection.exec_driver_sql(f"DO $$ BEGIN {emptied} END $$")

    return empty


@pytest.fixture
def written(frame):
    """Return every letter there is, as `(kind, person)`, sorted."""

    async def all_of():
        async with frame.engine.connect() as connection:
            rows = await connection.execute(select(letters.c.kind, letters.c.person_id))
            return sorted((row.kind, row.person_id) for row in rows)

    return all_of


@pytest.fixture
def on_their_way(frame):
    """Return what became of every delivery, as `(state, attempts, last_error)`, sorted."""

    async def all_of():
        async with frame.engine.connect() as connection:
            rows = await connection.execute(select(deliveries))
            return sorted((row.state, row.attempts, row.last_error) for row in rows)

    return all_of


@pytest.fixture
def sql(frame):
    """Run a statement, as time or a person at the database would."""

    async def run(statement, **values):
        async with frame.engine.begin() as connection:
            await connection.execute(text(statement), values)

    return run


@pytest.fixture
async def make_courier(frame, directory, mailbox):
    """Make a courier with delays a test can wait for; its address book is open."""
    book = AddressBook(directory.url, account="notify", secret="right")
    outcomes = frame.metrics.registry._names_to_collectors.get("congvan_deliveries") or count_deliveries(frame.metrics)
    server = MailServer("127.0.0.1", mailbox.port, "Công văn <khong-tra-loi@congvan.example>", seconds=5)

    def make(**changes) -> Courier:
        given = {"server": server, "book": book, "retry_delays": (0.05,), "idle_seconds": 0.02, "rest_seconds": 0.05}
        return Courier(frame.transactions, outcomes=outcomes, **{**given, **changes})

    async with book.opened():
        yield make


@pytest.fixture
def stopped():
    """Cancel a task and wait until it has ended."""

    async def stop(task):
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    return stop


@pytest.fixture
def people():
    """Four people, told apart by the turn their address names."""
    return sorted(new_id() for _ in range(4))


@pytest.fixture
def addresses(directory, people):
    """Everyone has an address, by the last digit of their turn."""
    directory.addresses |= {person: f"nguoi-{turn}@truong.example" for turn, person in enumerate(people)}
    return [directory.addresses[person] for person in people]


@pytest.fixture
def letters_wait(frame, case, appointed, addresses, people):
    """Write one letter to each of so many people."""

    async def write(count):
        await tell(frame, *(appointed(person) for person in people[:count]), case.issued(), case.opened())

    return write
