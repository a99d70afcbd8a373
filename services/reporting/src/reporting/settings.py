"""What a process of reporting is told by its environment."""

from pydantic_settings import SettingsConfigDict

from chassis.settings import ReaderSettings


class Settings(ReaderSettings):
    """Settings of reporting, read from `REPORTING_*`."""

    model_config = SettingsConfigDict(env_prefix="REPORTING_", frozen=True, extra="forbid")
