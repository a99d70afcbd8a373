"""Where files lie, as handlers know it."""

from typing import Annotated

from fastapi import Depends, Request

from directives.operations.shelf import Shelf


async def _shelf(request: Request) -> Shelf:
    shelf: Shelf = request.app.state.shelf
    return shelf


OurShelf = Annotated[Shelf, Depends(_shelf)]
"""The database and the bucket of files; a verb that takes it opens its own transactions."""
