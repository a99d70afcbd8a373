"""What somebody who subscribes can be told."""

from chassis.problems import Problem


class TargetRefused(Problem):
    """We do not send to this address."""

    code = "target-refused"
    status = 422


class TooManySubscriptions(Problem):
    """This account has as many subscriptions as one may have."""

    code = "too-many-subscriptions"
    status = 409


class NoSuchPosition(Problem):
    """The feed has no such position yet."""

    code = "no-such-position"
    status = 422
