"""What the service is told by its environment (`DIRECTIVES_…`)."""

from pydantic_settings import SettingsConfigDict

from chassis.settings import ReaderSettings


class Settings(ReaderSettings):
    """The settings of directives: those of every reader of the directory, and none of its own."""

    model_config = SettingsConfigDict(env_prefix="DIRECTIVES_", frozen=True, extra="forbid")
