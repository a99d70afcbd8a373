"""`python -m reporting.exports ID`: makes one export, and ends. It carries no more than that takes."""

import asyncio
import sys
from uuid import UUID

from chassis.transaction import Transactions, open_engine
from reporting.exports.making import make
from reporting.settings import Settings


async def main(export_id: UUID) -> None:
    """Make the export with this id."""
    engine = open_engine(Settings().database_url, name="reporting-export", pool_size=2)
    try:
        await make(Transactions(engine), export_id)
    finally:
        await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(UUID(sys.argv[1])))
