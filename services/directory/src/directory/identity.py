"""Who somebody is at the province's provider, how it is configured, and what is asked of it."""

from dataclasses import dataclass
from typing import Annotated, Any, Protocol
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from directory.problems import IdentityRefused


def safe_address(address: str) -> str:
    """Return an address as it is; raise `ValueError` for one that others could listen to."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}):
        raise ValueError("https only, but for this machine itself")
    return address


Address = Annotated[str, AfterValidator(safe_address)]


class ClaimNames(BaseModel):
    """Which claims of the provider say what. A name or address that is not mapped is never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str = "sub"
    full_name: str | None = None
    email: str | None = None
    second_factor: str | None = Field(default=None, description="`acr` or `amr`, say")
    second_factor_values: frozenset[str] = frozenset()


class ProviderSettings(BaseModel):
    """Where the provider is, who we are to it, and how it calls things."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: Address
    client_id: str
    client_secret: SecretStr | None = None
    redirect_uri: Address
    scope: str = "openid profile email"
    claims: ClaimNames = ClaimNames()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at the provider."""

    issuer: str
    subject: str
    full_name: str | None
    email: str | None
    has_proved_twice: bool


class IdentityProvider(Protocol):
    """What sends people away to say who they are, and knows who came back."""

    async def address(self, *, state: str, nonce: str, code_verifier: str) -> str:
        """Return where to send somebody. Raises `ProviderAway`."""

    async def identity(self, *, code: str, code_verifier: str, nonce: str) -> Identity:
        """Return who came back with a code. Raises `IdentityRefused` or `ProviderAway`."""


def identity_of(claims: dict[str, Any], settings: ProviderSettings) -> Identity:
    """Return who a verified ID token speaks of; raise `IdentityRefused` when it does not say."""
    names = settings.claims
    subject = claims.get(names.subject)
    if not isinstance(subject, str) or not subject or len(subject) > 255:
        raise refused()
    proofs = claims.get(names.second_factor) if names.second_factor else None
    said = set(proofs) if isinstance(proofs, list) else {proofs}
    return Identity(
        issuer=settings.issuer,
        subject=subject,
        full_name=_text(claims, names.full_name),
        email=_text(claims, names.email),
        has_proved_twice=bool(said & names.second_factor_values),
    )


def _text(claims: dict[str, Any], name: str | None) -> str | None:
    value = claims.get(name) if name else None
    return value if isinstance(value, str) else None


def refused() -> IdentityRefused:
    """Return the problem of everybody the provider does not vouch for; it does not say why."""
    return IdentityRefused(
        "Không xác nhận được danh tính từ hệ thống của tỉnh; vui lòng thử lại từ đầu.",
        "The provider does not vouch for this; begin again.",
    )
