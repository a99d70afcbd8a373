"""What we sign is what the client library of the store signs, for the same moment."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from minio import Minio

from chassis.signing import Signer

BUCKET, ACCESS, SECRET, REGION = "congvan", "an-access-key", "a-secret/key+", "us-east-1"
HOUR = timedelta(hours=1)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


def signers(url: str) -> tuple[Signer, Minio]:
    place = urlsplit(url)
    return (
        Signer(url=url, access_key=ACCESS, secret_key=SECRET, bucket=BUCKET, region=REGION),
        Minio(place.netloc, ACCESS, SECRET, secure=place.scheme == "https", region=REGION),
    )


def taken_apart(url: str) -> tuple:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc, parts.path, sorted(parse_qsl(parts.query, keep_blank_values=True))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8333", "https://tep.tinh.vn", "https://tep.tinh.vn:443", "http://tep.tinh.vn:80"]
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_for_every_host_and_method(url, method) -> None:
    ours, theirs = signers(url)
    now = datetime(2026, 11, 22, 7, 30, 5, tzinfo=UTC)
    query = {"uploadId": "a b/c+d", "partNumber": "12", "x-amz-checksum-sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NM="}

    signed = ours.sign(method, "quarantine/0193", query, lifetime=HOUR, now=now)

    expected = theirs.get_presigned_url(
        method, BUCKET, "quarantine/0193", expires=HOUR, request_date=now, extra_query_params=dict(query)
    )
    assert taken_apart(signed) == taken_apart(expected)


@given(
    key=WORDS.filter(lambda key: not {"", ".", ".."} & set(key.split("/"))),
    query=st.dictionaries(WORDS, WORDS, max_size=3),
    now=st.integers(1_700_000_000, 2_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
@example(key="0", query={"X": "0"}, now=datetime(2026, 11, 22, tzinfo=UTC))
def test_for_whatever_is_named(key, query, now) -> None:
    ours, theirs = signers("http://127.0.0.1:8333")

    signed = ours.sign("GET", key, query, lifetime=HOUR, now=now)

    expected = theirs.get_presigned_url(
        "GET", BUCKET, key, expires=HOUR, request_date=now, extra_query_params=dict(query)
    )
    assert taken_apart(signed) == taken_apart(expected)


def test_another_day_is_signed_with_another_key() -> None:
    ours, theirs = signers("http://127.0.0.1:8333")
    for day in (22, 23, 22):
        now = datetime(2026, 11, day, tzinfo=UTC)
        expected = theirs.get_presigned_url("GET", BUCKET, "x", expires=HOUR, request_date=now)
        assert taken_apart(ours.sign("GET", "x", {}, lifetime=HOUR, now=now)) == taken_apart(expected)
