"""What can go wrong at the directory, in the caller's words. Codes are public and for ever."""

from datetime import timedelta
from typing import Any

from chassis.problems import NotSignedIn, Problem, Unavailable


class WrongCredentials(NotSignedIn):
    """The account and the password do not belong together."""

    code = "wrong-credentials"
    status = 401


class AccountDisabled(NotSignedIn):
    """The account and the password belong together, and the account is disabled."""

    code = "account-disabled"
    status = 401


class SecondFactorNeeded(NotSignedIn):
    """The password is right; a code of the second factor is needed as well."""

    code = "second-factor-needed"
    status = 401


class IdentityRefused(NotSignedIn):
    """The province's provider does not vouch for whoever came back, or the attempt is not theirs or too old."""

    code = "identity-refused"
    status = 401


class IdentityUnknown(NotSignedIn):
    """The provider vouches for somebody who is linked to no account."""

    code = "identity-unknown"
    status = 401


class SessionOver(NotSignedIn):
    """The refresh token is none of ours, was used before, or belongs to a session that is over."""

    code = "session-over"
    status = 401


class TooManyAttempts(Problem):
    """Too many wrong passwords for one account; it has to wait."""

    code = "too-many-attempts"
    status = 429

    def __init__(self, vi: str, en: str, *, retry_after: timedelta, **more: Any) -> None:
        """Take how long the account has to wait."""
        self.retry_after_seconds = max(1, -(-retry_after // timedelta(seconds=1)))
        super().__init__(vi, en, retry_after_seconds=self.retry_after_seconds, **more)


class ImportRejected(Problem):
    """The files contradict themselves or what is known; nothing was changed."""

    code = "import-rejected"
    status = 422


class UnknownUnitType(Problem):
    """There is no such type of unit."""

    code = "unknown-unit-type"
    status = 422


class UnitTypeInUse(Problem):
    """A type that units are or were of cannot be removed."""

    code = "unit-type-in-use"
    status = 409


class AlreadyApplied(Problem):
    """A reorganisation that was applied can be neither tried out, changed nor discarded."""

    code = "already-applied"
    status = 409


class DryRunOutdated(Problem):
    """What was reviewed is not what would be applied now."""

    code = "dry-run-outdated"
    status = 409


class ReorganisationFaulty(Problem):
    """A reorganisation that leaves the register in a state that cannot be."""

    code = "reorganisation-faulty"
    status = 409


class RecordsRejected(Problem):
    """Records that contradict what is known; nothing was changed."""

    code = "records-rejected"
    status = 422


class GroupsTooDeep(Problem):
    """Too many named groups go by each other in one line; `chain` names them."""

    code = "groups-too-deep"
    status = 422


class GroupsRunInCircle(Problem):
    """A named group may not go by itself, directly or through others."""

    code = "groups-in-circle"
    status = 422


class GroupInUse(Problem):
    """A named group that another goes by cannot be removed."""

    code = "group-in-use"
    status = 409


class UnknownUnit(Problem):
    """A post is at a unit nobody has registered."""

    code = "unknown-unit"
    status = 422


class UnknownRole(Problem):
    """There is no such role."""

    code = "unknown-role"
    status = 422


class AccountTaken(Problem):
    """Somebody else already signs in under this name."""

    code = "account-taken"
    status = 409


class AccountTwice(Problem):
    """One request names the same account twice."""

    code = "account-twice"
    status = 422


class NotACluster(Problem):
    """Only a professional cluster has a lead."""

    code = "not-a-cluster"
    status = 409


class NotAMember(Problem):
    """Only a member of a cluster can lead it."""

    code = "not-a-member"
    status = 409


class WeakPassword(Problem):
    """The password is too short or made of too few kinds of characters."""

    code = "weak-password"
    status = 422


class PasswordUsedBefore(Problem):
    """The password is the present one, or one of the last an administrator had."""

    code = "password-used-before"
    status = 409


class PostsOverlap(Problem):
    """Somebody would hold one role at one unit twice on the same day."""

    code = "posts-overlap"
    status = 409


class NothingToLend(Problem):
    """The lender does not hold this post over the span, or holds one nobody can lend."""

    code = "nothing-to-lend"
    status = 409


class WrongCode(Problem):
    """The code does not belong to the secret, or not to this minute, or was used before."""

    code = "wrong-code"
    status = 409


class EnrolledAlready(Problem):
    """There is a second factor; an administrator can reset it."""

    code = "enrolled-already"
    status = 409


class NoSafe(Problem):
    """This installation has no key to keep secrets with."""

    code = "no-second-factors"
    status = 409


class IdentityTaken(Problem):
    """Who somebody is at the provider is linked to another account."""

    code = "identity-taken"
    status = 409


class NoProvider(Problem):
    """This installation has no provider."""

    code = "no-provider"
    status = 409


class ProviderAway(Unavailable):
    """The province's provider does not answer, or not as it should."""

    code = "provider-away"
    status = 503
