"""What the portal is told by its environment."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """What the portal is told: where it listens, where people find it, and where the services are that it shows."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", frozen=True, extra="forbid")

    directory_url: str = Field(description="base URL of the directory")
    directives_url: str = Field(description="base URL of directives")
    submissions_url: str = Field(description="base URL of submissions")
    reporting_url: str = Field(description="base URL of reporting")
    notify_url: str = Field(description="base URL of notify")
    public_url: str | None = Field(
        default=None, description="https://host people type; cookies are bound to it. Absent: whatever they typed"
    )
    store_public_url: str | None = Field(
        default=None, description="http(s)://host:port of the store as browsers see it: files go there directly"
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(), description="JSON list of networks (CIDR) whose word on where a request comes from is taken"
    )
    assets: Path | None = Field(
        default=None, description="folder of what was built for browsers; absent: pages do without scripts"
    )
