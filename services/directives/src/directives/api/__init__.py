"""The front door: parse, one operation, answer."""

from fastapi import APIRouter

from chassis.http import may_raise
from chassis.problems import Malformed, NotSignedIn
from directives.api import (
    boards,
    calendars,
    cascades,
    deliveries,
    directives,
    documents,
    drafts,
    files,
    numbers,
    obligations,
    overviews,
    papers,
    periods,
    questions,
    searches,
    targets,
    templates,
)

router = APIRouter(responses=may_raise(NotSignedIn, Malformed))
router.include_router(drafts.router)
router.include_router(numbers.router)
router.include_router(templates.router)
router.include_router(overviews.router)
router.include_router(searches.router)
router.include_router(directives.router)
router.include_router(boards.router)
router.include_router(deliveries.router)
router.include_router(cascades.router)
router.include_router(calendars.router)
router.include_router(periods.router)
router.include_router(obligations.router)
router.include_router(targets.router)
router.include_router(questions.router)
router.include_router(documents.router)
router.include_router(papers.router)
router.include_router(files.router)
