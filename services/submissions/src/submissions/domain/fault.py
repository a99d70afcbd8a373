"""What is said of an answer so that it can be shown beside the place: what is wrong, and what is only remarkable."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an answer, and where: a path into the request's body."""

    where: str
    indicator: str | None
    what_vi: str
    what_en: str


class Remark(NamedTuple):
    """Something about one figure that whoever sends it is told; it is taken all the same, if need be explained."""

    where: str
    """A path into the request's body."""
    indicator: str
    period: str
    what_vi: str
    what_en: str
    needs_explanation: bool = False
