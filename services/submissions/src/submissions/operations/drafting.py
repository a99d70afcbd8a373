"""Write an answer together: one draft of each obligation, saved field by field, and sent from there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.caller import Caller
from chassis.problems import Unavailable
from chassis.strokes import Strokes
from chassis.transaction import Transaction, Transactions
from submissions import store
from submissions.domain.asked import Obligation, Requirement
from submissions.domain.draft import Content, Draft, answer_of, faults_in, fields_of_version, places_in
from submissions.domain.draft_fields import refuse_not_asked
from submissions.domain.explaining import remarks_of
from submissions.domain.fault import Fault, Remark
from submissions.domain.submission import Receipt, refuse_not_owed
from submissions.operations.checking import read_history
from submissions.operations.quoting import find_faults
from submissions.operations.rights import not_found, require_submit
from submissions.operations.submitting import stand_before, submit
from submissions.problems import draft_moved_on, key_reused
from submissions.store.asked import RuleBook


@dataclass(frozen=True, slots=True)
class DraftStanding:
    """A draft, and what keeps it from being sent: each fault with its field, where it has a single one."""

    draft: Draft
    faults: Sequence[tuple[str | None, Fault]]
    remarks: Sequence[tuple[str | None, Remark]] = ()
    """What whoever sends it would be told, each with its field."""


async def read_draft(tx: Transaction, *, obligation_id: UUID, by: Caller) -> DraftStanding:
    """Return the draft of an obligation. Where nobody began one: what was sent last, as version 0.

    Only the unit's own people see it: to those who review, what was not sent does not exist.
    """
    obligation, requirement = await _asked(tx, obligation_id, by)
    draft = await store.drafts.find_draft(tx, obligation_id) or await _sent_last(tx, obligation_id)
    return await _standing(tx, obligation, requirement, draft, by)


async def save_fields(
    tx: Transaction, *, obligation_id: UUID, changes: Mapping[str, Content], seen: int, by: Caller
) -> DraftStanding:
    """Change fields of the draft, which has been seen at version `seen`. Safe to repeat.

    Raises `DraftConflict` with both contents where a colleague has changed the same field since: nothing is saved then.
    Raises `FieldsNotTaken`, `NotOwed`; a draft of what is closed or accepted may still be worked on.
    """
    obligation, requirement = await _asked(tx, obligation_id, by)
    refuse_not_owed(obligation)
    refuse_not_asked(requirement, changes)
    if await store.drafts.begin_draft(tx, obligation_id):
        sent = await _sent_last(tx, obligation_id)
        await store.drafts.put_fields(tx, obligation_id, sent.fields)
    draft = await take(tx, obligation_id)
    changed = draft.changed(changes, seen=seen, by=by.id, at=tx.now)
    if changed is not draft:
        await store.drafts.put_draft(tx, changed, since=draft.version)
    return await _standing(tx, obligation, requirement, changed, by)


async def submit_draft(
    strokes: Strokes,
    transactions: Transactions,
    rules: RuleBook,
    *,
    obligation_id: UUID,
    seen: int,
    key: str,
    by: Caller,
) -> tuple[Receipt, bool]:
    """Send the draft as the sender has seen it, exactly like an answer that is sent as a whole.

    Raises `DraftMovedOn` when a colleague has changed it since, and whatever `submit` raises.
    """
    draft = await store.drafts.read_draft(strokes, obligation_id)
    if draft is not None and draft.version == seen:
        answer = answer_of(draft)
        return await submit(
            strokes,
            transactions,
            rules,
            obligation_id=obligation_id,
            answer=answer,
            key=key,
            by=by,
            draft_version=seen,
            is_approved=draft.is_approved,
        )
    # The answer to an earlier request stands, whatever became of the draft.
    standing = await stand_before(strokes, obligation_id=obligation_id, key=key, by=by)
    before = standing.repeated
    if before is not None:
        if (
            standing.submission is None
            or before.submission_id != standing.submission.id
            or before.draft_version != seen
        ):
            raise key_reused()
        return before, True
    raise draft_moved_on(0 if draft is None else draft.version)


async def _standing(
    tx: Transaction, obligation: Obligation, requirement: Requirement, draft: Draft, by: Caller
) -> DraftStanding:
    faults, answer = faults_in(requirement, draft), answer_of(draft)
    names = places_in(answer)
    parts = await find_faults(tx, obligation, requirement, answer.consolidates, by=by)
    faults += [(names.get(each.where), each) for each in parts]
    if not requirement.is_remarked:
        return DraftStanding(draft, faults)
    history = await read_history(tx, obligation, requirement)
    remarks = remarks_of(requirement, answer, history.before, history.earlier, history.below)
    return DraftStanding(draft, faults, [(names.get(each.where), each) for each in remarks])


async def take(tx: Transaction, obligation_id: UUID) -> Draft:
    """Return a draft that was begun, locked for a change; raise `NotOwed` when its obligation was replaced just now."""
    draft = await store.drafts.take_draft(tx, obligation_id)
    if draft is None:
        refuse_not_owed(await store.asked.get_obligation(tx, obligation_id))
        raise draft_moved_on(0)
    return draft


async def _asked(tx: Transaction, obligation_id: UUID, by: Caller) -> tuple[Obligation, Requirement]:
    obligation = await store.asked.find_obligation(tx, obligation_id)
    if obligation is None:
        raise not_found()
    require_submit(by, obligation)
    requirement = await store.asked.find_requirement(tx, obligation.requirement_id)
    if requirement is None:
        raise Unavailable(
            "Yêu cầu của văn bản chưa đến nơi; vui lòng thử lại sau ít giây.",
            "The requirement behind this obligation has not arrived yet; try again in a few seconds.",
        )
    return obligation, requirement.of(obligation.particulars)


async def _sent_last(tx: Transaction, obligation_id: UUID) -> Draft:
    found = await store.submissions.find_submission_of(tx, obligation_id)
    if found is None:
        return Draft(obligation_id, 0, {})
    _, submission = found
    version = await store.submissions.get_version(tx, submission, submission.number)
    delegates = (await store.registrations.delegates_of(tx, submission.id)).get(version.number, [])
    official = (await store.registrations.officials_of(tx, submission.id)).get(version.number)
    return Draft(obligation_id, 0, fields_of_version(version, delegates, official))
