"""The front door of the directory: parse, one operation, answer."""

from fastapi import APIRouter

from directory.api import people, sessions, units

router = APIRouter()
for room in (sessions, units, people):
    router.include_router(room.router)
