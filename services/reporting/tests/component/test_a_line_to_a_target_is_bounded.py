"""Whatever a target does with what it is sent, it costs us little time and few bytes, and leads us nowhere."""

import asyncio
import time
from ipaddress import ip_network

import pytest

from reporting.webhooks import line
from reporting.webhooks.line import Lines
from reporting.webhooks.targets import target_of

HEADERS = {"webhook-id": "1", "congvan-position": "1"}
INNER = (ip_network("127.0.0.0/8"),)


@pytest.fixture
async def lines():
    made = []

    def to(url, *, inner=INNER):
        made.append(Lines(target_of(url, inner=INNER), inner=inner, trust=None))
        return made[-1]

    yield to
    for each in made:
        each.close()


async def test_a_line_is_kept_and_dialled_anew_when_it_was_closed(target, lines):
    async with target() as served:
        to = lines(served.url)
        assert [(await to.post(HEADERS, b"{}")).status for _ in range(3)] == [200, 200, 200]
        assert served.lines == 1

        served.cut()
        assert (await to.post(HEADERS, b"{}")).status == 200
        assert served.lines == 2


async def hang(_served, writer):
    await asyncio.wait_for(writer.wait_closed(), 10)


async def drip(served, writer):
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not writer.is_closing():
        writer.write(b"x-a: b\r\n")
        served.written += 8
        await writer.drain()
        await asyncio.sleep(0.01)


async def pour(served, writer):
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n")
    while served.written < 1 << 30:
        writer.write(65536 * b"x")
        served.written += 65536
        await writer.drain()


async def boast(served, writer):
    while served.written < 1 << 30:
        writer.write(b"HTTP/1.1 200 OK\r\n" if not served.written else b"x: " + 65536 * b"y" + b"\r\n")
        served.written += 65536
        await writer.drain()


async def trickle_a_body(_served, writer):
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"1\r\nx\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def babble(_served, writer):
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
    await writer.drain()


def redirect(to):
    async def answer(_served, writer):
        writer.write(f"HTTP/1.1 307 Elsewhere\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()

    return answer


@pytest.mark.parametrize("behaviour", [hang, drip])
async def test_one_that_never_answers_is_given_up(target, lines, monkeypatch, behaviour):
    monkeypatch.setattr(line, "ANSWER_SECONDS", 0.3)
    async with target(lambda _sent: behaviour) as served:
        began = time.monotonic()
        outcome = await lines(served.url).post(HEADERS, b"{}")

    assert (outcome.status, outcome.said) == (None, "no answer within 0 s")
    assert time.monotonic() - began < line.REST_SECONDS + 5


async def test_of_a_gigabyte_no_more_is_read_than_the_status_needs(target, lines):
    async with target(lambda _sent: pour) as served:
        outcome = await lines(served.url).post(HEADERS, b"{}")
        assert outcome.status == 200

    assert served.written < 32 << 20  # what the two kernels buffer on the way


async def test_headers_without_end_are_no_answer(target, lines):
    async with target(lambda _sent: boast) as served:
        outcome = await lines(served.url).post(HEADERS, b"{}")

    assert (outcome.status, outcome.said) == (None, "the answer is not HTTP")
    assert served.written < 32 << 20


async def test_an_answer_that_never_ends_counts_by_its_status_and_its_line_is_cut(target, lines, monkeypatch):
    monkeypatch.setattr(line, "REST_SECONDS", 0.1)
    async with target(lambda _sent: trickle_a_body) as served:
        to = lines(served.url)
        assert [(await to.post(HEADERS, b"{}")).status for _ in range(2)] == [200, 200]
        assert served.lines == 2


async def test_what_is_not_http_is_no_answer(target, lines):
    async with target(lambda _sent: babble) as served:
        assert (await lines(served.url).post(HEADERS, b"{}")).said == "the answer is not HTTP"


async def test_a_redirect_is_not_followed(target, lines):
    async with target() as inward, target(lambda _sent: redirect(inward.url)) as served:
        outcome = await lines(served.url).post(HEADERS, b"{}")

        assert (outcome.status, outcome.is_delivered) == (307, False)
        assert outcome.said == "307: redirects are not followed"
        assert inward.lines == 0


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_name_that_leads_inward_is_not_connected_to(target, lines, host):
    async with target() as served:
        outcome = await lines(f"https://{host}:{served.port}/", inner=()).post(HEADERS, b"{}")

        assert "private network" in outcome.said
        assert served.lines == 0


async def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to(target, lines, monkeypatch):
    """A name server that tells another address at every question finds only one."""
    asked = []
    async with target() as served:
        loop = asyncio.get_running_loop()

        async def rebind(host, port, **_more):
            asked.append(host)
            return [(2, 1, 6, "", ("127.0.0.1" if len(asked) == 1 else "169.254.169.254", port))]

        monkeypatch.setattr(loop, "getaddrinfo", rebind)
        outcome = await lines(f"http://city.example:{served.port}/").post(HEADERS, b"{}")

        assert outcome.status == 200
        assert asked[0] == "city.example"
        assert served.sent[0].headers["host"] == f"city.example:{served.port}"


async def test_nobody_at_home_is_said_in_words(lines):
    async with asyncio.timeout(5):
        outcome = await lines("http://127.0.0.1:1/").post(HEADERS, b"{}")

    assert (outcome.status, outcome.said) == (None, "no connection (ConnectionRefusedError)")
