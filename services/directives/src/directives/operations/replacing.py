"""What happens when a directive stands in the place of another: what is open closes, and what is the same goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chassis.caller import Caller
from chassis.transaction import Transaction
from contracts.directives import DirectiveAmended, DirectiveCorrected, DirectiveReplaced
from directives import store
from directives.domain.directive import LAST_VERSION, Correction, Directive, Stamp
from directives.domain.obligation import Duty
from directives.domain.relation import (
    OWN_ONLY,
    Relation,
    RelationKind,
    Replacement,
    check_relations,
    check_replaces_code,
    check_same,
)
from directives.domain.requirement import Requirement
from directives.operations.changing import close_as_replaced, inherit
from directives.problems import RelationUnfit
from directives.store.obligations import Obligation


def related(directive: Directive, others: Sequence[Directive]) -> Directive:
    """Return a draft with the codes of the directives it names, in its order; raise when it may not name one so.

    What is named is in force; only an issuer's own directives are replaced, recalled, amended or corrected by it.
    """
    for place, (relation, other) in enumerate(zip(directive.relations, others, strict=True)):
        other.refuse_not_in_force()
        if relation.kind in OWN_ONLY and other.issuer_unit_id != directive.issuer_unit_id:
            raise RelationUnfit(
                "Chỉ đơn vị ban hành mới thay thế, thu hồi, sửa đổi hoặc đính chính được văn bản của mình.",
                "Only its issuer replaces, recalls, amends or corrects a directive.",
                where=f"relations.{place}",
            )
    relations = [
        Relation(relation.kind, other.id, other.number.code if other.number else "")
        for relation, other in zip(directive.relations, others, strict=True)
    ]
    check_relations(relations)
    check_replaces_code(directive.replaces_code, relations)
    replaced = {each.directive_id for each in relations if each.kind == "replaces"}
    check_same(
        directive.requirements, [each for other in others if other.id in replaced for each in other.requirements]
    )
    return replace(directive, relations=tuple(relations))


async def take_changed(tx: Transaction, directive: Directive) -> Mapping[RelationKind, Sequence[Directive]]:
    """Return the directives that one is to replace, recall, correct or amend, locked.

    Raise `NotInForce` when one was ended meanwhile, or one that is to be amended was.
    """
    kinds = {each.directive_id: each.kind for each in directive.relations if each.kind in OWN_ONLY}
    taken: dict[RelationKind, list[Directive]] = {kind: [] for kind in OWN_ONLY}
    for each in sorted(kinds):
        found = await store.directives.take(tx.connection, each)
        if found is None:
            raise LookupError(f"a directive that is named is gone: {each}")
        found.refuse_not_in_force()
        taken[kinds[each]].append(found)
    return taken


async def correct_directives(
    tx: Transaction, directive: Directive, corrected: Sequence[Directive], *, by: Caller
) -> None:
    """Note on directives what an issued one corrects in them: what it says it is about."""
    code = directive.number.code if directive.number else None
    for each in corrected:
        noted = each.correct(Correction(directive.subject, code, Stamp(by.id, tx.now)))
        await store.directives.put(tx.connection, noted)


async def take_continued(
    tx: Transaction, directive: Directive, replaced: Sequence[Directive], opened: Sequence[Obligation]
) -> tuple[list[Obligation], list[Duty]]:
    """Return the new obligations, each with the one it goes on from, and all that the replaced directives still ask.

    One goes on from what its unit owes under the requirement that its own is the same as.
    """
    former = await store.duties.take_all_of(tx.connection, [each.id for each in replaced]) if replaced else []
    same_as = {each.id: each.same_as for each in directive.requirements}
    known = {(each.requirement_id, each.unit_id, each.period): each for each in former if each.state == "open"}
    linked = []
    for each in opened:
        before = known.get((same_as[each.requirement_id] or each.requirement_id, each.unit_id, each.period))
        if before is None:
            linked.append(each)
            continue
        is_theirs = before.answering_unit_id == each.answering_unit_id
        linked.append(replace(each, continues=before.id, assigned_to=before.assigned_to if is_theirs else None))
    return linked, former


async def replace_directives(
    tx: Transaction,
    directive: Directive,
    replaced: Sequence[Directive],
    opened: Sequence[Obligation],
    former: Sequence[Duty],
    *,
    by: Caller,
) -> None:
    """Close what the replaced directives still ask, let the new obligations keep what was granted, and tell everyone.

    An accepted answer to what is not asked again stays where it is. The new directive and its obligations are written.
    """
    by_code = directive.number.code if directive.number else ""
    continued = {each.continues for each in opened if each.continues}
    for each in replaced:
        code = each.number.code if each.number else ""
        duties = [duty for duty in former if duty.directive_id == each.id]
        await store.directives.put(tx.connection, each.replaced(Replacement(directive.id, tx.now)))
        await close_as_replaced(
            tx,
            duties=[
                duty
                for duty in duties
                if duty.state == "waiting"
                or (duty.state == "open" and (duty.id in continued or duty.answer_state != "accepted"))
            ],
            continued=continued,
            by_code=by_code,
            by=by,
        )
        await inherit(tx, duties=_granted(directive, each, opened, duties), from_code=code, by=by)
        tx.emit(
            DirectiveReplaced(
                occurred_at=tx.now,
                directive_id=each.id,
                version=LAST_VERSION,
                issuer_unit_id=each.issuer_unit_id,
                code=code,
                subject=each.subject,
                by_directive_id=directive.id,
                by_code=by_code,
                unit_ids=tuple(sorted(await _sent_to(tx, each, duties))),
            )
        )


async def tell_amended(tx: Transaction, directive: Directive) -> None:
    """Tell everyone who was sent a directive that this one, just issued, amends or corrects it."""
    for relation in directive.relations:
        if relation.kind not in ("amends", "corrects"):
            continue
        other = await store.directives.get(tx.connection, relation.directive_id)
        tx.emit(
            DirectiveAmended(
                occurred_at=tx.now,
                directive_id=other.id,
                kind="amends" if relation.kind == "amends" else "corrects",
                code=relation.code,
                subject=other.subject,
                by_directive_id=directive.id,
                by_code=directive.number.code if directive.number else "",
                unit_ids=tuple(sorted(await _sent_to(tx, other, ()))),
            )
        )


async def _sent_to(tx: Transaction, directive: Directive, duties: Sequence[Duty]) -> set[str]:
    """Return who is to hear of it: the units it was sent to, and those that came after them."""
    sent = await store.deliveries.of(tx.connection, directive.id)
    return {each.unit_id for each in sent} | {each.answering_unit_id for each in duties}


async def tell_corrected(tx: Transaction, directive: Directive) -> None:
    """Tell everyone who was sent a directive of the slip that was just noted on it."""
    noted = directive.corrections[-1]
    tx.emit(
        DirectiveCorrected(
            occurred_at=tx.now,
            directive_id=directive.id,
            number=len(directive.corrections),
            issuer_unit_id=directive.issuer_unit_id,
            code=directive.number.code if directive.number else "",
            subject=directive.subject,
            by_code=noted.by_code,
            unit_ids=tuple(sorted(await _sent_to(tx, directive, ()))),
        )
    )


def _granted(
    directive: Directive, replaced: Directive, opened: Sequence[Obligation], duties: Sequence[Duty]
) -> list[tuple[Duty, Duty]]:
    """Return what was granted of the old obligations and is to be kept, each with the new obligation that keeps it."""
    asked_by = {each.id: each.due_at for each in replaced.requirements}
    now_asked = {each.same_as: each for each in directive.requirements if each.same_as}
    owed = {(each.requirement_id, each.unit_id, each.period): each for each in opened}
    granted = []
    for duty in duties:
        requirement = now_asked.get(duty.requirement_id)
        new = owed.get((requirement.id, duty.unit_id, duty.period)) if requirement else None
        if requirement is None or new is None:
            continue
        # What a period of a calendar was due at first is not known any more: what is later than now counts as granted.
        first_due = new.due_at if duty.period else max(asked_by[duty.requirement_id], requirement.due_at)
        is_later = duty.state == "open" and duty.due_at > first_due
        # What waits is due when it stops waiting; later deadlines are of no use to it.
        if duty.state == "exempt" or (is_later and new.state == "open"):
            granted.append((duty, _duty(directive, new, requirement)))
    return granted


def _duty(directive: Directive, opened: Obligation, requirement: Requirement) -> Duty:
    return Duty(
        id=opened.id,
        version=1,
        directive_id=directive.id,
        requirement_id=opened.requirement_id,
        issuer_unit_id=directive.issuer_unit_id,
        reviewing_unit_id=directive.reviewer_of(requirement),
        unit_id=opened.unit_id,
        answering_unit_id=opened.answering_unit_id,
        state=opened.state,
        due_at=opened.due_at,
        closes_at=opened.closes_at,
        requirement_closes_at=requirement.closes_at,
        answer_state=opened.answer_state,
        period=opened.period,
    )
