"""Scanning for malware through a port; where no scanner is configured the record says so, and never "clean"."""

import asyncio
import struct
from typing import Literal, Protocol

from submissions.inspection.verdict import ByteSource, InspectionUnavailable, Refused

Scan = Literal["not-scanned", "clean"]
PIECE_BYTES = 256 << 10
ANSWER_SECONDS = 60.0


class Scanner(Protocol):
    """Something that looks for malware."""

    async def scan(self, source: ByteSource) -> Scan:
        """Say what was found. Raises Refused for malware, InspectionUnavailable when the scanner is away."""
        ...


class NoScanner:
    """None is configured."""

    async def scan(self, source: ByteSource) -> Scan:  # noqa: ARG002  the port has it
        """Say that nobody looked."""
        return "not-scanned"


class Clamd:
    """ClamAV's daemon, told the bytes over its socket (INSTREAM, clamd(8))."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    async def scan(self, source: ByteSource) -> Scan:
        """Send the whole file and read the verdict; a file beyond clamd's own limit is not scanned."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await self._told(source)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as failure:
            raise InspectionUnavailable(f"the scanner does not answer: {failure!r}") from failure
        if answer.endswith(" FOUND"):
            raise Refused("malware", answer.removeprefix("stream: ").removesuffix(" FOUND"))
        if answer == "stream: OK":
            return "clean"
        if "size limit exceeded" in answer:
            return "not-scanned"
        raise InspectionUnavailable(f"the scanner answers {answer!r}")

    async def _told(self, source: ByteSource) -> str:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(b"zINSTREAM\0")
            for offset in range(0, source.size, PIECE_BYTES):
                length = min(PIECE_BYTES, source.size - offset)
                piece = await asyncio.to_thread(source.read_at, offset, length)
                writer.write(struct.pack(">I", length) + piece)
                await writer.drain()
            writer.write(struct.pack(">I", 0))
            await writer.drain()
            return (await reader.readuntil(b"\0"))[:-1].decode(errors="replace").strip()
        finally:
            writer.close()
