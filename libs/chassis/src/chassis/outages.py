"""Tell a dead neighbour, or one in the way, from a fault of ours: the first is waited for, the second is not."""

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_AWAY = (
    ConnectionError,
    TimeoutError,
    PoolTimeout,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    # What the driver says when the server dies between the two messages of one statement (asyncpg 0.32).
    asyncpg.InternalClientError,
    # Our own limit on a statement: a server that cannot finish one in thirty seconds is as good as away.
    asyncpg.QueryCanceledError,
    # Two transactions stood in each other's way and this one was undone, all of it: what was asked may be asked again.
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)


def is_outage(error: BaseException) -> bool:
    """Say whether `error` means that a server is away or busy with another, not that what was asked of it is wrong."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated or isinstance(error, InterfaceError | OperationalError):
            return True
        cause = error.orig.__cause__ if error.orig is not None else None
        return isinstance(cause, _AWAY)
    return isinstance(error, _AWAY) or (isinstance(error, OSError) and error.errno is not None)
