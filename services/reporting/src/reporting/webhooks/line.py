"""Lines to a subscriber's target: pinned to addresses that were looked at, bounded in time and in what is listened to.

An HTTP client of our own, because of what it must not do: follow a redirect, look a name up a second time after it was
checked, go through a proxy of the environment, or read whatever somebody sends.
"""

import asyncio
import ipaddress
import ssl
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import httptools

from reporting.webhooks.domain import Outcome
from reporting.webhooks.problems import TargetRefused
from reporting.webhooks.targets import Network, Target, check_addresses

ANSWER_SECONDS = 15.0
"""From the first lookup to the status of the answer; the specification asks for 15 to 30."""
REST_SECONDS = 1.0
"""For the rest of an answer whose status is known: a line that is not quiet by then is given up."""
MOST_BYTES = 16 << 10
"""Of an answer, headers and all. Nothing in it is of use to us but the status."""
SHOWN_BYTES = 300
"""So much of an answer that takes nothing is kept, for who has to find out why."""
CHUNK = 4096


class _Answer:
    """What httptools tells of an answer."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.status: int | None = None
        self.retry_after: timedelta | None = None
        self.beginning = b""
        self.is_complete = False
        self.may_go_on = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"retry-after" and value.isdigit() and len(value) < 8:
            self.retry_after = timedelta(seconds=int(value))

    def on_headers_complete(self) -> None:
        status = self.parser.get_status_code()
        if status >= 200:  # what comes before an answer is none
            self.status = status

    def on_body(self, body: bytes) -> None:
        self.beginning += body[: SHOWN_BYTES - len(self.beginning)]

    def on_message_complete(self) -> None:
        self.may_go_on = self.status is not None and self.parser.should_keep_alive()
        self.is_complete = self.status is not None


class _Line:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def cut(self) -> None:
        # Not `close`: that would wait until the other side has taken what is still to be sent.
        self.writer.transport.abort()


class LineLost(Exception):
    """A kept line ended before a word was said on it; the target may simply have closed it meanwhile."""


class Lines:
    """Sends to one target, on lines that are kept while they are good."""

    def __init__(self, target: Target, *, inner: Collection[Network], trust: ssl.SSLContext | None) -> None:
        self._target = target
        self._inner = inner
        self._trust = trust
        self._kept: list[_Line] = []

    def close(self) -> None:
        """Cut all lines."""
        while self._kept:
            self._kept.pop().cut()

    async def post(self, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Send once; return what came of it, whatever it is."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._post(self._request(headers, body))
        except TimeoutError:
            return Outcome(None, f"no answer within {ANSWER_SECONDS:.0f} s")
        except TargetRefused as error:
            return Outcome(None, error.en)
        except ssl.SSLError as error:
            return Outcome(None, f"TLS: {error.reason or 'failed'}")
        except (httptools.HttpParserError, LineLost):
            return Outcome(None, "the answer is not HTTP")
        except OSError as error:
            return Outcome(None, f"no connection ({type(error).__name__})")

    async def _post(self, request: bytes) -> Outcome:
        while self._kept:
            with suppress(LineLost, OSError):
                return await self._ask(self._kept.pop(), request)
        return await self._ask(await self._open(), request)

    async def _open(self) -> _Line:
        target, loop = self._target, asyncio.get_running_loop()
        found = await loop.getaddrinfo(target.host, target.port, type=1)
        addresses = list(dict.fromkeys(ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found))
        check_addresses(target, addresses, inner=self._inner)
        trust = self._trust if target.scheme == "https" else None
        failed: OSError | None = None
        for address in addresses[:4]:
            try:
                # To the address that was looked at; the name is asked for in the certificate.
                reader, writer = await asyncio.open_connection(
                    str(address), target.port, ssl=trust, server_hostname=target.host if trust else None, limit=CHUNK
                )
            except ssl.SSLError:
                raise
            except OSError as error:
                failed = error
                continue
            return _Line(reader, writer)
        raise failed or OSError("no address")

    async def _ask(self, line: _Line, request: bytes) -> Outcome:
        answer, heard = _Answer(), 0
        is_kept = False
        try:
            line.writer.write(request)
            await line.writer.drain()
            while answer.status is None:
                heard += await self._listen(line, answer, heard)
            with suppress(TimeoutError, OSError, LineLost, httptools.HttpParserError):
                async with asyncio.timeout(REST_SECONDS):
                    while not answer.is_complete and heard < MOST_BYTES:
                        heard += await self._listen(line, answer, heard)
            is_kept = answer.is_complete and answer.may_go_on
            outcome = Outcome(answer.status, _in_words(answer.status), answer.retry_after)
            return outcome if outcome.is_delivered else replace(outcome, answered=_seen(answer.beginning))
        finally:
            if is_kept:
                self._kept.append(line)
            else:
                line.cut()

    async def _listen(self, line: _Line, answer: _Answer, heard: int) -> int:
        chunk = await line.reader.read(CHUNK)
        if not chunk and not heard:
            raise LineLost
        if not chunk or heard + len(chunk) > MOST_BYTES + CHUNK:
            raise httptools.HttpParserError("ended too early, or never")
        try:
            answer.parser.feed_data(chunk)
        except httptools.HttpParserError:
            if answer.status is None:
                raise
            answer.is_complete, answer.may_go_on = True, False  # nonsense behind a status changes nothing about it
        return len(chunk)

    def _request(self, headers: Mapping[str, str], body: bytes) -> bytes:
        lines = [
            f"POST {self._target.path} HTTP/1.1",
            f"host: {self._target.authority}",
            f"content-length: {len(body)}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body


def _seen(answered: bytes) -> str:
    """Return the beginning of an answer on one line of signs that can be seen."""
    text = answered.decode("utf-8", "replace")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _in_words(status: int) -> str:
    if 300 <= status < 400:
        return f"{status}: redirects are not followed"
    return str(status)
