"""How long somebody stays signed in, and how long a token may say what it says."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Literal
from uuid import UUID

from chassis.clock import VIETNAM, today
from directory.domain.days import holds_on
from directory.domain.people import Lockout, Post, Principal

TOKEN_LIFE = timedelta(minutes=15)

Means = Literal["password", "password+totp", "password+recovery-code", "key", "oidc", "oidc+mfa"]
"""How somebody has proved who they are; a second proof follows a plus sign."""
SecondFactorFor = Literal["administrators", "outside_office"]
EndedWhy = Literal["signed-out", "reused", "all-ended", "password-changed", "disabled", "second-factor-reset"]
Need = Literal["password-change", "totp-enrolment", "second-factor"]
"""What somebody has to do first: until then they are signed in and may nothing."""


@dataclass(frozen=True, slots=True)
class AccessRules:
    """What the province has decided about signing in; the numbers are settings."""

    session_idle: timedelta
    session_longest: timedelta
    lockout: Lockout
    dormant_after: timedelta | None
    """Accounts nobody has used for so long are disabled; null: never."""
    administrator_password_life: timedelta | None
    """After so long an administrator takes another password; null: never."""

    second_factor_for: frozenset[SecondFactorFor]
    office: tuple[IPv4Network | IPv6Network, ...]

    def needs(
        self,
        principal: Principal,
        posts: Collection[Post],
        now: datetime,
        *,
        means: str,
        has_second_factor: bool,
        client: str | None,
    ) -> tuple[Need, ...]:
        """Return what somebody who holds these posts has to do before they may act in them."""
        needs: list[Need] = []
        life = self.administrator_password_life
        is_old = life is not None and now - principal.password_set_at > life and is_administrator(posts)
        if not means.startswith("oidc") and (principal.must_change_password or is_old):
            needs.append("password-change")
        if principal.kind == "person" and "+" not in means and self._asks_for_more(posts, client):
            needs.append("second-factor" if has_second_factor else "totp-enrolment")
        return tuple(needs)

    def _asks_for_more(self, posts: Collection[Post], client: str | None) -> bool:
        return ("administrators" in self.second_factor_for and is_administrator(posts)) or (
            "outside_office" in self.second_factor_for and not self._is_in_the_office(client)
        )

    def _is_in_the_office(self, client: str | None) -> bool:
        if client is None:
            return False
        address = ip_address(client)
        return any(address.version == network.version and address in network for network in self.office)


@dataclass(frozen=True, slots=True)
class Renewal:
    """A refresh token that was presented, and the session it belongs to."""

    session_id: UUID
    person_id: UUID
    opened_at: datetime
    issued_at: datetime
    used_at: datetime | None
    ended_at: datetime | None
    means: str

    def verdict(self, now: datetime, rules: AccessRules) -> Literal["renewed", "over", "reused"]:
        """Say what becomes of a session when this token of it is presented at `now`."""
        if self.ended_at is not None:
            return "over"
        if self.used_at is not None:
            return "reused"  # whoever holds it now, somebody else holds it too
        if now - self.issued_at > rules.session_idle or now - self.opened_at > rules.session_longest:
            return "over"
        return "renewed"


def held_on(posts: Collection[Post], day: date) -> tuple[Post, ...]:
    """Return the posts that are held on `day`, each role at a unit once, in a fixed order."""
    held = {(post.unit_id, post.role): post for post in posts if holds_on(post.valid_from, post.valid_to, day)}
    return tuple(held[place] for place in sorted(held))


def is_administrator(posts: Collection[Post]) -> bool:
    """Say whether somebody who holds these posts gives rights to others."""
    return any(post.role == "administrator" for post in posts)


def token_end(posts: Collection[Post], now: datetime) -> datetime:
    """Return when a token made at `now` ends: at midnight when other posts are held tomorrow, else after its life."""
    end = now + TOKEN_LIFE
    tomorrow = today(now) + timedelta(days=1)
    if _places(posts, today(now)) != _places(posts, tomorrow):
        return min(end, datetime.combine(tomorrow, time.min, VIETNAM))
    return end


def _places(posts: Collection[Post], day: date) -> set[tuple[str, str]]:
    return {(post.unit_id, post.role) for post in held_on(posts, day)}
