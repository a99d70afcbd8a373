"""What is wrong with an answer, said so that it can be shown beside the place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an answer, and where: a path into the request's body."""

    where: str
    indicator: str | None
    what_vi: str
    what_en: str
