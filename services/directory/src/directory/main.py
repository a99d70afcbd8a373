"""Puts the directory together."""

from functools import partial
from pathlib import Path

import chassis.tables
from chassis.clock import today
from chassis.frame import Frame
from chassis.identity import KeyRing, Published
from chassis.migrating import Migrations
from chassis.policy import PROVINCE
from chassis.porch import Role
from chassis.roles import Service
from chassis.transaction import Transactions, open_engine
from directory import access_tables, api, commands, consumers
from directory.access import Access
from directory.api.imports import IMPORT_BYTES
from directory.api.reorganisations import FILES_BYTES
from directory.api.sessions import say_when_to_return
from directory.domain.people import NewAccount, Post
from directory.operations.accounts import keep_looking_for_dormant
from directory.operations.auditing import keep_noting
from directory.operations.cataloguing import tell_what_nobody_was_told
from directory.operations.opening import published
from directory.operations.people import found_accounts
from directory.operations.selecting import RegisterTree
from directory.operations.sessions import keep_sweeping
from directory.passwords import Passwords
from directory.provider import Provider
from directory.settings import Settings
from directory.tables import metadata
from directory.tokens import Mint

assert access_tables.metadata is metadata  # noqa: S101  one description of one database, made in two rooms
MIGRATIONS = Migrations(folder=Path(__file__).parent / "migrations", metadata=(metadata, chassis.tables.metadata))

OWN_FRESH_SECONDS = 2.0
"""Every process of the directory looks this often for what another one has taken back."""


def create_frame(settings: Settings, roles: frozenset[Role], *, keys: KeyRing | None = None) -> Frame:
    """Return a process of the directory. It checks tokens with its own public keys unless given other `keys`."""
    mint = Mint(settings.private_key(), further=settings.public_keys())

    async def ask() -> Published:
        return await published(frame.transactions, mint)

    frame = Frame(
        "directory",
        settings,
        roles,
        migrations=MIGRATIONS,
        keys=keys or KeyRing(mint.public_keys, ask=ask, fresh_seconds=OWN_FRESH_SECONDS),
        body_limits={"/imports": IMPORT_BYTES, "/reorganisations/files": FILES_BYTES},
    )
    rules = settings.access_rules()
    frame.app.state.access = Access(mint, Passwords(), rules, settings.safe())
    frame.app.state.provider = Provider(settings.oidc) if settings.oidc else None
    frame.app.state.trusted_proxies = settings.trusted_proxies
    frame.app.state.register_tree = RegisterTree()
    frame.app.state.passwords = Passwords()
    frame.front_door(api.router)
    frame.letterbox(consumers.register)
    say_when_to_return(frame.app)
    frame.run_in_background(partial(keep_sweeping, frame.transactions, rules.lockout))
    frame.run_in_background(partial(keep_looking_for_dormant, frame.transactions, rules))
    frame.run_in_background(partial(keep_noting, frame.transactions))
    return frame


async def found(settings: Settings) -> None:
    """Create the founding accounts that are absent, and tell of types and groups nobody was told of. Safe to repeat.

    Accounts that exist are left alone, their passwords too.
    """
    engine = open_engine(settings.database_url, name="directory", pool_size=1)
    try:
        async with Transactions(engine).begin() as tx:
            accounts = [
                NewAccount(
                    account=each.account,
                    full_name=each.full_name,
                    email=each.email,
                    password=each.password.get_secret_value(),
                    posts=(Post(PROVINCE, each.role, today(tx.now)),),
                    kind=each.kind,
                    must_change_password=each.must_change_password,
                )
                for each in settings.founding_accounts
            ]
            await found_accounts(tx, accounts, passwords=Passwords())
            await tell_what_nobody_was_told(tx)
    finally:
        await engine.dispose()


SERVICE = Service(
    name="directory",
    settings=Settings,
    frame=create_frame,
    migrations=MIGRATIONS,
    after_migrating=found,
    commands=commands.COMMANDS,
)
