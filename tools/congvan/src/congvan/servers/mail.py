"""A real SMTP server that keeps every letter as a file. `python -m congvan.servers.mail PORT DIRECTORY` runs it."""

import asyncio
import os
import signal
import sys
import time
from itertools import count
from pathlib import Path

from congvan import ports
from congvan.programs import Program
from congvan.servers import talk
from congvan.servers.server import Server

LIMIT_BYTES = 5 * 1024 * 1024  # our letters are a page long; a server without a limit is a way to fill the disk


class Mail(Server):
    """An SMTP server in `home`; letters appear in `home/new`, one file each, whole from the first moment."""

    def __init__(self, home: Path, *, port: int, logs: Path | None = None) -> None:
        super().__init__(home, logs)
        self.port = port

    @property
    def letters(self) -> Path:
        """Where accepted letters are: RFC 5322 messages with the envelope in `X-MailFrom` and `X-RcptTo`."""
        return self.home / "new"

    def lay(self) -> None:
        """Make the directories of a Maildir."""
        for name in ("tmp", "new", "cur"):
            (self.home / name).mkdir(parents=True, exist_ok=True)

    @property
    def program(self) -> Program:
        return Program(
            name="mail",
            command=(sys.executable, "-m", "congvan.servers.mail", str(self.port), str(self.home)),
            log=self.logs / "mail.log",
            environment={"MALLOC_ARENA_MAX": "2", "PYTHONUTF8": "1"},
            why_not_ready=self.why_not_ready,
        )

    def why_not_ready(self) -> str | None:
        """Read the banner."""
        try:
            banner = talk.first_line(self.port)
        except OSError as error:
            return str(error)
        return None if banner.startswith(b"220 ") else f"it greets with {banner[:60]!r}"


class Postman:
    """Puts each message on the disk before it is acknowledged (aiosmtpd calls this)."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._number = count()

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802  aiosmtpd's name
        """Store a message, then answer 250; a failure answers 451, and the sender keeps the letter."""
        from aiosmtpd.smtp import Envelope

        assert isinstance(envelope, Envelope)  # noqa: S101  what aiosmtpd promises
        content = envelope.content
        body = content if isinstance(content, bytes) else (content or "").encode()
        senders = "".join(
            f"{name}: {value}\r\n"
            for name, value in [("X-MailFrom", envelope.mail_from), *(("X-RcptTo", to) for to in envelope.rcpt_tos)]
        )
        try:
            await asyncio.to_thread(self.store, senders.encode() + body)
        except OSError as error:
            print(f"a letter could not be stored: {error}", file=sys.stderr, flush=True)
            return "451 Requested action aborted: local error in processing"
        return "250 OK"

    def store(self, message: bytes) -> Path:
        """Write a message to `tmp`, make it durable, move it to `new`: a reader there never sees half of one."""
        name = f"{time.time_ns()}.{os.getpid()}_{next(self._number)}.congvan"
        half, whole = self._home / "tmp" / name, self._home / "new" / name
        with half.open("xb") as file:
            file.write(message)
            file.flush()
            os.fsync(file.fileno())
        half.rename(whole)
        directory = os.open(whole.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return whole


async def serve(port: int, home: Path) -> None:
    """Answer SMTP on the loopback interface until SIGTERM or SIGINT."""
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    postman = Postman(home)
    server = await loop.create_server(
        lambda: SMTP(postman, data_size_limit=LIMIT_BYTES, enable_SMTPUTF8=True, hostname="localhost", ident="Congvan"),
        host="127.0.0.1",
        port=port,
    )
    async with server:
        await ended.wait()


def start(home: Path, *, port: int | None = None) -> Mail:
    """Start a server in `home` and return it ready."""
    server = Mail(home, port=port or ports.free_port())
    server.start()
    return server


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
