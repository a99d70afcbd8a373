"""Copies of objects that the store itself refuses to remove, as long as they are held: S3 Object Lock, legal hold.

They lie in a bucket of their own, which was made with a lock. Such a bucket keeps every version of everything, so it is
no place for objects that come and go. Not every store has such buckets; `is_offered` says.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import urllib3
from minio import Minio
from minio.commonconfig import CopySource
from minio.error import S3Error

from chassis.objects import LONG_TIMEOUT, REGION, NothingThere, outages_told_apart

_NOTHING = frozenset({"NoSuchKey", "NoSuchVersion", "NoSuchObject"})
T = TypeVar("T")


class LockedObjects:
    """The bucket of what is held. Every method that talks to the store blocks in a thread, not in the event loop."""

    def __init__(self, *, endpoint: str, access_key: str, secret_key: str, bucket: str) -> None:
        self._bucket = bucket
        http = urllib3.PoolManager(maxsize=2, timeout=LONG_TIMEOUT, retries=False)
        self._store = Minio(endpoint, access_key, secret_key, secure=False, region=REGION, http_client=http)
        self._is_offered = False

    async def is_offered(self) -> bool:
        """Say whether the store has the bucket, and locks what lies in it."""
        if not self._is_offered:
            self._is_offered = await self._ask(self._has_lock)
        return self._is_offered

    def _has_lock(self) -> bool:
        try:
            self._store.get_object_lock_config(self._bucket)
        except S3Error as error:
            if error.response is not None and error.response.status >= 500:
                raise
            return False  # no such bucket, one without a lock, a store that does not know the question
        return True

    async def keep(self, key: str, *, of_bucket: str, source: str, etag: str) -> None:
        """Copy an object that still has this ETag, and hold the copy. Safe to repeat; the bytes do not pass through us.

        Raises `NothingThere` when the source is gone.
        """
        await self._ask(lambda: self._keep(key, of_bucket, source, etag))

    def _keep(self, key: str, of_bucket: str, source: str, etag: str) -> None:
        if self._version(key) is None:
            try:
                self._store.copy_object(self._bucket, key, CopySource(of_bucket, source, match_etag=etag))
            except S3Error as error:
                if error.code in _NOTHING:
                    raise NothingThere(404, error.code) from error
                raise
        self._store.enable_object_legal_hold(self._bucket, key)

    async def is_there(self, key: str) -> bool:
        """Say whether there is a copy, held or not."""
        return await self._ask(lambda: self._version(key) is not None)

    async def is_held(self, key: str) -> bool:
        """Say whether there is a copy, and whether the store holds it."""
        return await self._ask(
            lambda: self._version(key) is not None and self._store.is_object_legal_hold_enabled(self._bucket, key)
        )

    async def list_all(self) -> dict[str, int]:
        """Return the length of every copy there is, by its key. For comparing; it may take a while."""
        return await self._ask(
            lambda: {
                each.object_name or "": each.size or 0
                for each in self._store.list_objects(self._bucket, recursive=True)
            }
        )

    async def let_go(self, key: str) -> None:
        """Hold it no longer, and remove it with every version there is. Safe to repeat."""
        await self._ask(lambda: self._let_go(key))

    def _let_go(self, key: str) -> None:
        while (version := self._version(key)) is not None:
            self._store.disable_object_legal_hold(self._bucket, key, version_id=version)
            self._store.remove_object(self._bucket, key, version_id=version)

    def _version(self, key: str) -> str | None:
        try:
            return self._store.stat_object(self._bucket, key).version_id
        except S3Error as error:
            if error.code in _NOTHING:
                return None
            raise

    async def _ask(self, ask: Callable[[], T]) -> T:
        def asked() -> T:
            with outages_told_apart():
                return ask()

        return await asyncio.to_thread(asked)
