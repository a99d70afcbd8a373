"""A connection to a service is kept, given up when anything is wrong with it, and never mixes up answers."""

import asyncio
from contextlib import asynccontextmanager

import pytest
import uvloop

from portal.asking import Services
from portal.problems import Refused, ServiceAway


class Service:
    """Answers what a test says, and counts its connections."""

    def __init__(self, *answers: bytes, hangs_up: bool = False) -> None:
        self.answers = list(answers)
        self.hangs_up = hangs_up
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while self.answers:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                lengths = [line[16:] for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")]
                self.bodies.append(await reader.readexactly(int(lengths[0])) if lengths else b"")
                writer.write(self.answers.pop(0))
                if self.hangs_up:
                    break
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def asking(service):
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    services = Services({"there": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/under"})
    try:
        yield services
    finally:
        await services.close()
        server.close()
        await server.wait_closed()


def whole(body: bytes, status: str = "200 OK", more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


async def test_one_after_the_other_goes_on_the_same_connection_whatever_form_the_answer_has():
    chunked = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n"
    service = Service(whole(b"1"), chunked, b"HTTP/1.1 204 No Content\r\n\r\n", whole(b"{}", "404 Not Found"))
    async with asking(service) as services:
        answers = [await services.find("there", "/things?q=giáo dục", token="t") for _ in range(4)]

    assert answers == [1, [1, 2], None, None]
    assert service.connections == 1
    assert service.heads[0].startswith(b"GET /under/things?q=gi%C3%A1o%20d%E1%BB%A5c HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nAuthorization: Bearer t\r\n" in service.heads[0]


async def test_those_who_ask_at_once_have_their_own_answers():
    service = Service(*(whole(b"%d" % number) for number in range(6)))
    async with asking(service) as services:
        answers = await asyncio.gather(*(services.ask("POST", "there", "/", body={}) for _ in range(3)))
        answers += await asyncio.gather(*(services.ask("POST", "there", "/", body={}) for _ in range(3)))

    assert sorted(answers) == [0, 1, 2, 3, 4, 5]
    assert service.connections == 3


@pytest.mark.parametrize("more", ["", "Connection: close\r\n"], ids=["hung-up", "said-so"])
async def test_a_connection_the_service_ends_is_not_taken_up_again(more):
    service = Service(whole(b"1", more=more), whole(b"2"), hangs_up=True)
    async with asking(service) as services:
        assert [await services.get("there", "/") for _ in range(2)] == [1, 2]

    assert service.connections == 2


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b"what?\r\n\r\n"],
    ids=["half", "no-http"],
)
async def test_half_an_answer_is_none(answer):
    service = Service(answer, whole(b"1"), hangs_up=True)
    async with asking(service) as services:
        with pytest.raises(ServiceAway):
            await services.get("there", "/")
        assert await services.get("there", "/") == 1


async def test_what_comes_unasked_is_nobodys_answer():
    service = Service(whole(b"1") + whole(b"2"), whole(b"3"))
    async with asking(service) as services:
        assert await services.get("there", "/") == 1
        assert await services.get("there", "/") == 3


async def test_whoever_waits_no_longer_leaves_no_answer_to_the_next():
    asked, goes_on = asyncio.Event(), asyncio.Event()

    class Slow(Service):
        async def serve(self, reader, writer):
            self.connections += 1
            await reader.readuntil(b"\r\n\r\n")
            asked.set()
            await goes_on.wait()
            writer.write(whole(b"%d" % self.connections))
            writer.close()

    async with asking(Slow()) as services:
        leaving = asyncio.create_task(services.get("there", "/"))
        await asked.wait()
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        goes_on.set()
        assert await services.get("there", "/") == 2


async def test_no_header_holds_another_one_and_no_address_a_second_request():
    service = Service(whole(b"1"))
    async with asking(service) as services:
        with pytest.raises(ValueError, match="header"):
            await services.get("there", "/", token="t\r\nX-Other: y")
        await services.get("there", "/a/%2e%2e/b HTTP/1.1\r\nX: y")
    assert service.heads[0].startswith(b"GET /under/a/%2e%2e/b%20HTTP/1.1%0D%0AX:%20y HTTP/1.1\r\n")


async def test_a_file_is_sent_under_its_name_and_its_name_is_nothing_but_one():
    service = Service(whole(b"1"))
    async with asking(service) as services:
        await services.bring("there", "/", token="t", name='Báo "cáo"\r\nX: y.docx', content=b"PK")
    part = service.bodies[0].split(b"\r\n\r\n")[0].decode()
    assert 'name="document"; filename="Báo \\"cáo\\"X: y.docx"' in part
    assert "\r\nX: y" not in part


async def test_nothing_is_followed_or_remembered_that_a_service_says_beside_its_answer():
    elsewhere = whole(b"{}", "302 Found", "Location: http://127.0.0.1:9/\r\nSet-Cookie: a=b\r\n")
    service = Service(elsewhere, whole(b"1"))
    async with asking(service) as services:
        with pytest.raises(Refused):
            await services.get("there", "/")
        await services.get("there", "/")
    assert b"Cookie" not in service.heads[1]


def test_it_is_the_same_on_the_loop_the_portal_runs_on():
    async def asked_twice():
        service = Service(whole(b"1"), whole(b"2"))
        async with asking(service) as services:
            return [await services.get("there", "/") for _ in range(2)], service.connections

    assert uvloop.run(asked_twice()) == ([1, 2], 1)
