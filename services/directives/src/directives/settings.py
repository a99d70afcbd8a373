"""What the service is told by its environment (`DIRECTIVES_…`)."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ReaderSettings


class Settings(ReaderSettings):
    """The settings of directives: those of every reader of the directory, and where its files lie."""

    model_config = SettingsConfigDict(env_prefix="DIRECTIVES_", frozen=True, extra="forbid")

    store_endpoint: str = Field(description="host:port of the S3 store")
    store_access_key: str = Field(description="access key that may put, get and delete objects of the bucket")
    store_secret_key: str = Field(description="secret key of the access key", repr=False)
    store_bucket: str = Field(description="bucket the files of directives lie in, and nothing else")
