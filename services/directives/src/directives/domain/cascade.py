"""How a directive goes further down: units issue documents of their own to those below them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from contracts.directory import RelationKind
from directives.domain.directive import Directive
from directives.domain.requirement import Requirement
from directives.problems import DocumentTooEarly, LaterThanOwn, NotSubordinate, PassesOnUnfit
from unit_tree.tree import Tree

_ABOVE: tuple[RelationKind, ...] = ("reporting", "administrative")


@dataclass(frozen=True, slots=True)
class OwnDocument:
    """A document by which a unit carries out a directive; `directive_id` null: it was issued elsewhere."""

    unit_id: str
    directive_id: UUID | None
    code: str
    subject: str
    issued_on: date
    file_name: str | None = None
    """Of the file that is kept of one issued elsewhere."""
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a directive has come at one unit that is to act on it, and below that unit."""

    unit_id: str
    documents: tuple[OwnDocument, ...]
    below: frozenset[str]
    reached: frozenset[str]
    answered: frozenset[str]
    is_late: bool
    """A document of its own was asked for until a moment that has passed, and there is none."""


def check_passed_on(
    requirements: Iterable[Requirement], cascaded: Iterable[Requirement], own_due_at: Mapping[UUID, datetime]
) -> None:
    """Raise unless each requirement that is passed on is one of a cascaded directive, and is due no later than there.

    `own_due_at` has the deadline the issuer itself has for a requirement, where it owes an answer.
    """
    known = {each.id: each.due_at for each in cascaded} | dict(own_due_at)
    for place, each in enumerate(requirements):
        if each.passes_on is None:
            continue
        where = f"requirements.{place}"
        if each.passes_on not in known:
            raise PassesOnUnfit(
                f"«{each.title}» không nêu yêu cầu nào của văn bản được triển khai.",
                f"“{each.title}” passes on no requirement of a directive that is cascaded.",
                where=f"{where}.passes_on",
            )
        if each.due_at > known[each.passes_on]:
            raise LaterThanOwn(
                f"Hạn của «{each.title}» phải không muộn hơn hạn của chính đơn vị ban hành.",
                f"“{each.title}” must be due no later than its issuer's own answer.",
                where=f"{where}.due_at",
                due_at=known[each.passes_on].isoformat(),
            )


def check_subordinate(unit_ids: Collection[str], issuer_unit_id: str, tree: Tree, day: date) -> None:
    """Raise unless all these units stand below the issuer on a day."""
    others = sorted(
        unit_id
        for unit_id in unit_ids
        if not any(issuer_unit_id in tree.ancestors(unit_id, kind, day) for kind in _ABOVE)
    )
    if others:
        raise NotSubordinate(
            f"Có đơn vị không trực thuộc đơn vị ban hành: {', '.join(others[:20])}.",
            f"Some units do not stand below the issuer: {', '.join(others[:20])}.",
            units=others,
        )


def check_not_before(directive: Directive, issued_on: date) -> None:
    """Raise when a document that is to carry out a directive is older than that."""
    if directive.issue is not None and issued_on < directive.issue.on:
        raise DocumentTooEarly(
            f"Văn bản triển khai không thể có trước ngày {directive.issue.on:%d/%m/%Y}.",
            f"A document that carries it out is not older than the directive of {directive.issue.on}.",
            issued_on=directive.issue.on.isoformat(),
        )


def reach(
    acting: Iterable[str],
    documents: Collection[OwnDocument],
    sent_to: Mapping[UUID, Collection[str]],
    answered: Collection[str],
    *,
    tree: Tree,
    day: date,
    is_past: bool,
) -> list[Reach]:
    """Return how far a directive has come below each unit that is to act on it.

    A unit below is reached when the directive itself or a document by which the unit above carries it out was sent
    there (`sent_to`, by directive); it has answered when it answered any of these.
    """
    standing = tree.as_of(day)
    direct = frozenset(acting)
    reaches = []
    for unit_id in sorted(direct):
        own = tuple(each for each in documents if each.unit_id == unit_id)
        below = frozenset(standing.below(unit_id, "reporting"))
        through = {unit for each in own if each.directive_id for unit in sent_to.get(each.directive_id, ())}
        reached = below & (direct | through)
        reaches.append(Reach(unit_id, own, below, reached, reached & frozenset(answered), is_past and not own))
    return reaches
