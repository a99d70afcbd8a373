"""The front door."""

from fastapi import APIRouter

from reporting.api import behind, consolidating, editions, totals

router = APIRouter()
for room in (totals, behind, consolidating, editions):
    router.include_router(room.router)
