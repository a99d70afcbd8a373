"""What a process of submissions is told by its environment."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ReaderSettings


class Settings(ReaderSettings):
    """Where submissions finds its servers, the store of files among them."""

    model_config = SettingsConfigDict(env_prefix="SUBMISSIONS_", frozen=True, extra="forbid")

    store_endpoint: str = Field(description="host:port of the S3 store, as this service reaches it")
    store_public_url: str = Field(description="http(s)://host:port of the same store, as browsers reach it")
    store_access_key: str = Field(description="access key that may put, get and delete objects of the bucket")
    store_secret_key: str = Field(description="secret key of the access key", repr=False)
    store_bucket: str = Field(description="bucket the files lie in")
    store_held_bucket: str = Field(
        default="", description="bucket with an object lock that copies of held files lie in; empty: there is none"
    )
    unit_bytes: int = Field(default=20_000_000_000, ge=1, description="bytes the files of one unit may take together")
    scanner_address: str = Field(
        default="",
        pattern=r"^([^:/ ]+:[0-9]+)?$",
        description="host:port of clamd, which documents are scanned by; empty: they are not, and the record says so",
    )
    keep_names_days: int = Field(
        default=180, ge=30, description="days the names of registered people are kept after their registration was due"
    )
    keep_days: int = Field(
        default=730, ge=30, description="days a file is kept after its inspection, unless it is held"
    )
