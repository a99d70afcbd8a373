"""Finding things by words, with or without their marks, among what somebody may see. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.wording import folded
from portal import owing, writing

MOST = 30
"""So many of each kind are shown."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that has the words."""

    address: str
    title: str
    about: str
    state: str | None = None
    """As `owing.LOOK` knows it."""
    at: datetime | None = None
    excerpt: str | None = None
    """Where the words stand in its text."""


def line(typed: str) -> str:
    """Return what somebody typed as one line of signs that can be seen."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in typed).split())


def has_words(text: str, words: str) -> bool:
    """Say whether a text has all words, or their beginnings or middles, whatever marks either is written with."""
    within = folded(text)
    return all(word in within for word in folded(words).split())


def near(units: Iterable[Mapping[str, Any]], words: str) -> list[Mapping[str, Any]]:
    """Return the units whose names have any of the words, those with most of them first.

    So that «báo cáo stem nguyễn trãi» finds the report of that school.
    """
    parts = folded(words).split()
    found = []
    for unit in units:
        name = folded(unit["name"])
        has = [part for part in parts if part in name]
        if any(len(part) > 1 for part in has):
            found.append((-len(has), unit["name"], unit))
    found.sort(key=lambda each: each[:2])
    return [unit for *_, unit in found]


def directives(told: Iterable[Mapping[str, Any]]) -> list[Found]:
    """Return the directives a service found, as it ordered them, each with the place of the words in its text."""
    return [
        Found(
            address=f"/directives/{each['directive_id']}",
            title=str(each["subject"]),
            about=str(each["code"] or ""),
            at=datetime.fromisoformat(each["issued_on"]) if each["issued_on"] else None,
            excerpt=each["excerpt"],
        )
        for each in told
    ]


def answers(
    told: Iterable[Mapping[str, Any]], words: str, now: datetime, *, names: Mapping[str, str], is_own: bool
) -> list[Found]:
    """Return what units owe or have sent whose title, letter or unit has the words, nearest deadline first."""
    seen: dict[str, Found] = {}
    for each in sorted(told, key=lambda one: str(one["due_at"])):
        unit = names.get(each["unit_id"], each["unit_id"])
        if has_words(f"{each['code']} {each['subject']} {each['title']} {unit}", words):
            state = owing.state_of(each, now)
            sent = state in ("submitted", "returned", "accepted", "withdrawn")
            where = "owed" if is_own else "review" if sent else "directives"
            which = each["directive_id"] if where == "directives" else each["obligation_id"]
            seen.setdefault(
                each["obligation_id"],
                Found(
                    f"/{where}/{which}",
                    each["title"],
                    f"{each['code']} · {unit}",
                    state,
                    writing.moment(each["due_at"]),
                ),
            )
    return list(seen.values())[:MOST]


def written(told: Iterable[Mapping[str, Any]], *, names: Mapping[str, str], answered_by: Iterable[str]) -> list[Found]:
    """Return the answers a service found by what was written in them, as it ordered them.

    Those of the units the reader answers for lead to where it is answered, any other one to where it is reviewed.
    """
    own = set(answered_by)
    return [
        Found(
            address=f"/{'owed' if each['answering_unit_id'] in own else 'review'}/{each['obligation_id']}",
            title=str(each["title"] or ""),
            about=names.get(each["unit_id"], each["unit_id"]),
            at=writing.moment(each["submitted_at"]),
            excerpt=each["excerpt"],
        )
        for each in told
    ]


def letters(told: Iterable[Mapping[str, Any]], words: str) -> list[Found]:
    """Return the letters whose subject or text has the words, newest first."""
    return [
        Found(
            address=f"/inbox#{each['letter_id']}",
            title=str(each["subject_vi"]),
            about="",
            at=writing.moment(each["created_at"]),
        )
        for each in told
        if has_words(f"{each['subject_vi']} {each['body_vi']} {each['subject_en']}", words)
    ][:MOST]
