"""What the verbs about files work with: short transactions, and the store, never one inside the other."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast
from uuid import UUID

from chassis.transaction import Transaction, Transactions
from unit_tree.projection import TreeReader
from unit_tree.tree import Tree

if TYPE_CHECKING:
    from chassis.objects import Objects

IN_MEMORY_BYTES = 1 << 20
"""What is larger is spooled to disk on its way out."""
CONNECT_SECONDS = 3.0
_PREFIX = "files/"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The database that knows every file, and the bucket that holds their bytes.

    A verb that keeps a file is a short transaction that says bytes will come, a call to the store, and a short
    transaction that keeps them with what they belong to. Each may be the last thing this process does: what was
    announced and never kept is swept (`operations.sweeping`), and nothing is kept that is not in the store.
    """

    transactions: Transactions
    trees: TreeReader
    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)
    bucket: str

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[tuple[Transaction, Tree]]:
        """Open a transaction, with the units as they are known in it."""
        async with self.transactions.begin() as tx:
            yield tx, await self.trees.tree(tx.connection)

    async def put(self, stored_id: UUID, file: BinaryIO, *, byte_count: int, sha256: str, content_type: str) -> None:
        """Send a file to the store, which takes no other bytes than these."""
        objects = await self._opened()
        await objects.put_file(_key(stored_id), file, byte_count=byte_count, sha256=sha256, content_type=content_type)

    async def fetch(self, stored_id: UUID, *, byte_count: int, sha256: str) -> BinaryIO:
        """Return a file out of the store, at its beginning: exactly what was put there, or `NotAsItWas` is raised."""
        objects = await self._opened()
        fetched = cast("BinaryIO", SpooledTemporaryFile(IN_MEMORY_BYTES))  # noqa: SIM115  whoever asked closes it
        try:
            await objects.fetch(_key(stored_id), fetched, byte_count=byte_count, sha256=sha256)
        except BaseException:
            fetched.close()
            raise
        fetched.seek(0)
        return fetched

    async def remove(self, stored_id: UUID) -> None:
        """Remove a file from the store; one that is not there is removed already."""
        await (await self._opened()).remove(_key(stored_id))

    async def list_all(self) -> dict[UUID, datetime]:
        """Return what lies in the store, each with the moment it was put there; other names than ours are left out."""
        listed = await (await self._opened()).list_all(_PREFIX)
        names = ((each.key.removeprefix(_PREFIX), each.modified_at) for each in listed)
        return {UUID(name): at for name, at in names if _ID.fullmatch(name)}

    async def why_away(self) -> str | None:
        """Return why files cannot be kept, or null. Until the first file comes, only whether the store answers."""
        if "_objects" in self.__dict__:
            return await self._objects.why_away()
        host, _, port = self.endpoint.rpartition(":")
        async with asyncio.timeout(CONNECT_SECONDS):
            _, line = await asyncio.open_connection(host, int(port))
        line.close()
        return None

    async def _opened(self) -> "Objects":
        return await asyncio.to_thread(lambda: self._objects)

    @cached_property
    def _objects(self) -> "Objects":
        # Let in with the first file: what is behind it costs every process eight megabytes, and most meet none.
        from chassis.objects import Objects

        return Objects(
            endpoint=self.endpoint,
            public_url=f"http://{self.endpoint}",  # no browser is sent there: who may read a file may lose that right
            access_key=self.access_key,
            secret_key=self.secret_key,
            bucket=self.bucket,
        )


def _key(stored_id: UUID) -> str:
    return f"{_PREFIX}{stored_id}"
