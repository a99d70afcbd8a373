"""What the portal is told by its environment."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """What the portal is told: where it listens, and where the services are that it shows."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", frozen=True, extra="forbid")

    directory_url: str = Field(description="base URL of the directory")
    directives_url: str = Field(description="base URL of directives")
    submissions_url: str = Field(description="base URL of submissions")
    reporting_url: str = Field(description="base URL of reporting")
    notify_url: str = Field(description="base URL of notify")
