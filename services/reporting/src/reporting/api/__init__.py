"""The front door."""

from fastapi import APIRouter

from reporting.api import behind, totals

router = APIRouter()
for room in (totals, behind):
    router.include_router(room.router)
