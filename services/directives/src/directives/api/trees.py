"""The units as handlers know them."""

from typing import Annotated

from fastapi import Depends, Request

from chassis.transaction import OpenTransaction
from unit_tree.projection import TreeReader
from unit_tree.tree import Tree


async def _tree(request: Request, tx: OpenTransaction) -> Tree:
    reader: TreeReader = request.app.state.tree_reader
    return await reader.tree(tx.connection)


KnownTree = Annotated[Tree, Depends(_tree)]
"""The units as the directory has told of them so far."""
