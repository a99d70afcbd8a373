"""However many units stand behind a figure, a report that begins with their sum begins with all of them."""

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

from portal.asking import Services
from portal.pages import gathering

UNITS = [{"unit_id": f"U-{place}", "name": "", "values": {"a.b": place}} for place in range(7)]


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Give the list some units at a time, as the service does."""
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()
            return
        asked = parse_qs(urlsplit(head.split()[1].decode()).query)
        start, limit = int(asked.get("after", ["-1"])[0].removeprefix("U-")) + 1, int(asked["limit"][0])
        page = UNITS[start : start + limit]
        after = page[-1]["unit_id"] if len(page) == limit else None
        body = json.dumps({"units": page, "after": after}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


async def test_a_list_is_read_to_its_end(monkeypatch) -> None:
    monkeypatch.setattr(gathering, "PARTS_AT_ONCE", 3)
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    services = Services({"reporting": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"})
    try:
        told = await gathering.everybody_behind(services, "/behind", token="t", period="2025-2026")
        monkeypatch.setattr(gathering, "MOST_PARTS", 5)
        too_many = await gathering.everybody_behind(services, "/behind", token="t", period="2025-2026")
    finally:
        await services.close()
        server.close()

    assert told == UNITS
    # A part of them would look like their sum.
    assert too_many == []
