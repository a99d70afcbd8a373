"""Puts notify together."""

from functools import partial
from pathlib import Path

import unit_tree.tables
from chassis import tables as chassis_tables
from chassis.frame import Frame
from chassis.identity import KeyRing
from chassis.migrating import Migrations
from chassis.porch import Role
from chassis.roles import Service
from notify import addressing, api, consumers, watching
from notify.channels.contacts import AddressBook
from notify.channels.email import MailServer
from notify.courier import Courier, count_deliveries
from notify.reminding import api as reminding_api
from notify.reminding.commands import COMMANDS
from notify.reminding.scheduler import Scheduler
from notify.settings import Settings
from notify.tables import metadata
from unit_tree.projection import TreeReader

MIGRATIONS = Migrations(
    folder=Path(__file__).parent / "migrations",
    metadata=(metadata, chassis_tables.metadata, unit_tree.tables.metadata),
)


def create_frame(settings: Settings, roles: frozenset[Role], *, keys: KeyRing | None = None) -> Frame:
    """Return a process of notify. It is ready without a mail server: the inbox is the record, e-mail a channel."""
    frame = Frame("notify", settings, roles, migrations=MIGRATIONS, keys=keys)
    trees = TreeReader()
    frame.app.state.tree_reader = trees
    frame.front_door(api.router)
    frame.front_door(reminding_api.router)
    frame.letterbox(consumers.register)
    frame.run_in_background(courier_of(frame, settings).work)
    frame.run_in_background(Scheduler(frame.transactions, trees).work)
    frame.run_in_background(partial(addressing.keep_looking, frame.transactions))
    frame.run_in_background(partial(watching.keep_watch, frame.transactions, settings.watched))
    return frame


def courier_of(frame: Frame, settings: Settings) -> Courier:
    """Return the courier of a process."""
    return Courier(
        transactions=frame.transactions,
        server=MailServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            sender=settings.mail_from,
            starttls=settings.smtp_starttls,
        ),
        book=AddressBook(settings.directory_url, account=settings.machine_account, secret=settings.machine_secret),
        outcomes=count_deliveries(frame.metrics),
    )


SERVICE = Service(name="notify", settings=Settings, frame=create_frame, migrations=MIGRATIONS, commands=COMMANDS)
