"""Words sought in columns of PostgreSQL; apart from `wording`, which a domain may use."""

from typing import Any

from sqlalchemy import ColumnElement

from chassis.wording import pattern


def has_word(written: ColumnElement[Any], word: str) -> ColumnElement[bool]:
    """Return the condition that a text in PostgreSQL, composed as all text is that comes in, has a word in it.

    Marks and capitals in either count as little as they do in `wording.folded`. The word becomes a pattern, and no text
    is folded: that takes twenty times as long.
    """
    return written.regexp_match(pattern(word))
