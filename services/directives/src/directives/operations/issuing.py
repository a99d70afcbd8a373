"""What people do with directives that are ready: issue, recall, look up. Each verb is one transaction."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import Purpose, may
from chassis.problems import NotAllowed, NotFound
from chassis.transaction import Transaction
from contracts.directives import Copy, DirectiveIssued, ObligationTransferred, PeriodAsked, RequirementIssued
from directives import store
from directives.domain.audience import Resolution
from directives.domain.directive import Directive, Issue, Recall, Stamp
from directives.domain.obligation import AnswerState
from directives.domain.requirement import Requirement, refuse_overdue
from directives.domain.target import refuse_outside
from directives.domain.terms import figures
from directives.operations import awaiting, delivering, opening, passing_on, periods, registering, replacing
from directives.operations.access import need_own_divisions, reads_any, see, sees_whole, take
from directives.operations.audiences import resolve_audience
from directives.operations.changing import close_as_recalled
from directives.operations.drafting import link_citations
from directives.operations.opening import FIRST_VERSION
from directives.problems import AudienceEmpty, ClusterWithoutLead, UnknownUnits
from directives.store.obligations import Obligation, Owed
from unit_tree.succession import is_gone, who_answers
from unit_tree.tree import Tree


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued directive and how many units owe an answer to each of its requirements."""

    directive: Directive
    obligation_counts: dict[UUID, int]


async def issue_directive(
    tx: Transaction, *, directive_id: UUID, issued_on: date, although_overdue: bool = False, tree: Tree, by: Caller
) -> Issued:
    """Send out a numbered directive: resolve and freeze its audiences, open the obligations, tell everyone.

    One that asks for something by a day that is past on `issued_on` is sent out only when that is meant.
    """
    directive = await take(tx, directive_id, to="issue", tree=tree, by=by)
    if not directive.lacks_issue(on=issued_on):
        return Issued(directive, await _count(tx, directive))
    resolved = {
        each.id: await resolve_audience(
            tx, each.audience, tree, as_of=each.as_of, issued_on=issued_on, where=f"requirements.{place}.audience"
        )
        for place, each in enumerate(directive.requirements)
    }
    _need_answerable(directive.requirements, resolved, issued_on)
    need_own_divisions(tx, directive, tree)
    for place, each in enumerate(directive.requirements):
        asked = {unit.unit_id for unit in resolved[each.id].units}
        refuse_outside(each.assigned, asked, where=f"requirements.{place}")
    awaiting.check_meetable(directive, resolved)
    shares = registering.shares(directive, resolved, tree)
    await passing_on.check_cascading(tx, directive)
    directive, asked_by = await periods.date_requirements(tx, directive, issued_on=issued_on)
    if not although_overdue:
        refuse_overdue(directive.requirements, issued_on)
    named = await replacing.take_changed(tx, directive)
    replaced = named["replaces"]
    issued = directive.send_out(Issue(issued_on, Stamp(by.id, tx.now)))
    issued = replace(issued, form=await link_citations(tx, issued.form))
    await store.directives.put(tx.connection, issued)
    once = {
        each.id: opening.owed(each, resolved[each.id].units, tree, day=each.as_of) for each in directive.requirements
    }
    opened = [owed for each in directive.requirements if each.id not in asked_by for owed in once[each.id]]
    opened += await periods.begin(tx, issued, asked_by, day=max(issued_on, today(tx.now)), tree=tree)
    # Who will be asked when a period begins is sent the directive now.
    reached = opened + [owed for each in asked_by for owed in once[each]]
    sent = await delivering.addressed(tx, issued, reached, issued_on=issued_on, tree=tree)
    passing_on.check_reach(issued, sent, reached, issued_on=issued_on, tree=tree)
    opened, former = await replacing.take_continued(tx, issued, replaced, opened)
    await store.obligations.open_obligations(tx.connection, directive_id, opened)
    _tell(tx, issued, asked_by, await delivering.deliver(tx, sent, opened))
    await awaiting.keep(tx, issued, opening.tell_opened(tx, issued, opened, shares))
    await replacing.replace_directives(tx, issued, replaced, opened, former, by=by)
    await replacing.correct_directives(tx, issued, named["corrects"], by=by)
    for recalled in named["recalls"]:
        code = issued.number.code if issued.number else ""
        await _take_back(tx, recalled, f"Thu hồi theo văn bản {code}: {issued.subject}", by=by)
    await replacing.tell_amended(tx, issued)
    await awaiting.carry_met(tx, opened, by=by)
    await awaiting.note_issued(tx, issued, {each.unit_id for each in sent}, by=by)
    return Issued(issued, await _count(tx, issued))


async def _count(tx: Transaction, directive: Directive) -> dict[UUID, int]:
    """Return how many units owe an answer to each requirement, in its order; to one whose periods are to come, none."""
    counted = await store.obligations.count_obligations(tx.connection, directive.id)
    return {each.id: counted.get(each.id, 0) for each in directive.requirements}


async def recall_directive(tx: Transaction, *, directive_id: UUID, reason: str, tree: Tree, by: Caller) -> Directive:
    """Take an issued directive back: what is not settled is owed no more, and every unit that owed it is told.

    It stays readable, and what was accepted stays.
    """
    directive = await take(tx, directive_id, to="recall", tree=tree, by=by)
    return await _take_back(tx, directive, reason, by=by)


async def _take_back(tx: Transaction, directive: Directive, reason: str, *, by: Caller) -> Directive:
    recalled = directive.take_back(Recall(reason, Stamp(by.id, tx.now)))
    if recalled != directive:
        await store.directives.put(tx.connection, recalled)
        told = await close_as_recalled(tx, directive_id=directive.id, reason=reason, by=by)
        await delivering.tell_recalled(tx, recalled, told)
        await awaiting.note_ended(tx, recalled, by=by)
    return recalled


async def count_open_obligations(
    tx: Transaction, *, unit_ids: Collection[str], tree: Tree, by: Caller
) -> dict[str, int]:
    """Return how many open obligations each unit answers now: what would move if the unit ended."""
    day = today(tx.now)
    for unit_id in unit_ids:
        if not may(by, Purpose.ADMINISTER, unit_id, above=tree.ancestors(unit_id, "reporting", day)):
            raise NotAllowed(
                "Chỉ quản trị của các đơn vị này mới xem được.", "Only an administrator of these units may see it."
            )
    counted = await store.obligations.count_open(tx.connection, unit_ids)
    return {unit_id: counted.get(unit_id, 0) for unit_id in unit_ids}


async def transfer_obligations(tx: Transaction, *, tree: Tree) -> int:
    """Give each open obligation whose answering unit is no more to who answers for it today; return how many moved.

    Safe to repeat. One nobody came after stays where it is, for a person to decide. Accepted answers stay too.
    """
    day = today(tx.now)
    gone = [each for each in await store.obligations.answering_units(tx.connection) if is_gone(tree, each, day)]
    moved = 0
    for each in await store.obligations.take_open(tx.connection, gone) if gone else ():
        asked = tree.version(each.unit_id, each.as_of)
        answer = who_answers(tree, each.unit_id, asked.unit_type if asked else "", day)
        if answer is None or tree.version(answer[0], day) is None:
            continue
        await store.obligations.put_transfer(tx.connection, each, to_unit_id=answer[0], answers_as=answer[1])
        await delivering.deliver_on(tx, each.directive_id, answer[0])
        tx.emit(
            ObligationTransferred(
                occurred_at=tx.now,
                obligation_id=each.obligation_id,
                version=each.version + 1,
                directive_id=each.directive_id,
                requirement_id=each.requirement_id,
                issuer_unit_id=each.issuer_unit_id,
                unit_id=each.unit_id,
                answering_unit_id=answer[0],
                former_answering_unit_id=each.answering_unit_id,
                due_at=each.due_at,
                closes_at=each.closes_at,
            )
        )
        moved += 1
    return moved


async def read_directive(tx: Transaction, *, directive_id: UUID, tree: Tree, by: Caller) -> Directive:
    """Return a directive to somebody who writes for its issuer or, once issued, may read it."""
    return await see(tx, directive_id, tree=tree, by=by)


async def obligations_of_directive(
    tx: Transaction,
    *,
    directive_id: UUID,
    answer_state: AnswerState | None = None,
    answered_by: Collection[str] = (),
    tree: Tree,
    by: Caller,
) -> tuple[Directive, list[Obligation]]:
    """Return a directive and its obligations: all to its issuer, to others those of units they may read.

    `answer_state` for those whose answers stand so, `answered_by` for those these units answer.
    """
    directive = await see(tx, directive_id, tree=tree, by=by)
    opened = await store.obligations.obligations_of(
        tx.connection, directive_id, answer_state=answer_state, answered_by=list(answered_by) or None
    )
    if not sees_whole(tx, directive, tree=tree, by=by):
        opened = [each for each in opened if reads_any(tx, (each.unit_id, each.answering_unit_id), tree=tree, by=by)]
    return directive, opened


async def obligations_of_units(tx: Transaction, *, unit_ids: Collection[str], tree: Tree, by: Caller) -> list[Owed]:
    """Return what units owe or answer for others, each once, nearest deadline first; those the caller may see."""
    seen = [unit_id for unit_id in dict.fromkeys(unit_ids) if _sees_owed(tx, unit_id, tree=tree, by=by)]
    if not seen:
        raise NotFound("Không tìm thấy đơn vị này.", "There is no such unit, or you may not see what it owes.")
    return await store.obligations.owed_by(tx.connection, seen)


def _sees_owed(tx: Transaction, unit_id: str, *, tree: Tree, by: Caller) -> bool:
    above = tree.ancestors(unit_id, "reporting", today(tx.now))
    allowed = (may(by, purpose, unit_id, above=above) for purpose in (Purpose.READ_DIRECTIVE, Purpose.SUBMIT))
    return unit_id in tree and any(allowed)


def _need_answerable(requirements: Collection[Requirement], resolved: dict[UUID, Resolution], issued_on: date) -> None:
    unknown = sorted({unit_id for each in resolved.values() for unit_id in each.unknown})
    if unknown:
        raise UnknownUnits(
            f"Có đơn vị được nêu tên nhưng không có hoặc không tồn tại vào ngày chốt: {', '.join(unknown)}.",
            f"Some named units are not known, or do not exist on the day the audience stands on: {', '.join(unknown)}.",
            units=unknown,
        )
    leaderless = sorted({unit_id for each in resolved.values() for unit_id in each.without_lead})
    if leaderless:
        raise ClusterWithoutLead(
            f"Có cụm chưa có cụm trưởng vào ngày {issued_on:%d/%m/%Y}: {', '.join(leaderless)}.",
            f"Some clusters have no lead on {issued_on}: {', '.join(leaderless)}.",
            clusters=leaderless,
        )
    for each in requirements:
        if not resolved[each.id].units:
            raise AudienceEmpty(
                f"Yêu cầu «{each.title}» không có đơn vị nào phải thực hiện.",
                f"No unit would owe an answer to “{each.title}”.",
                requirement_id=str(each.id),
            )


def _division(directive: Directive, requirement: Requirement) -> str | None:
    reviewer = directive.reviewer_of(requirement)
    return None if reviewer == directive.issuer_unit_id else reviewer


def _tell(tx: Transaction, directive: Directive, asked_by: periods.AskedBy, copies: tuple[Copy, ...]) -> None:
    number, issue = directive.number, directive.issue
    if number is None or issue is None:
        raise ValueError("only an issued directive is told about")
    tx.emit(
        DirectiveIssued(
            occurred_at=tx.now,
            directive_id=directive.id,
            version=FIRST_VERSION,
            issuer_unit_id=directive.issuer_unit_id,
            document_type=directive.document_type,
            code=number.code,
            subject=directive.subject,
            issued_on=issue.on,
            priority=directive.form.priority,
            requirements=tuple(
                RequirementIssued(
                    requirement_id=each.id,
                    kind=each.kind,
                    title=each.title,
                    as_of=each.as_of,
                    periods=each.periods,
                    indicators=figures(each),
                    sections=each.sections,
                    rules=each.rules,
                    media=each.media,
                    answering=each.answering,
                    registration=each.terms.registration,
                    document=each.terms.document,
                    due_phrase=each.due_phrase,
                    due_at=each.due_at,
                    cut_off_at=each.cut_off_at,
                    closes_at=each.closes_at,
                    targets=each.targets,
                    reviewing_unit_id=_division(directive, each),
                    calendar=tuple(
                        PeriodAsked(
                            code=period.period.code,
                            name=period.period.name,
                            starts_on=period.period.starts_on,
                            ends_on=period.period.ends_on,
                        )
                        for period in asked_by.get(each.id, ())
                    ),
                )
                for each in directive.requirements
            ),
            copies=copies,
        )
    )
