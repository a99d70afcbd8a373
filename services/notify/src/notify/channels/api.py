"""Channels at the front door: what people choose, what the province allows, and who could not be reached."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotSignedIn
from chassis.text import Line
from chassis.transaction import OpenTransaction
from notify.channels import operations
from notify.channels.choosing import Channel, Choice
from notify.channels.problems import ChoiceUnfit, NoSuchDirective, NoSuchRequirement
from notify.domain import Kind
from notify.settings import Settings

router = APIRouter(tags=["channels"])


class Asked(BaseModel):
    """A body of a request; what it does not know is an error."""

    model_config = ConfigDict(extra="forbid")


class ChoiceIn(Asked):
    """The ways letters go, the first taken while it works, and where they lead."""

    channels: Annotated[list[Channel], Field(min_length=1, max_length=4)]
    phone: Annotated[Line, Field(max_length=20)] | None = None
    webhook_url: Annotated[Line, Field(max_length=500)] | None = None


class ChoiceOut(BaseModel):
    """What was chosen; the secret of a webhook is told to whoever chose it, when they do."""

    channels: list[Channel]
    phone: str | None
    webhook_url: str | None
    offered: list[Channel]
    webhook_secret: str | None = None


class PolicyIn(Asked):
    """The ways letters of a kind may go."""

    channels: Annotated[list[Channel], Field(max_length=4)]


class PoliciesOut(BaseModel):
    """By kind, the ways its letters may go; a kind that is not there may go all."""

    policies: dict[Kind, list[Channel]]


class UnreachedUnitOut(BaseModel):
    """A unit nobody of whom could be told outside of the inbox, and why."""

    unit_id: str
    people: int
    reason: str | None
    """Null where nobody holds a post at the unit."""


class UnreachedOut(BaseModel):
    """Who could not be told of a directive."""

    units_asked: int
    units: list[UnreachedUnitOut]


@router.get("/preferences", responses=may_raise(NotSignedIn))
async def read_preferences(request: Request, tx: OpenTransaction, caller: Calling) -> ChoiceOut:
    """Answer the ways the caller's letters go."""
    return _choice(await operations.read_choice(tx, by=caller), request)


@router.put("/preferences", responses=may_raise(NotSignedIn, ChoiceUnfit, Malformed))
async def put_preferences(asked: ChoiceIn, request: Request, tx: OpenTransaction, caller: Calling) -> ChoiceOut:
    """Choose the ways letters go from now on."""
    settings = _settings(request)
    choice, secret = await operations.choose(
        tx,
        Choice(tuple(asked.channels), asked.phone, asked.webhook_url),
        offered=settings.offered,
        webhook_hosts=settings.webhook_hosts,
        by=caller,
    )
    return _choice(choice, request, secret)


@router.get("/channel-policies", responses=may_raise(NotSignedIn, NotAllowed))
async def read_policies(tx: OpenTransaction, caller: Calling) -> PoliciesOut:
    """Answer which ways letters may go, by kind."""
    found = await operations.read_policies(tx, by=caller)
    return PoliciesOut(policies={kind: list(each) for kind, each in found.items()})


@router.put("/channel-policies/{kind}", responses=may_raise(NotSignedIn, NotAllowed, Malformed))
async def put_policy(kind: Kind, asked: PolicyIn, tx: OpenTransaction, caller: Calling) -> PoliciesOut:
    """Say which ways letters of a kind may go from now on."""
    found = await operations.choose_policy(tx, kind, asked.channels, by=caller)
    return PoliciesOut(policies={kind: list(each) for kind, each in found.items()})


@router.get("/directives/{directive_id}/unreached", responses=may_raise(NotSignedIn, NoSuchDirective, Malformed))
async def read_unreached(directive_id: UUID, tx: OpenTransaction, caller: Calling) -> UnreachedOut:
    """Answer which of the units that owe something could not be told of it by any way, and why."""
    asked, units = await operations.read_unreached(tx, directive_id=directive_id, by=caller)
    return UnreachedOut(units_asked=asked, units=[UnreachedUnitOut(**asdict(each)) for each in units])


@router.get("/requirements/{requirement_id}/unreached", responses=may_raise(NotSignedIn, NoSuchRequirement, Malformed))
async def read_unreached_of_requirement(requirement_id: UUID, tx: OpenTransaction, caller: Calling) -> UnreachedOut:
    """Answer which of the units that owe an answer to a requirement could not be told of it by any way, and why."""
    asked, units = await operations.read_unreached_of_requirement(tx, requirement_id=requirement_id, by=caller)
    return UnreachedOut(units_asked=asked, units=[UnreachedUnitOut(**asdict(each)) for each in units])


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.frame.settings
    return settings


def _choice(choice: Choice, request: Request, secret: str | None = None) -> ChoiceOut:
    return ChoiceOut(
        channels=list(choice.channels),
        phone=choice.phone,
        webhook_url=choice.webhook_url,
        offered=list(_settings(request).offered),
        webhook_secret=secret,
    )
