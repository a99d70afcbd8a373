"""A line to a service is kept, given up when anything is wrong with it, and never mixes up answers."""

import asyncio
from contextlib import asynccontextmanager

import pytest
import uvloop

from chassis.testing import until
from portal.lines import LineLost, Lines


class Service:
    """Answers what a test says, and counts its connections."""

    def __init__(self, *answers: bytes, hangs_up: bool = False) -> None:
        self.answers = list(answers)
        self.hangs_up = hangs_up
        self.heads: list[bytes] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while self.answers:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(self.answers.pop(0))
                if self.hangs_up:
                    break
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def lines_to(service):
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    lines = Lines(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/under")
    try:
        yield lines
    finally:
        lines.close()
        await let_go(lines)
        server.close()
        await server.wait_closed()


async def let_go(lines) -> None:
    async def are_gone() -> bool:
        return not lines._all

    await until(are_gone, every=0)


def whole(body: bytes, status: str = "200 OK", more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


async def test_one_after_the_other_goes_on_the_same_line_whatever_form_the_answer_has():
    chunked = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    service = Service(whole(b"one"), chunked, b"HTTP/1.1 204 No Content\r\n\r\n", whole(b"no", "404 Not Found"))
    async with lines_to(service) as lines:
        answers = [await lines.ask("GET", "/things?q=gi\u00e1o d\u1ee5c", {"X-Name": "v"}) for _ in range(4)]

    told = [(each.status, each.content) for each in answers]
    assert told == [(200, b"one"), (201, b"abcde"), (204, b""), (404, b"no")]
    assert service.connections == 1
    assert service.heads[0].startswith(b"GET /under/things?q=gi%C3%A1o%20d%E1%BB%A5c HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nX-Name: v\r\n" in service.heads[0]


async def test_those_who_ask_at_once_have_lines_of_their_own_and_their_own_answers():
    service = Service(*(whole(b"x" * size) for size in range(6)))
    async with lines_to(service) as lines:
        answers = await asyncio.gather(*(lines.ask("POST", "/", {}, b"") for _ in range(3)))
        answers += await asyncio.gather(*(lines.ask("POST", "/", {}, b"") for _ in range(3)))

    assert sorted(len(each.content) for each in answers) == [0, 1, 2, 3, 4, 5]
    assert service.connections == 3


@pytest.mark.parametrize("more", ["", "Connection: close\r\n"], ids=["hung-up", "said-so"])
async def test_a_line_the_service_ends_is_not_taken_up_again(more):
    service = Service(whole(b"one", more=more), whole(b"two"), hangs_up=True)
    async with lines_to(service) as lines:
        first = await lines.ask("GET", "/", {})
        await let_go(lines)  # the service's word that it hung up has to come
        second = await lines.ask("GET", "/", {})

    assert (first.content, second.content, service.connections) == (b"one", b"two", 2)


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b"what?\r\n\r\n", b""],
    ids=["half", "no-http", "nothing"],
)
async def test_half_an_answer_is_none(answer):
    service = Service(answer, whole(b"whole"), hangs_up=True)
    async with lines_to(service) as lines:
        with pytest.raises(LineLost):
            await lines.ask("GET", "/", {})
        assert (await lines.ask("GET", "/", {})).content == b"whole"


async def test_what_comes_unasked_is_nobodys_answer():
    service = Service(whole(b"mine") + whole(b"somebody else's"), whole(b"mine too"))
    async with lines_to(service) as lines:
        assert (await lines.ask("GET", "/", {})).content == b"mine"
        assert (await lines.ask("GET", "/", {})).content == b"mine too"
    assert service.connections == 2


async def test_whoever_waits_no_longer_leaves_no_answer_to_the_next():
    asked, goes_on = asyncio.Event(), asyncio.Event()

    class Slow(Service):
        async def serve(self, reader, writer):
            self.connections += 1
            await reader.readuntil(b"\r\n\r\n")
            asked.set()
            await goes_on.wait()
            writer.write(whole(b"first") if self.connections == 1 else whole(b"second"))
            await writer.drain()
            writer.close()

    async with lines_to(Slow()) as lines:
        leaving = asyncio.create_task(lines.ask("GET", "/", {}))
        await asked.wait()
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        await let_go(lines)
        goes_on.set()
        assert (await lines.ask("GET", "/", {})).content == b"second"


async def test_no_header_holds_another_one_and_no_address_a_second_request():
    service = Service(whole(b""))
    async with lines_to(service) as lines:
        with pytest.raises(ValueError, match="line of its own"):
            await lines.ask("GET", "/", {"X-Name": "v\r\nAuthorization: Bearer other"})
        await lines.ask("GET", "/a HTTP/1.1\r\nX: y", {})
    assert service.heads[0].startswith(b"GET /under/a%20HTTP/1.1%0D%0AX:%20y HTTP/1.1\r\n")


def test_it_is_the_same_on_the_loop_the_portal_runs_on():
    async def asked_twice():
        service = Service(whole(b"one"), whole(b"two"))
        async with lines_to(service) as lines:
            answers = [await lines.ask("GET", "/", {}) for _ in range(2)]
        return [each.content for each in answers], service.connections

    assert uvloop.run(asked_twice()) == ([b"one", b"two"], 1)
