"""May this caller do this for that unit? One pure function for every service: role × subtree × purpose."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from chassis.caller import Caller

PROVINCE = "*"
"""The unit of a post that reaches everywhere."""


class Purpose(StrEnum):
    """What somebody may want to do."""

    ADMINISTER = "administer"  # units, people, rights
    DRAFT = "draft"  # write a directive in the name of a unit
    SIGN = "sign"
    ISSUE = "issue"  # number and send out
    REVIEW = "review"  # return or accept what came in
    SUBMIT = "submit"  # answer for a unit
    ASSIGN = "assign"  # say who in a unit sees to an answer
    APPROVE = "approve"  # agree, as head of a unit, to an answer before it is sent
    READ_SUBMISSION = "read_submission"
    READ_DIRECTIVE = "read_directive"
    READ_TOTALS = "read_totals"
    PUBLISH = "publish"  # freeze totals as an edition that goes out
    READ_CONTACT = "read_contact"  # where letters to a person go
    SUBSCRIBE = "subscribe"  # take the aggregates that are told outside, by feed or by webhook
    READ_AUDIT = "read_audit"  # who signed in, who changed rights and units


class Reach(StrEnum):
    """How far from its unit a role counts."""

    OWN = "own"
    SUBTREE = "subtree"


_P, _R = Purpose, Reach
RIGHTS: Mapping[str, Mapping[Purpose, Reach]] = {
    "administrator": {_P.ADMINISTER: _R.SUBTREE, _P.READ_DIRECTIVE: _R.SUBTREE},
    "desk_officer": {
        _P.DRAFT: _R.OWN,
        _P.REVIEW: _R.OWN,
        _P.READ_SUBMISSION: _R.SUBTREE,
        _P.READ_DIRECTIVE: _R.SUBTREE,
        _P.READ_TOTALS: _R.SUBTREE,
    },
    "leader": {
        _P.SIGN: _R.OWN,
        _P.PUBLISH: _R.OWN,
        _P.READ_SUBMISSION: _R.SUBTREE,
        _P.READ_DIRECTIVE: _R.SUBTREE,
        _P.READ_TOTALS: _R.SUBTREE,
    },
    "clerk": {_P.ISSUE: _R.OWN, _P.READ_DIRECTIVE: _R.SUBTREE},
    "commune_officer": {
        _P.SUBMIT: _R.OWN,
        _P.ASSIGN: _R.OWN,
        _P.APPROVE: _R.OWN,
        _P.READ_SUBMISSION: _R.SUBTREE,
        _P.READ_DIRECTIVE: _R.SUBTREE,
        _P.READ_TOTALS: _R.SUBTREE,
    },
    "unit_head": {
        _P.SUBMIT: _R.OWN,
        _P.ASSIGN: _R.OWN,
        _P.APPROVE: _R.OWN,
        _P.READ_SUBMISSION: _R.OWN,
        _P.READ_DIRECTIVE: _R.OWN,
    },
    "reporter": {_P.SUBMIT: _R.OWN, _P.READ_SUBMISSION: _R.OWN, _P.READ_DIRECTIVE: _R.OWN},
    "viewer": {_P.READ_DIRECTIVE: _R.SUBTREE, _P.READ_TOTALS: _R.SUBTREE},
    "auditor": {_P.READ_AUDIT: _R.SUBTREE},
    "postman": {_P.READ_CONTACT: _R.SUBTREE},
    "subscriber": {_P.SUBSCRIBE: _R.SUBTREE},
}
"""What each role may do. `postman` is the machine that carries letters, `subscriber` one that takes
aggregates elsewhere and sees nothing of the answers behind them. An auditor sees what was done and can do
nothing, not even see what it was done to."""

ROLES = frozenset(RIGHTS)


def may(caller: Caller, purpose: Purpose, unit_id: str, *, above: Collection[str] = ()) -> bool:
    """Say whether `caller` may act on `unit_id`, whose ancestors in the reporting tree are `above`."""
    if caller.scopes is not None and not any(
        purpose in scope.purposes and (scope.unit_id in (unit_id, PROVINCE) or scope.unit_id in above)
        for scope in caller.scopes
    ):
        return False
    for post in caller.posts:
        reach = RIGHTS.get(post.role, {}).get(purpose)
        if reach is None:
            continue
        if post.unit_id in (unit_id, PROVINCE) or (reach is Reach.SUBTREE and post.unit_id in above):
            return True
    return False


def units_for(caller: Caller, purpose: Purpose) -> frozenset[str]:
    """Return the units at which `caller` holds a post that serves `purpose`.

    With scopes, those of them at which both hold; a scope below a post's unit is left out, unless the post is at the
    whole province: which unit is below which is not known here.
    """
    held = {post.unit_id for post in caller.posts if purpose in RIGHTS.get(post.role, {})}
    if caller.scopes is None:
        return frozenset(held)
    scoped = {scope.unit_id for scope in caller.scopes if purpose in scope.purposes}
    if PROVINCE in held:
        return frozenset(scoped)
    return frozenset(held if PROVINCE in scoped else held & scoped)


def reaches_below(caller: Caller, purpose: Purpose) -> bool:
    """Say whether any post of `caller` serves `purpose` below its own unit too; most posts do not."""
    return any(RIGHTS.get(post.role, {}).get(purpose) is Reach.SUBTREE for post in caller.posts)
