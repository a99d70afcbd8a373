"""What notify is told by its environment."""

from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from chassis.settings import ReaderSettings
from notify.channels.choosing import Channel


class Settings(ReaderSettings):
    """What notify is told: its servers, the mail server, and its own account at the directory."""

    model_config = SettingsConfigDict(env_prefix="NOTIFY_", frozen=True, extra="forbid")

    smtp_host: str = Field(description="the mail server that takes our letters")
    smtp_port: int = Field(description="its port")
    smtp_starttls: bool = Field(default=False, description="whether the line must be encrypted before a letter is sent")
    smtp_tls: bool = Field(default=False, description="whether the line is encrypted from its first byte (port 465)")
    smtp_ca_file: Path | None = Field(
        default=None, description="certificates the mail server's may be signed by, beside the system's, PEM"
    )
    smtp_user: str | None = Field(default=None, description="our account at the mail server, where it asks for one")
    smtp_password: str | None = Field(default=None, description="its password", repr=False)
    bounces_to: str | None = Field(
        default=None, description="where e-mail that cannot be delivered is returned to, with `+letter` before the @"
    )
    sms_url: str | None = Field(default=None, description="the gateway for short messages; null: none are sent")
    sms_brandname: str = Field(default="", description="the registered name they come from")
    sms_api_key: str = Field(default="", description="our account at the gateway", repr=False)
    sms_secret_key: str = Field(default="", description="its password", repr=False)
    zns_url: str = Field(
        default="https://business.openapi.zalo.me/message/template", description="Zalo's notification service"
    )
    zns_template_id: str | None = Field(default=None, description="the template Zalo approved; null: none are sent")
    zns_token_file: Path = Field(default=Path("zns-token"), description="holds the access token, renewed from outside")
    webhook_hosts: list[str] = Field(default_factory=list, description="hosts (`host` or `host:port`) of webhooks")
    webhook_ca_file: Path | None = Field(default=None, description="certificates believed beside the system's")
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

    @property
    def offered(self) -> tuple[Channel, ...]:
        """Return the ways people may choose."""
        there = {
            Channel.EMAIL: True,
            Channel.ZNS: self.zns_template_id is not None,
            Channel.SMS: self.sms_url is not None,
            Channel.WEBHOOK: bool(self.webhook_hosts),
        }
        return tuple(channel for channel, is_there in there.items() if is_there)
