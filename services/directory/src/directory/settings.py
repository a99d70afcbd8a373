"""What the directory is told by its environment (`DIRECTORY_*`)."""

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Literal, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from chassis.policy import ROLES
from chassis.settings import StoredSettings
from directory.codes import Safe
from directory.domain.people import Lockout
from directory.domain.sessions import AccessRules, SecondFactorFor
from directory.identity import ProviderSettings


class FoundingAccount(BaseModel):
    """An account a new installation starts with; its post is at the whole province."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: str
    full_name: str
    email: str
    password: SecretStr
    role: str
    kind: Literal["person", "machine"]
    must_change_password: bool = False

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
    further_keys: tuple[str, ...] = Field(
        default=(), description="JSON list of Ed25519 public keys (PEM) that are published and not signed with"
    )
    session_idle_minutes: int = Field(
        default=30, ge=1, description="a session that was not renewed for so long is over; a token lives 15 of them"
    )
    session_longest_hours: int = Field(default=12, ge=1, description="after so long one signs in again in any case")
    founding_accounts: tuple[FoundingAccount, ...] = Field(
        default=(), description="JSON list of accounts that `migrate` creates when they are absent"
    )

    lockout_attempts: int = Field(default=5, ge=1, description="after so many wrong passwords an account waits")
    lockout_minutes: int = Field(default=15, ge=1, description="so long they count, and so long it waits at most")
    dormant_after_days: int = Field(default=45, ge=0, description="people unseen for so long are disabled; 0: never")
    administrator_password_days: int = Field(
        default=60, ge=0, description="an administrator takes another password after so long; 0: never"
    )
    totp_required_for: frozenset[SecondFactorFor] = Field(
        default=frozenset({"administrators"}),
        description="JSON list of who proves who they are twice: `administrators`, `outside_office`",
    )
    office_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(), description="JSON list of networks (CIDR) that are the office; from elsewhere one is outside"
    )
    secrets_keys: tuple[SecretStr, ...] = Field(
        default=(), description="JSON list of Fernet keys: the first encrypts what must be read again, all decrypt"
    )
    oidc: ProviderSettings | None = Field(
        default=None, description="JSON: the province's OpenID provider, if there is one"
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

    @field_validator("secrets_keys")
    @classmethod
    def _are_fernet_keys(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        Safe([key.get_secret_value() for key in keys])
        return keys

    @model_validator(mode="after")
    def _can_keep_secrets(self) -> Self:
        if self.totp_required_for and not self.secrets_keys:
            raise ValueError("DIRECTORY_SECRETS_KEYS must have a key, or DIRECTORY_TOTP_REQUIRED_FOR must be []")
        return self

    def safe(self) -> Safe:
        """Return where secrets are kept that must be read again."""
        return Safe([key.get_secret_value() for key in self.secrets_keys])

    @field_validator("further_keys")
    @classmethod
    def _are_ed25519(cls, pems: tuple[str, ...]) -> tuple[str, ...]:
        if not all(isinstance(load_pem_public_key(pem.encode()), Ed25519PublicKey) for pem in pems):
            raise ValueError("not an Ed25519 public key")
        return pems

    def public_keys(self) -> list[Ed25519PublicKey]:
        """Return the keys that are published and not signed with."""
        keys = [load_pem_public_key(pem.encode()) for pem in self.further_keys]
        return [key for key in keys if isinstance(key, Ed25519PublicKey)]

    def access_rules(self) -> AccessRules:
        """Return what the province has decided about signing in."""
        return AccessRules(
            session_idle=timedelta(minutes=self.session_idle_minutes),
            session_longest=timedelta(hours=self.session_longest_hours),
            lockout=Lockout(self.lockout_attempts, timedelta(minutes=self.lockout_minutes)),
            dormant_after=timedelta(days=self.dormant_after_days) if self.dormant_after_days else None,
            administrator_password_life=(
                timedelta(days=self.administrator_password_days) if self.administrator_password_days else None
            ),
            second_factor_for=self.totp_required_for,
            office=self.office_networks,
        )

    def private_key(self) -> Ed25519PrivateKey:
        """Return the key tokens are signed with."""
        key = load_pem_private_key(self.signing_key.get_secret_value().encode(), password=None)
        assert isinstance(key, Ed25519PrivateKey)  # noqa: S101  the validator has seen to it
        return key
