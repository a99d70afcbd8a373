"""What the words of a letter are made of."""

Line = tuple[str, str]
"""A line in both languages."""
Written = tuple[Line, Line, list[Line], Line]
"""The title, the opening sentence, lines after those about the directive, and the closing sentence."""


def one_line(text: str) -> str:
    """Return a text on one line, with single blanks."""
    return " ".join(text.split())
