"""URLs of an S3 store that are good for a while, for whoever has one: AWS Signature Version 4 in the query.

The client library signs them too, in four times the processor time; a file in parts takes a dozen.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

_ALGORITHM = "AWS4-HMAC-SHA256"
_SERVICE = "s3"
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Signer:
    """Signs for one bucket, reached at `url` by whoever uses what is signed: the host is part of the signature."""

    def __init__(self, *, url: str, access_key: str, secret_key: str, bucket: str, region: str) -> None:
        place = urlsplit(url)
        self._host = place.netloc.removesuffix(_DEFAULT_PORTS.get(place.scheme, ""))
        self._base = f"{place.scheme}://{self._host}"
        self._access_key = access_key
        self._secret = f"AWS4{secret_key}".encode()
        self._bucket = bucket
        self._region = region
        self._day = ("", b"")

    def sign(
        self,
        method: str,
        key: str,
        query: Mapping[str, str],
        *,
        lifetime: timedelta,
        now: datetime | None = None,
        byte_count: int | None = None,
    ) -> str:
        """Return the URL of one request, good for `lifetime` from `now`; what `query` says cannot be changed.

        With `byte_count` it is good for a body of that length and no other.
        """
        at = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
        day = at[:8]
        scope = f"{day}/{self._region}/{_SERVICE}/aws4_request"
        held = {"host": self._host} if byte_count is None else {"content-length": str(byte_count), "host": self._host}
        names = ";".join(held)
        said = {
            **query,
            "X-Amz-Algorithm": _ALGORITHM,
            "X-Amz-Credential": f"{self._access_key}/{scope}",
            "X-Amz-Date": at,
            "X-Amz-Expires": str(int(lifetime.total_seconds())),
            "X-Amz-SignedHeaders": names,
        }
        path = quote(f"/{self._bucket}/{key}", safe="/~")
        # In the order of names, not of whole pairs: "=" stands behind "-".
        in_order = sorted((_plain(name), _plain(value)) for name, value in said.items())
        written = "&".join(f"{name}={value}" for name, value in in_order)
        headers = "".join(f"{name}:{value}\n" for name, value in held.items())
        asked = f"{method}\n{path}\n{written}\n{headers}\n{names}\nUNSIGNED-PAYLOAD"
        digest = hashlib.sha256(asked.encode()).hexdigest()
        signature = _mac(self._key_of(day), f"{_ALGORITHM}\n{at}\n{scope}\n{digest}").hex()
        return f"{self._base}{path}?{written}&X-Amz-Signature={signature}"

    def _key_of(self, day: str) -> bytes:
        """Return what requests of a day are signed with; the same for all of them."""
        if self._day[0] != day:
            key = self._secret
            for word in (day, self._region, _SERVICE, "aws4_request"):
                key = _mac(key, word)
            self._day = (day, key)
        return self._day[1]


def _plain(word: str) -> str:
    return quote(word, safe="~")


def _mac(key: bytes, word: str) -> bytes:
    return hmac.digest(key, word.encode(), "sha256")
