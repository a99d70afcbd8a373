"""What administrators do with the words of letters."""

from collections.abc import Sequence

from chassis.caller import Caller
from chassis.policy import PROVINCE, Purpose, may
from chassis.problems import NotAllowed
from chassis.transaction import Transaction
from notify.domain import Kind, Text
from notify.store import facts
from notify.templates import filling, store
from notify.templates.examples import example, examples_of
from notify.templates.filling import Template
from notify.templates.store import Version


async def read_templates(tx: Transaction, *, by: Caller) -> Sequence[Version]:
    """Return the newest template of every kind that has one."""
    _refuse_others(by)
    return list((await store.newest(tx.connection)).values())


async def read_versions(tx: Transaction, *, kind: Kind, by: Caller) -> Sequence[Version]:
    """Return every version of a kind's template, newest first."""
    _refuse_others(by)
    return await store.versions_of(tx.connection, kind)


async def put_template(tx: Transaction, *, kind: Kind, template: Template, by: Caller) -> Version:
    """Keep a template for letters from now on; one without texts brings ours back. The same again changes nothing."""
    _refuse_others(by)
    await facts.take_turn(tx.connection)
    known = (await store.newest(tx.connection, [kind])).get(kind)
    if known is not None and known.template == template:
        return known
    return await store.put(tx.connection, kind, filling.fit(kind, template, examples_of(kind)), by=by.id, now=tx.now)


def preview(*, kind: Kind, template: Template, by: Caller) -> Text:
    """Return an example of a letter by a template that would be kept."""
    _refuse_others(by)
    return example(kind, filling.fit(kind, template, examples_of(kind)))


def _refuse_others(by: Caller) -> None:
    if not may(by, Purpose.ADMINISTER, PROVINCE):
        raise NotAllowed("Chỉ quản trị viên mới được sửa mẫu thư.", "Only administrators may change templates.")
