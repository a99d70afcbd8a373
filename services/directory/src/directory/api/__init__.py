"""The front door of the directory: parse, one operation, answer."""

from fastapi import APIRouter, Depends

from directory.api import (
    accounts,
    auditing,
    catalogue,
    identities,
    imports,
    keys,
    people,
    posts,
    proving,
    records,
    reorganisations,
    selectors,
    sessions,
    units,
)
from directory.api.clients import note_client

router = APIRouter(dependencies=[Depends(note_client)])
for room in (
    sessions,
    imports,
    records,
    reorganisations,
    units,
    catalogue,
    selectors,
    people,
    accounts,
    proving,
    posts,
    keys,
    identities,
    auditing,
):
    router.include_router(room.router)
