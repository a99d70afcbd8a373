"""The front door of the directory: parse, one operation, answer."""

from fastapi import APIRouter

from directory.api import catalogue, imports, people, records, reorganisations, selectors, sessions, units

router = APIRouter()
for room in (sessions, imports, records, reorganisations, units, catalogue, selectors, people):
    router.include_router(room.router)
