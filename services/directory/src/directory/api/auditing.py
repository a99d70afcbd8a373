"""What was recorded of sign-ins, rights and units, for auditors."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotSignedIn
from chassis.transaction import OpenTransaction
from directory.operations import auditing

RECORDS_AT_ONCE = 1000

router = APIRouter()


class AuditOut(BaseModel):
    """Some of the chain, in its order. Ask again after the last position for more."""

    records: list[dict[str, Any]]


@router.get("/audit-records", responses=may_raise(NotSignedIn, NotAllowed))
async def audit_records(
    tx: OpenTransaction,
    caller: Calling,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    at_most: Annotated[int, Query(ge=1, le=RECORDS_AT_ONCE)] = 100,
) -> AuditOut:
    links = await auditing.some_links(tx, after=after, at_most=at_most, by=caller)
    return AuditOut(records=[auditing.shown(link) for link in links])
