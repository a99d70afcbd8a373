"""What a process of reporting is told by its environment."""

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ReaderSettings


class Settings(ReaderSettings):
    """Settings of reporting, read from `REPORTING_*`."""

    model_config = SettingsConfigDict(env_prefix="REPORTING_", frozen=True, extra="forbid")

    webhook_inner_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(), description="networks of ours that webhooks may be sent to all the same, also by plain http"
    )
    webhook_retry_seconds: tuple[float, ...] = Field(
        default=(5, 30, 120, 600, 1800, 7200, 18000, 36000, 57600, 86400, 86400),
        min_length=1,
        description="how long to wait before each new attempt; after the last a subscription is switched off",
    )
    webhook_ca_file: Path | None = Field(default=None, description="certificates believed beside the system's, PEM")

    digest_at_hour: int = Field(
        default=2,
        ge=0,
        le=24,
        description="of the province's day, when the digest of all aggregates is told; 24: never",
    )

    @property
    def webhook_delays(self) -> tuple[timedelta, ...]:
        """Return how long to wait before each new attempt."""
        return tuple(timedelta(seconds=each) for each in self.webhook_retry_seconds)
