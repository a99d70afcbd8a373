"""What people do with a draft: write it, change it, submit it, give it back, sign it. Each verb is one transaction."""

import re
from dataclasses import replace
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.transaction import Transaction
from directives import store
from directives.domain.condition import check_conditions
from directives.domain.directive import Directive, Return, Stamp, check_recipient
from directives.domain.form import Citation, Form, check_form
from directives.domain.numbering import BY_TYPE
from directives.domain.requirement import Requirement, check
from directives.domain.target import refuse_outside
from directives.operations.access import need, need_known, need_own_divisions, see, take
from directives.operations.audiences import need_heard_of, need_types_heard_of, resolve_audience
from directives.operations.passing_on import check_cascading
from directives.operations.periods import date_requirements
from directives.operations.replacing import related
from unit_tree.tree import Tree

_CODE = re.compile(r"(\d{1,6})/(\S+)")


async def draft_directive(tx: Transaction, *, directive: Directive, tree: Tree, by: Caller) -> Directive:
    """Keep a new draft. Two requests make two drafts: only a number makes a directive one of a kind."""
    need(by, "draft", directive.issuer_unit_id)
    need_known([directive.issuer_unit_id], tree)
    drafted = await _made_sure(tx, directive, tree=tree, by=by)
    await store.directives.add(tx.connection, drafted)
    return drafted


async def edit_draft(
    tx: Transaction, *, directive_id: UUID, said: Directive, seen: int, tree: Tree, by: Caller
) -> Directive:
    """Let a draft say something else; whoever saw an older revision than the newest is told so and changes nothing."""
    directive = await take(tx, directive_id, to="edit", tree=tree, by=by)
    edited = directive.say(await _made_sure(tx, said, tree=tree, by=by), seen=seen)
    if edited is not directive:
        await store.directives.put_words(tx.connection, edited)
    return edited


async def submit_draft(tx: Transaction, *, directive_id: UUID, seen: int | None, tree: Tree, by: Caller) -> Directive:
    """Submit a draft for signature: from now on it is signed or given back, and changed by nobody."""
    directive = await take(tx, directive_id, to="submit", tree=tree, by=by)
    directive.refuse_unseen(seen)
    return await _put(tx, directive, directive.submit(Stamp(by.id, tx.now)))


async def return_draft(tx: Transaction, *, directive_id: UUID, reason: str, tree: Tree, by: Caller) -> Directive:
    """Give a submitted draft back to its drafter, who may change it and submit it again."""
    directive = await take(tx, directive_id, to="return", tree=tree, by=by)
    return await _put(tx, directive, directive.give_back(Return(reason, Stamp(by.id, tx.now))))


async def sign_directive(
    tx: Transaction, *, directive_id: UUID, seen: int | None = None, tree: Tree, by: Caller
) -> Directive:
    """Sign a draft, when its turn has come; `seen` is the revision the leader read."""
    directive = await take(tx, directive_id, to="sign", tree=tree, by=by)
    directive.refuse_unseen(seen)
    scheme = await store.registers.scheme_of(tx.connection, directive.issuer_unit_id, today(tx.now).year) or BY_TYPE
    return await _put(tx, directive, directive.sign(Stamp(by.id, tx.now), scheme))


async def link_citations(tx: Transaction, form: Form) -> Form:
    """Return a form whose citations name the directives of this house they cite; the words stay as written."""
    return replace(form, citations=tuple([await _linked(tx, each) for each in form.citations]))


async def _linked(tx: Transaction, citation: Citation) -> Citation:
    written = _CODE.fullmatch(citation.code or "")
    if written is None:
        return citation
    found = await store.directives.find_cited(tx.connection, int(written[1]), written[2], citation.dated)
    return citation if found == citation.directive_id else replace(citation, directive_id=found)


async def _made_sure(tx: Transaction, directive: Directive, *, tree: Tree, by: Caller) -> Directive:
    need_own_divisions(tx, directive, tree)
    check_form(directive.form)
    for place, recipient in enumerate(directive.recipients):
        check_recipient(recipient, where=f"recipients.{place}.audience")
        if recipient.audience is not None:
            await need_heard_of(tx, recipient.audience, tree, where=f"recipients.{place}.audience")
    for place, requirement in enumerate(directive.requirements):
        check(requirement, where=f"requirements.{place}")
        await need_heard_of(tx, requirement.audience, tree, where=f"requirements.{place}.audience")
        if requirement.terms.registration is not None:
            where = f"requirements.{place}.registration.quotas"
            await need_types_heard_of(tx, requirement.terms.registration, tree, where=where)
        if requirement.assigned:
            await _refuse_outside(tx, requirement, tree, where=f"requirements.{place}")
    check_conditions(directive.requirements)
    others = [await see(tx, each.directive_id, tree=tree, by=by) for each in directive.relations]
    directive = related(directive, others)
    directive, _ = await date_requirements(tx, directive, issued_on=today(tx.now))
    await check_cascading(tx, directive)
    return replace(directive, form=await link_citations(tx, directive.form))


async def _refuse_outside(tx: Transaction, requirement: Requirement, tree: Tree, *, where: str) -> None:
    """Refuse targets of units that would not be asked today; on the day of issue that is looked at again."""
    need_known({each.unit_id for each in requirement.assigned}, tree)
    resolved = await resolve_audience(
        tx,
        requirement.audience,
        tree,
        as_of=requirement.as_of,
        issued_on=today(tx.now),
        where=f"{where}.audience",
    )
    refuse_outside(requirement.assigned, {each.unit_id for each in resolved.units}, where=where)


async def _put(tx: Transaction, before: Directive, after: Directive) -> Directive:
    if after != before:
        await store.directives.put(tx.connection, after)
    return after
