"""What the directory is told by its environment (`DIRECTORY_*`)."""

from ipaddress import IPv4Network, IPv6Network
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from chassis.policy import ROLES
from chassis.settings import StoredSettings


class FoundingAccount(BaseModel):
    """An account a new installation starts with; its post is at the whole province."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: str
    full_name: str
    email: str
    password: SecretStr
    role: str
    kind: Literal["person", "machine"]

    @field_validator("role")
    @classmethod
    def _is_known(cls, role: str) -> str:
        if role not in ROLES:
            raise ValueError(f"no such role; one of {', '.join(sorted(ROLES))}")
        return role


class Settings(StoredSettings):
    """Every process of the directory reads these."""

    model_config = SettingsConfigDict(env_prefix="DIRECTORY_", frozen=True, extra="forbid", hide_input_in_errors=True)

    signing_key: SecretStr = Field(description="Ed25519 private key tokens are signed with, PEM (PKCS 8)")
    founding_accounts: tuple[FoundingAccount, ...] = Field(
        default=(), description="JSON list of accounts that `migrate` creates when they are absent"
    )

    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(), description="JSON list of networks (CIDR) whose word on where a request comes from is taken"
    )

    @field_validator("signing_key")
    @classmethod
    def _is_ed25519(cls, pem: SecretStr) -> SecretStr:
        if not isinstance(load_pem_private_key(pem.get_secret_value().encode(), password=None), Ed25519PrivateKey):
            raise ValueError("not an Ed25519 key")  # noqa: TRY004  pydantic makes its error of this one
        return pem

    def private_key(self) -> Ed25519PrivateKey:
        """Return the key tokens are signed with."""
        key = load_pem_private_key(self.signing_key.get_secret_value().encode(), password=None)
        assert isinstance(key, Ed25519PrivateKey)  # noqa: S101  the validator has seen to it
        return key
