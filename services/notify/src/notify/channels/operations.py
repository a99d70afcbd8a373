"""What a person, the province and a desk can do about the ways letters go."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from chassis.caller import Caller
from chassis.policy import PROVINCE, Purpose, may
from chassis.problems import NotAllowed
from chassis.transaction import Transaction
from notify.channels.choosing import Channel, Choice, fit
from notify.channels.problems import NoSuchDirective, NoSuchRequirement
from notify.channels.webhooks import new_secret
from notify.domain import Kind
from notify.store import preferences, reaching
from notify.store.reaching import Unreached


async def read_choice(tx: Transaction, *, by: Caller) -> Choice:
    """Return what the caller has chosen; who has chosen nothing has letters by e-mail."""
    return await preferences.find(tx.connection, by.id) or Choice()


async def choose(
    tx: Transaction, choice: Choice, *, offered: Collection[Channel], webhook_hosts: Collection[str], by: Caller
) -> tuple[Choice, str | None]:
    """Keep what the caller chooses for letters from now on; return it, and the secret of their webhook."""
    kept = fit(choice, offered=offered, webhook_hosts=webhook_hosts)
    secret = new_secret() if kept.webhook_url is not None else None
    return kept, await preferences.put(tx.connection, by.id, kept, new_secret=secret, now=tx.now)


async def read_policies(tx: Transaction, *, by: Caller) -> Mapping[Kind, Sequence[Channel]]:
    """Return which ways letters of a kind may go, for those that may not go all."""
    _refuse_others(by)
    return await preferences.policies(tx.connection)


async def choose_policy(
    tx: Transaction, kind: Kind, channels: Sequence[Channel], *, by: Caller
) -> Mapping[Kind, Sequence[Channel]]:
    """Say which ways letters of a kind may go from now on; e-mail stays the last resort. Safe to repeat."""
    _refuse_others(by)
    await preferences.put_policy(tx.connection, kind, tuple(dict.fromkeys(channels)), by=by.id, now=tx.now)
    return await preferences.policies(tx.connection)


async def read_unreached(tx: Transaction, *, directive_id: UUID, by: Caller) -> tuple[int, list[Unreached]]:
    """Return how many units owe something of a directive, and who of them could not be told; for its desk."""
    desks = await reaching.desks_of(tx.connection, directive_id=directive_id)
    if not any(may(by, Purpose.REVIEW, each) for each in desks):
        raise NoSuchDirective("Không có văn bản này.", "There is no such directive.")
    return await reaching.unreached_of(tx.connection, directive_id=directive_id)


async def read_unreached_of_requirement(
    tx: Transaction, *, requirement_id: UUID, by: Caller
) -> tuple[int, list[Unreached]]:
    """Return how many units owe an answer to a requirement, and who of them could not be told; for its desk."""
    desks = await reaching.desks_of(tx.connection, requirement_id=requirement_id)
    if not any(may(by, Purpose.REVIEW, each) for each in desks):
        raise NoSuchRequirement("Không có yêu cầu này.", "There is no such requirement.")
    return await reaching.unreached_of(tx.connection, requirement_id=requirement_id)


def _refuse_others(by: Caller) -> None:
    if not may(by, Purpose.ADMINISTER, PROVINCE):
        raise NotAllowed("Chỉ quản trị viên mới được đặt kênh gửi thư.", "Only administrators may set channels.")
