"""What can go wrong at the directory, in the caller's words. Codes are public and for ever."""

from datetime import timedelta
from typing import Any

from chassis.problems import NotSignedIn, Problem


class WrongCredentials(NotSignedIn):
    """The account and the password do not belong together."""

    code = "wrong-credentials"
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
