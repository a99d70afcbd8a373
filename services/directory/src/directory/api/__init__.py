"""The front door of the directory: parse, one operation, answer."""

from fastapi import APIRouter, Depends

from directory.api import accounts, auditing, identities, keys, people, posts, proving, sessions, units
from directory.api.clients import note_client

router = APIRouter(dependencies=[Depends(note_client)])
for room in (sessions, units, people, accounts, proving, posts, keys, identities, auditing):
    router.include_router(room.router)
