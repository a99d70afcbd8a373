"""What notify is told by its environment."""

from email.headerregistry import Address
from email.utils import parseaddr

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from chassis.settings import ReaderSettings


class Settings(ReaderSettings):
    """What notify is told: its servers, the mail server, and its own account at the directory."""

    model_config = SettingsConfigDict(env_prefix="NOTIFY_", frozen=True, extra="forbid")

    smtp_host: str = Field(description="the mail server that takes our letters")
    smtp_port: int = Field(description="its port")
    smtp_starttls: bool = Field(default=False, description="whether the line must be encrypted before a letter is sent")
    mail_from: str = Field(description="who letters come from: `Name <address>`")
    watched: dict[str, str] = Field(
        default_factory=dict, description="services whose parked messages the operators are told of: name → base URL"
    )
    machine_account: str = Field(description="notify's account at the directory, a machine with the role postman")
    machine_secret: str = Field(description="the password of that account", repr=False)

    @field_validator("mail_from")
    @classmethod
    def _is_an_address(cls, text: str) -> str:
        name, address = parseaddr(text)
        if not Address(name, addr_spec=address).domain:
            raise ValueError("not an address")
        return text
