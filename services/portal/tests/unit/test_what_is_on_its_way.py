"""What directives shows and submissions does not know yet is asked about again; nothing else is."""

import asyncio
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from portal.arriving import once_arrived
from portal.asking import Services
from portal.problems import OnItsWay, Refused
from portal.sessions import Visit

VISIT = Visit("p", "a", "r", 0.0, ())
SHOWN, NOT_SHOWN = b"200 OK", b"404 Not Found"


class Submissions:
    """Answers what a test says, one after the other, and the last for ever."""

    def __init__(self, *answers: int) -> None:
        self.answers = answers
        self.asked = 0

    async def ask(self) -> str:
        status = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if status != 200:
            raise Refused(status, {})
        return "receipt"


@asynccontextmanager
async def directives(answer: bytes):
    """Run a service that says the same of every obligation."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 " + answer + b"\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    services = Services({"directives": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"})
    try:
        yield services
    finally:
        await services.close()
        server.close()
        await server.wait_closed()


async def test_it_is_asked_again_until_it_has_arrived():
    submissions = Submissions(404, 404, 200)
    async with directives(SHOWN) as services:
        assert await once_arrived(services, VISIT, uuid4(), submissions.ask) == "receipt"
    assert submissions.asked == 3


async def test_nobody_waits_for_ever(monkeypatch):
    monkeypatch.setattr("portal.arriving.WAITS_SECONDS", (0.001, 0.001))
    submissions = Submissions(404)
    async with directives(SHOWN) as services:
        with pytest.raises(OnItsWay):
            await once_arrived(services, VISIT, uuid4(), submissions.ask)
    assert submissions.asked == 3


@pytest.mark.parametrize(("of_directives", "status"), [(NOT_SHOWN, 404), (SHOWN, 409), (SHOWN, 403)])
async def test_what_is_not_there_or_is_refused_is_not_asked_again(of_directives, status):
    submissions = Submissions(status)
    async with directives(of_directives) as services:
        with pytest.raises(Refused) as refused:
            await once_arrived(services, VISIT, uuid4(), submissions.ask)
    assert (refused.value.answered, submissions.asked) == (status, 1)
