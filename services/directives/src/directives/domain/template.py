"""An outline kept to be asked for again: what a drafter begins with instead of an empty page."""

from dataclasses import dataclass

from contracts.directives import IndicatorAsked, RuleAsked, SectionAsked


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

    def says_the_same(self, other: "OutlineTemplate") -> bool:
        """Say whether the two differ in their version alone."""
        return (self.name, self.sections, self.indicators, self.rules) == (
            other.name,
            other.sections,
            other.indicators,
            other.rules,
        )
