"""An outline kept to be asked for again: what a drafter begins with instead of an empty page."""

from dataclasses import dataclass, replace

from contracts.directives import IndicatorAsked, RuleAsked, SectionAsked, TargetAsked
from directives.domain.periods import Frequency


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineTemplate:
    """One version of an outline of one issuer. A draft copies it: what was drafted does not change with it."""

    issuer_unit_id: str
    code: str
    version: int
    name: str
    sections: tuple[SectionAsked, ...]
    indicators: tuple[IndicatorAsked, ...]
    rules: tuple[RuleAsked, ...]
    targets: tuple[TargetAsked, ...] = ()
    """What is assigned to each unit is said in the draft."""
    frequency: Frequency | None = None
    """By which of the issuer's calendars it is usually asked; null: once."""

    def says_the_same(self, other: "OutlineTemplate") -> bool:
        """Say whether the two differ in their version alone."""
        return self == replace(other, version=self.version)
