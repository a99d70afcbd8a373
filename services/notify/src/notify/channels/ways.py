"""The ways out of this house, as its settings say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from chassis.transaction import Transactions
from notify.channels.books import ChosenAddresses
from notify.channels.choosing import Channel
from notify.channels.contacts import AddressBook
from notify.channels.email import MailServer
from notify.channels.gateways import SmsGateway, ZaloService
from notify.channels.port import Book, Refused, Way
from notify.channels.webhooks import Webhooks
from notify.domain import Letter
from notify.settings import Settings


@dataclass(frozen=True, slots=True)
class NotOffered:
    """A way that was offered once. Letters may wait for it still: it refuses them, and they go another way."""

    @asynccontextmanager
    async def line(self) -> AsyncIterator["NotOffered"]:
        """Open nothing."""
        yield self

    async def hand_over(self, letter: Letter, address: str) -> None:  # noqa: ARG002  as every line
        """Refuse."""
        raise Refused("this channel is not offered any more")


def way_of(channel: Channel, settings: Settings, transactions: Transactions) -> tuple[Way, Book]:
    """Return a way, and where letters go by it."""
    if channel is Channel.EMAIL:
        server = MailServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            sender=settings.mail_from,
            starttls=settings.smtp_starttls,
            tls=settings.smtp_tls,
            ca_file=settings.smtp_ca_file,
            user=settings.smtp_user,
            password=settings.smtp_password,
            bounces_to=settings.bounces_to,
        )
        book = AddressBook(settings.directory_url, account=settings.machine_account, secret=settings.machine_secret)
        return server, book
    chosen = ChosenAddresses(transactions, channel)
    return _way(channel, settings, chosen), chosen


def _way(channel: Channel, settings: Settings, chosen: ChosenAddresses) -> Way:
    if channel not in settings.offered:
        return NotOffered()
    if channel is Channel.ZNS and settings.zns_template_id is not None:
        return ZaloService(settings.zns_url, settings.zns_template_id, settings.zns_token_file)
    if channel is Channel.SMS and settings.sms_url is not None:
        return SmsGateway(settings.sms_url, settings.sms_brandname, settings.sms_api_key, settings.sms_secret_key)
    return Webhooks(chosen.secret_of, settings.webhook_ca_file)
