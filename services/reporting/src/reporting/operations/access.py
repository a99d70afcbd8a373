"""What a caller may read of a requirement, and what units are called there."""

from datetime import date

from chassis.caller import Caller
from chassis.policy import Purpose, may
from chassis.problems import NotFound
from reporting.domain import Aggregate, Requirement
from reporting.domain.restating import living_on
from unit_tree.tree import Tree


class Reader:
    """What a caller may read of one requirement: all of it at the unit that asked, else what is theirs in the tree."""

    def __init__(
        self,
        caller: Caller,
        requirement: Requirement,
        tree: Tree,
        *,
        today: date,
        purpose: Purpose = Purpose.READ_TOTALS,
    ) -> None:
        self._purpose = purpose
        self._caller = caller
        self._tree = tree
        self._today = today
        self._issuer_unit_id = requirement.issuer_unit_id
        asked = (requirement.issuer_unit_id, requirement.reviewing_unit_id)
        self.has_asked = any(self._may_read_at(each) for each in asked if each is not None)

    def _may_read_at(self, unit_id: str) -> bool:
        # A unit that has ceased is read by those who stand above what it has become.
        living = living_on(self._today, self._tree, unit_id) or unit_id
        above = self._tree.ancestors(living, "reporting", self._today)
        return may(self._caller, self._purpose, unit_id, above=above)

    @property
    def acts_for_issuer(self) -> bool:
        """Say whether they may do it at the unit that asked itself, not only at the division that reviews for it."""
        return self._may_read_at(self._issuer_unit_id)

    def may_read_unit(self, unit_id: str) -> bool:
        return self.has_asked or self._may_read_at(unit_id)

    def may_read(self, aggregate: Aggregate) -> bool:
        return self.may_read_unit(aggregate.key.unit_id)


def called(tree: Tree, unit_id: str, day: date) -> tuple[str, str]:
    # A unit we have not heard of yet still has its id.
    version = tree.version(unit_id, day)
    return (version.name, version.unit_type) if version is not None else (unit_id, "")


def nothing_here() -> NotFound:
    return NotFound(
        "Không có số liệu tổng hợp nào mà bạn được xem ở đây.", "There are no totals here that you may see."
    )
