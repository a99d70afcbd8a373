"""The S3 store as we run it."""

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from minio import Minio
from minio.commonconfig import ENABLED
from minio.error import S3Error
from minio.versioningconfig import VersioningConfig

from congvan import ports
from congvan.servers import store
from congvan.servers.store import Store


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with store.start(tmp_path_factory.mktemp("a store with spaces") / "its home") as started:
        yield started


def _put(client: Minio, bucket: str, key: str, content: bytes) -> None:
    client.put_object(bucket, key, BytesIO(content), len(content))


def _get(client: Minio, bucket: str, key: str) -> bytes:
    answer = client.get_object(bucket, key)
    try:
        return answer.read()
    finally:
        answer.close()
        answer.release_conn()


def test_an_object_survives_a_kill(server: Store) -> None:
    _put(server.client(), server.bucket, "media/một", b"x" * 300_000)

    server.kill()
    server.start()

    assert _get(server.client(), server.bucket, "media/một") == b"x" * 300_000


def sockets_of(server: Store) -> Iterator[Path]:
    for port in server.ports.values():
        yield from Path("/tmp").glob(f"seaweedfs-*-{port}.sock")  # noqa: S108  where weed puts them


def test_a_store_that_was_stopped_leaves_no_sockets(tmp_path: Path) -> None:
    with store.start(tmp_path) as server:
        assert list(sockets_of(server))

    assert not list(sockets_of(server))


def test_objects_are_still_there_on_other_ports(tmp_path: Path) -> None:
    with store.start(tmp_path) as before:
        _put(before.client(), before.bucket, "media/a", b"kept")
    chosen, _ = ports.choose(store.PORT_NAMES, with_twin=store.WITH_TWIN)

    with Store(tmp_path, chosen_ports=chosen, keys=before.keys, bucket=before.bucket) as after:
        assert _get(after.client(), after.bucket, "media/a") == b"kept"


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_stranger_is_refused(server: Store, method: str) -> None:
    request = urllib.request.Request(
        f"http://{server.endpoint}/{server.bucket}/media/x", data=b"x" if method == "PUT" else None, method=method
    )

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)  # noqa: S310  as above

    assert refused.value.code == 403
    refused.value.close()


def test_a_wrong_secret_is_refused(server: Store) -> None:
    keys = replace(server.keys, secret_key="somebody else's")

    with pytest.raises(S3Error) as refused:
        _put(store.client(server.endpoint, keys), server.bucket, "media/x", b"x")

    assert refused.value.code == "SignatureDoesNotMatch"


def test_the_application_may_not_change_buckets(server: Store) -> None:
    application = server.client()

    everything_forbidden: tuple[Callable[[], object], ...] = (
        lambda: application.make_bucket("another"),
        lambda: application.remove_bucket(server.bucket),
        lambda: application.set_bucket_versioning(server.bucket, VersioningConfig(ENABLED)),
    )
    for forbidden in everything_forbidden:
        with pytest.raises(S3Error) as refused:
            forbidden()
        assert refused.value.code == "AccessDenied"


def test_a_service_opens_no_bucket_but_its_own(server: Store) -> None:
    buckets: dict[store.Who, str] = {"submissions": server.bucket, "directives": store.directives_bucket(server.bucket)}
    for who, bucket in buckets.items():
        _put(server.client(who), bucket, "files/secret", b"x")

    for who, other in (("submissions", buckets["directives"]), ("directives", buckets["submissions"])):
        client = server.client(who)
        everything_forbidden: tuple[Callable[[], object], ...] = (
            lambda client=client, other=other: _get(client, other, "files/secret"),
            lambda client=client, other=other: client.stat_object(other, "files/secret"),
            lambda client=client, other=other: _put(client, other, "files/mine", b"x"),
            lambda client=client, other=other: client.remove_object(other, "files/secret"),
            lambda client=client, other=other: list(client.list_objects(other)),
        )
        for forbidden in everything_forbidden:
            with pytest.raises(S3Error) as refused:
                forbidden()
            assert refused.value.code == "AccessDenied"
        assert client.bucket_exists(buckets[who])


def test_the_way_round_through_the_filer_is_closed(server: Store) -> None:
    _put(server.client(), server.bucket, "media/secret", b"x")

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(
            f"http://127.0.0.1:{server.ports['store-filer']}/buckets/{server.bucket}/media/secret", timeout=10
        )

    assert refused.value.code == 401
    refused.value.close()


def test_two_at_once_do_not_clash(server: Store, tmp_path: Path) -> None:
    with store.start(tmp_path) as other:
        _put(other.client(), other.bucket, "only/here", b"x")

        with pytest.raises(S3Error) as missing:
            _get(server.client(), server.bucket, "only/here")

    assert missing.value.code == "NoSuchKey"
