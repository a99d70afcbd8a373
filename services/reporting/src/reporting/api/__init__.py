"""The front door."""

from fastapi import APIRouter

from reporting.api import behind, editions, totals

router = APIRouter()
for room in (totals, behind, editions):
    router.include_router(room.router)
