"""Which units? A selector says it in the words of the field; on the tree of a day it gives units, and its reasons."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from chassis.text import UnitId
from contracts.directory import RelationKind
from unit_tree.tree import Tree

TypeCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,63}$")]
GroupCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Level = Literal["preschool", "primary", "lower_secondary", "upper_secondary", "continuing"]
MANY = 10_000
"""No list of a selector is longer."""
MOST_DEEP = 20
"""So many groups may go by each other in one line; nobody would see through more, and each is a step of recursion."""

_LEVELS_VI = {
    "preschool": "mầm non",
    "primary": "tiểu học",
    "lower_secondary": "trung học cơ sở",
    "upper_secondary": "trung học phổ thông",
    "continuing": "giáo dục thường xuyên",
}
_KINDS_VI = {
    "administrative": "quản lý hành chính",
    "professional": "quản lý chuyên môn",
    "reporting": "tuyến báo cáo",
    "territory": "địa bàn",
    "cluster": "cụm",
}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Under(_Part):
    """Everyone below a unit by one kind of relation: at any depth, or directly."""

    unit_id: UnitId
    kind: Literal["administrative", "professional", "reporting", "territory", "cluster"] = "reporting"
    direct: bool = False


class Rule(_Part):
    """Units of which everything said here is true. A list says: any of these."""

    types: Annotated[tuple[TypeCode, ...], Field(max_length=100)] = ()
    levels: Annotated[tuple[Level, ...], Field(max_length=4)] = ()
    territories: Annotated[tuple[UnitId, ...], Field(max_length=MANY)] = ()
    """At any depth."""
    clusters: Annotated[tuple[UnitId, ...], Field(max_length=MANY)] = ()
    under: Annotated[tuple[Under, ...], Field(max_length=1000)] = ()
    leads_a_cluster: bool = False
    held_role: RoleName | None = None
    """Somebody holds this role at the unit itself, as in `unit_head`: a principal."""
    groups: Annotated[tuple[GroupCode, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self == Rule.model_construct():
            raise ValueError("quy tắc trống / the rule says nothing")
        return self


class Selector(_Part):
    """Units any rule means, and some by name; without those a further rule means, and without some by name."""

    any_of: Annotated[tuple[Rule, ...], Field(max_length=100)] = ()
    include: Annotated[tuple[UnitId, ...], Field(max_length=MANY)] = ()
    except_for: Annotated[tuple[Rule, ...], Field(max_length=100)] = ()
    exclude: Annotated[tuple[UnitId, ...], Field(max_length=MANY)] = ()

    @property
    def groups(self) -> set[str]:
        """Return the groups it goes by."""
        return {code for rule in (*self.any_of, *self.except_for) for code in rule.groups}

    @property
    def held_roles(self) -> set[str]:
        """Return the roles it goes by."""
        return {rule.held_role for rule in (*self.any_of, *self.except_for) if rule.held_role is not None}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The groups and types there are, by code, and what they are called."""

    groups: Mapping[str, Selector] = field(default_factory=dict)
    group_names: Mapping[str, str] = field(default_factory=dict)
    type_names: Mapping[str, str] = field(default_factory=dict)

    def roles_of(self, selector: Selector) -> set[str]:
        """Return the roles a selector goes by, directly or through any group there is."""
        return selector.held_roles.union(*(each.held_roles for each in self.groups.values()))


@dataclass(frozen=True, slots=True)
class Selection:
    """The units a selector means, by id, and what it names that there is not."""

    units: tuple[str, ...]
    unknown_units: tuple[str, ...]
    """Units nobody knows, or that were named to be included and do not exist on the day."""
    unknown_groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Whether a unit is meant, and the reasons in Vietnamese and English."""

    is_in: bool
    reasons_vi: tuple[str, ...]
    reasons_en: tuple[str, ...]
    rule: Rule | None = None
    """The rule by which the unit is meant; null when it is meant by name, or not meant."""


@dataclass(frozen=True, slots=True)
class _Condition:
    """One thing a rule says, and the units of which it is true."""

    vi: str
    en: str
    units: Collection[str]
    all_exist: bool = False
    """All of these units exist on the day; of others some may not."""


class GroupsInCircle(Exception):
    """A group that goes by itself, directly or through others."""


class Evaluation:
    """One selector on the tree of one day. `holding` is who has people: role → units at which somebody holds it.

    Reasons call types and groups by `type_names` and `group_names`, where these know them, else by their codes.
    """

    def __init__(
        self,
        selector: Selector,
        tree: Tree,
        day: date,
        *,
        groups: Mapping[str, Selector] | None = None,
        holding: Mapping[str, Collection[str]] | None = None,
        type_names: Mapping[str, str] | None = None,
        group_names: Mapping[str, str] | None = None,
    ) -> None:
        self.selector = selector
        self._tree = tree
        self._on = tree.as_of(day)
        self._groups = groups or {}
        self._holding = holding or {}
        self._type_names = type_names or {}
        self._group_names = group_names or {}
        self._include, self._exclude = frozenset(selector.include), frozenset(selector.exclude)
        self._said: dict[int, tuple[_Condition, ...]] = {}
        self._met: dict[str, Collection[str]] = {}
        self._within: list[str] = []

    def selection(self) -> Selection:
        """Return the units the selector means. Raises `GroupsInCircle`."""
        named = {*self.selector.include, *self.selector.exclude, *self._named_by_rules()}
        absent = {unit_id for unit_id in self.selector.include if unit_id not in self._on.units}
        return Selection(
            tuple(sorted(self._units_of(self.selector))),
            tuple(sorted(absent | {unit_id for unit_id in named if unit_id not in self._tree})),
            tuple(sorted(self.selector.groups - self._groups.keys())),
        )

    def _named_by_rules(self) -> Iterator[str]:
        for rule in (*self.selector.any_of, *self.selector.except_for):
            yield from (*rule.territories, *rule.clusters, *(each.unit_id for each in rule.under))

    def _units_of(self, selector: Selector) -> set[str]:
        found: set[str] = {unit_id for unit_id in selector.include if unit_id in self._on.units}
        for rule in selector.any_of:
            found |= self._units_of_rule(rule)
        for rule in selector.except_for:
            found -= self._units_of_rule(rule)
        return found.difference(selector.exclude)

    def _units_of_rule(self, rule: Rule) -> set[str]:
        conditions = self._conditions(rule)
        smallest, *others = sorted((each.units for each in conditions), key=len)
        found = set(smallest).intersection(*others)
        if any(each.all_exist for each in conditions):
            return found
        return {unit_id for unit_id in found if unit_id in self._on.units}

    def _conditions(self, rule: Rule) -> tuple[_Condition, ...]:
        # By identity: a rule may name ten thousand units, and is asked about once for each unit that is explained.
        found = self._said.get(id(rule))
        if found is None:
            found = self._said[id(rule)] = tuple(self._worked_out(rule))
        return found

    def _worked_out(self, rule: Rule) -> Iterator[_Condition]:
        on = self._on
        if rule.types:
            types = set(rule.types)
            listed = ", ".join(f"«{self._type_names.get(code, code)}»" for code in rule.types)
            of_type = (rows for (unit_type, _), rows in on.looks.items() if unit_type in types)
            yield _Condition(
                f"thuộc loại đơn vị {listed}", f"is of type {listed}", set[str]().union(*of_type), all_exist=True
            )
        if rule.levels:
            levels = set(rule.levels)
            teaching = (rows for (_, taught), rows in on.looks.items() if not levels.isdisjoint(taught))
            yield _Condition(
                f"dạy cấp học {', '.join(_LEVELS_VI[level] for level in rule.levels)}",
                f"teaches {', '.join(rule.levels)}",
                set[str]().union(*teaching),
                all_exist=True,
            )
        if rule.territories:
            yield self._any_below("nằm trên địa bàn", "lies in", rule.territories, "territory", direct=False)
        if rule.clusters:
            yield self._any_below("thuộc cụm", "is a member of", rule.clusters, "cluster", direct=True)
        if rule.under:
            yield _Condition(
                "; ".join(
                    f"{'trực tiếp ' if each.direct else ''}dưới {self._called(each.unit_id)} ({_KINDS_VI[each.kind]})"
                    for each in rule.under
                ),
                "; ".join(
                    f"{'directly ' if each.direct else ''}below {self._called(each.unit_id)} ({each.kind})"
                    for each in rule.under
                ),
                set[str]().union(*(on.below(each.unit_id, each.kind, direct=each.direct) for each in rule.under)),
            )
        if rule.leads_a_cluster:
            yield _Condition("là cụm trưởng", "leads a cluster", on.leads())
        if rule.held_role is not None:
            yield _Condition(
                f"có người giữ vai trò {rule.held_role}",
                f"somebody holds the role {rule.held_role} there",
                self._holding.get(rule.held_role, ()),
            )
        if rule.groups:
            listed = ", ".join(f"«{self._group_names.get(code, code)}»" for code in rule.groups)
            members = set[str]().union(*(self._members(code) for code in rule.groups))
            yield _Condition(f"thuộc nhóm {listed}", f"belongs to the group {listed}", members)

    def _any_below(self, vi: str, en: str, parents: Collection[str], kind: RelationKind, *, direct: bool) -> _Condition:
        found: set[str] = set()
        for parent_id in parents:
            found |= self._on.below(parent_id, kind, direct=direct)
        listed = ", ".join(map(self._called, parents))
        return _Condition(f"{vi} {listed}", f"{en} {listed}", found)

    def _called(self, unit_id: str) -> str:
        version = self._on.units.get(unit_id)
        return f"{version.name} ({unit_id})" if version else unit_id

    def _members(self, code: str) -> Collection[str]:
        if code in self._within:
            raise GroupsInCircle(" → ".join([*self._within, code]))
        if code not in self._met:
            selector = self._groups.get(code)
            self._within.append(code)
            self._met[code] = set() if selector is None else self._units_of(selector)
            self._within.pop()
        return self._met[code]

    def why(self, unit_id: str) -> Why:
        """Say why a unit is meant, or why it is not. Raises `GroupsInCircle`."""
        day = f"{self._on.day:%d/%m/%Y}", self._on.day.isoformat()
        if unit_id not in self._on.units:
            return _why(False, (f"không tồn tại ngày {day[0]}", f"does not exist on {day[1]}"))
        if unit_id in self._exclude:
            return _why(False, ("bị loại trừ đích danh", "is excluded by name"))
        for number, rule in enumerate(self.selector.except_for, start=1):
            met, unmet = self._sides(rule, unit_id)
            if not unmet:
                return _why(False, (f"bị loại trừ theo quy tắc {number}", f"is excluded by rule {number}"), *met)
        if unit_id in self._include:
            return _why(True, ("được nêu đích danh", "is included by name"))
        out: list[tuple[str, str]] = []
        for number, rule in enumerate(self.selector.any_of, start=1):
            met, unmet = self._sides(rule, unit_id)
            if not unmet:
                return _why(True, (f"đúng quy tắc {number}", f"meets rule {number}"), *met, rule=rule)
            out += [(f"quy tắc {number}: không {vi}", f"rule {number}: not so: {en}") for vi, en in unmet]
        return _why(False, *(out or [("không được nêu", "is not named")]))

    def _sides(self, rule: Rule, unit_id: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Return what is true of a unit among what a rule says, and what is not."""
        met: list[tuple[str, str]] = []
        unmet: list[tuple[str, str]] = []
        for each in self._conditions(rule):
            (met if unit_id in each.units else unmet).append((each.vi, each.en))
        return met, unmet


def _why(is_in: bool, *reasons: tuple[str, str], rule: Rule | None = None) -> Why:
    return Why(is_in, tuple(vi for vi, _ in reasons), tuple(en for _, en in reasons), rule)


def circle_of(code: str, groups: Mapping[str, Selector]) -> list[str] | None:
    """Return a way from a group through others back to itself, or null when there is none."""
    ways = [[code]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for further in sorted(groups[way[-1]].groups if way[-1] in groups else ()):
            if further == code:
                return [*way, code]
            if further not in seen:
                seen.add(further)
                ways.append([*way, further])
    return None


def longest_chain(groups: Mapping[str, Selector]) -> list[str]:
    """Return a longest way from group to group; none may go by itself."""
    longest: dict[str, list[str]] = {}

    def from_(code: str) -> list[str]:
        if code not in longest:
            ways = (from_(further) for further in sorted(groups[code].groups) if further in groups)
            longest[code] = [code, *max(ways, key=len, default=[])]
        return longest[code]

    return max((from_(code) for code in sorted(groups)), key=len, default=[])
