"""One frozen settings object per service, read from the environment and from nowhere else."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """What every service is told. A service adds its own fields and sets `env_prefix`."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    http_host: str = Field(description="address to listen on")
    http_port: int = Field(description="port to listen on")


class StoredSettings(ServiceSettings):
    """What every service is told that owns facts."""

    database_url: str = Field(description="postgresql://login:password@host:port/database, this service's own")
    nats_url: str = Field(description="nats://host:port")
    nats_seed: str = Field(description="nkey user seed of this service")
    streams_file: Path = Field(description="the declaration of streams and durables")
    pool_size: int = Field(default=8, description="database connections a process keeps at most")


class ReaderSettings(StoredSettings):
    """What every service is told that asks the directory who is calling."""

    directory_url: str = Field(description="base URL of the directory; its token keys are read from there")
