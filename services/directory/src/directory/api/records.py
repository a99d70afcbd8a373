"""Records of national databases."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotSignedIn
from chassis.transaction import OpenTransaction
from directory.api.sent import Sent
from directory.domain.records import Outcome, Record
from directory.operations import taking_records
from directory.problems import RecordsRejected

RECORDS_AT_ONCE = 2000

router = APIRouter()


class RecordsIn(Sent):
    """Records of one national database, in the order they happened."""

    source: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
    records: Annotated[list[Record], Field(min_length=1, max_length=RECORDS_AT_ONCE)]


class RecordTakenOut(BaseModel):
    """What became of a record."""

    model_config = ConfigDict(from_attributes=True)

    record_id: str
    version: int
    unit_id: str
    outcome: Outcome


class RecordsOut(BaseModel):
    """What became of the records, in their order."""

    records: list[RecordTakenOut]


@router.post("/national-records", responses=may_raise(NotSignedIn, NotAllowed, RecordsRejected))
async def take_records(body: RecordsIn, tx: OpenTransaction, caller: Calling) -> RecordsOut:
    taken = await taking_records.take_records(tx, source=body.source, records=body.records, by=caller)
    return RecordsOut(records=[RecordTakenOut.model_validate(each) for each in taken])
