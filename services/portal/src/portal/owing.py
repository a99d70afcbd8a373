"""What a unit owes, in the order and under the headings in which people look at it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal import drafting, writing
from portal.words import Words

SOON = timedelta(days=7)
LOOK: Mapping[str, tuple[str, str]] = {
    # state → class of its chip, icon
    "none": ("todo", "ring"),
    "draft": ("draft", "half"),
    "submitted": ("sent", "send"),
    "returned": ("back", "back"),
    "withdrawn": ("todo", "back"),
    "accepted": ("ok", "check"),
    "late": ("late", "alert"),
    "exempt": ("free", "minus"),
    "recalled": ("free", "minus"),
    "replaced": ("free", "minus"),
    "waiting": ("free", "later"),
    "closed": ("free", "minus"),
}
OVER = frozenset({"accepted", "exempt", "recalled", "replaced"})


@dataclass(frozen=True, slots=True)
class Task:
    """One thing somebody owes, as the list shows it."""

    obligation_id: str
    title: str
    code: str
    kind: str
    issuer_unit_id: str
    unit_id: str
    answering_unit_id: str
    due_at: datetime
    due_phrase: str
    state: str
    directive_id: str = ""

    @property
    def is_over(self) -> bool:
        """Nothing is expected any more."""
        return self.state in OVER

    @property
    def is_sent(self) -> bool:
        """It lies with the reviewer."""
        return self.state == "submitted"


@dataclass(frozen=True, slots=True)
class Group:
    """Tasks under one heading."""

    heading: str
    tasks: tuple[Task, ...]
    is_open: bool = True
    """What is done is folded away."""


def state_of(owed: Mapping[str, Any], now: datetime) -> str:
    """Return the state people are shown: what became of it, else how the answer stands, else whether it is late."""
    if owed["state"] != "open":
        return str(owed["state"])
    answer = str(owed["answer_state"])
    if answer == "none" and writing.moment(owed["due_at"]) <= now:
        return "late"
    return answer


def by_unit(units: Iterable[str], owed: Iterable[Mapping[str, Any]], now: datetime) -> list[list["Task"]]:
    """Return what each of these units owes or answers for another, in the order of the units."""
    found: dict[str, list[Task]] = {unit: [] for unit in units}
    for each in owed:
        one = task(each, now)
        for unit in dict.fromkeys((one.unit_id, one.answering_unit_id)):
            if unit in found:
                found[unit].append(one)
    return list(found.values())


def task(owed: Mapping[str, Any], now: datetime) -> Task:
    """Return one obligation as the list shows it."""
    return Task(
        obligation_id=str(owed["obligation_id"]),
        title=str(owed["title"]),
        code=str(owed["code"]),
        kind=str(owed["kind"]),
        issuer_unit_id=str(owed["issuer_unit_id"]),
        unit_id=str(owed["unit_id"]),
        answering_unit_id=str(owed["answering_unit_id"]),
        due_at=writing.moment(owed["due_at"]),
        due_phrase=str(owed["due_phrase"]),
        state=state_of(owed, now),
        directive_id=str(owed["directive_id"]),
    )


@dataclass(frozen=True, slots=True)
class OfUnit:
    """What one unit owes, as whoever stands above it looks at it."""

    open: tuple[Task, ...]
    late: tuple[Task, ...]
    returned: tuple[Task, ...]
    sent: tuple[Task, ...]


def takes_answers(
    obligation: Mapping[str, Any], submission: Mapping[str, Any] | None, state: str, now: datetime
) -> bool:
    """Say whether to offer the form: whether an answer is taken, the service says.

    What was returned is taken until it is due again, what was accepted while a correction of it is permitted.
    """
    further = [submission[name] for name in ("due_again_at", "reopened_until")] if submission else []
    is_open_again = any(each and writing.moment(each) > now for each in further)
    if state in OVER:
        return state == "accepted" and is_open_again
    closes_at = obligation["closes_at"]
    return is_open_again or closes_at is None or writing.moment(closes_at) > now


def returned_fields(version: Mapping[str, Any] | None) -> dict[str, str]:
    """Return why fields of a version have to be corrected, by the names of the fields."""
    review = version["review"] if version else None
    named = [(drafting.name_of(each["field"]), each["reason"]) for each in review["fields"]] if review else []
    return {name: reason for name, reason in named if name}


def returned_files(version: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Return the files of a version that have to be replaced, each with why."""
    review = version["review"] if version else None
    if not version or not review:
        return []
    names = {f"media_ids/{each['media_id']}": str(each["file_name"]) for each in version["media"]}
    return [(names[each["field"]], each["reason"]) for each in review["fields"] if each["field"] in names]


def reasons(submission: Mapping[str, Any] | None) -> list[str]:
    """Return why a submission lies with its unit again, the reason for all of it first; none unless it does."""
    if submission is None or submission["state"] != "returned":
        return []
    review = submission["versions"][-1]["review"]
    return list(dict.fromkeys([review["reason"], *(each["reason"] for each in review["fields"])])) if review else []


def groups_of_unit(tasks: Iterable[Task]) -> OfUnit:
    """Return the tasks of a unit by what is wanted of it: to be sent, late, to be corrected, lying at the desk."""
    ordered = sorted(tasks, key=lambda each: (each.due_at, each.title))
    return OfUnit(
        open=tuple(each for each in ordered if not each.is_over and not each.is_sent),
        late=tuple(each for each in ordered if each.state == "late"),
        returned=tuple(each for each in ordered if each.state == "returned"),
        sent=tuple(each for each in ordered if each.is_sent),
    )


def groups(tasks: Iterable[Task], now: datetime, words: Words) -> list[Group]:
    """Return the tasks under their headings, nearest deadline first, what is done last."""
    ordered = sorted({each.obligation_id: each for each in tasks}.values(), key=lambda each: (each.due_at, each.title))
    mine = [each for each in ordered if not each.is_over and not each.is_sent]
    late = [each for each in mine if each.due_at <= now]
    soon = [each for each in mine if now < each.due_at <= now + SOON]
    found = [Group(words("owed.late"), tuple(late)), Group(words("owed.soon"), tuple(soon))]
    months: dict[date, list[Task]] = {}
    for each in mine:
        if each.due_at > now + SOON:
            months.setdefault(writing.last_day(each.due_at).replace(day=1), []).append(each)
    found += [Group(words.month(first), tuple(those)) for first, those in months.items()]
    found.append(Group(words("owed.sent"), tuple(each for each in ordered if each.is_sent)))
    found.append(Group(words("owed.done"), tuple(each for each in ordered if each.is_over), is_open=False))
    return [group for group in found if group.tasks]


def counts(tasks: Iterable[Task], now: datetime) -> dict[str, int]:
    """Return how many are to be done, are late, and are due soon."""
    mine = [each for each in tasks if not each.is_over and not each.is_sent]
    return {
        "count": len(mine),
        "late": sum(each.due_at <= now for each in mine),
        "soon": sum(now < each.due_at <= now + SOON for each in mine),
    }
