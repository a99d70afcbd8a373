"""Statements that are rendered once, for where many rows or many round trips are paid for.

To look one up among those it has compiled, and to make rows of its own of what the driver has read, takes SQLAlchemy
longer than the driver takes for all of it.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

_DIALECT = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves this constructor untyped


class Rendered:
    """A statement of SQLAlchemy Core, rendered once for the driver.

    Values go to the driver as they are: JSON as text, arrays as sequences.
    """

    def __init__(self, statement: ClauseElement) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101  what a statement compiles to
        self.text = str(compiled)
        self.stated = [(name, compiled.params[name]) for name in compiled.positiontup or ()]
        """What a statement says itself (`state='submitted'`) has its value here, what a caller says is null."""

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the driver's arguments, in order; raises `KeyError` for a value that is not given."""
        return [values[name] if stated is None else stated for name, stated in self.stated]
