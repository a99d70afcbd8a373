"""The outline of a requirement as fields of a form, and a form as the answer the service takes.

Pure, and no rule is checked here: whether an answer is right, the service says.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal import kinds, writing
from portal.consolidating import NOTHING, Gathered, Poured, Sum
from portal.filling import LINES, Filled, explanation_name, figure_name, parts_name
from portal.problems import Refused
from portal.words import Words


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure for one period, as a field."""

    name: str
    """The name of the field: `v:stem.lessons:2025-2026`, and the level after it where it is asked per level."""
    indicator: str
    period: str
    title: str
    type: str
    unit_of_measure: str
    hints: tuple[str, ...]
    filled: str
    """As it was typed, or stated before."""
    fault: str | None = None
    explained: str | None = None
    """Why it is as it is, as it was typed; null: nobody asks."""
    returned: str | None = None
    """Why it has to be corrected, in the words of who reviewed it."""
    parts: str = ""
    """Which units stand behind it, where it is added up."""
    sum: Sum | None = None
    """What the units below add up to."""

    @property
    def parts_name(self) -> str:
        """Return the name of the field for the units behind it."""
        return parts_name(self.indicator, self.period)

    @property
    def explained_name(self) -> str:
        """Return the name of the field for that: of all levels of the figure together."""
        return explanation_name(self.indicator, self.period)


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the outline, as a field."""

    name: str
    code: str
    title: str
    kind: str
    filled: str
    fault: str | None = None
    files: "Files | None" = None
    """Of a heading for evidence: which files stand under it."""
    returned: str | None = None
    poured: Poured | None = None
    """What those below the unit wrote there."""

    @property
    def media_ids(self) -> tuple[str, ...]:
        """Return the files that stand under a heading for evidence."""
        return tuple(self.filled.split()) if self.files is not None else ()


@dataclass(frozen=True, slots=True)
class Files:
    """Which files an answer takes."""

    heading: str
    asked: str
    most: int
    accept: str
    """As `accept` of a field for files."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a form shows of one requirement."""

    periods: tuple[tuple[str, tuple[Figure, ...]], ...]
    sections: tuple[Section, ...]
    files: Files | None
    media_ids: tuple[str, ...]
    is_nil: bool
    other_faults: tuple[str, ...] = ()
    fault_count: int = 0
    people: kinds.People | None = None
    written: tuple[kinds.Written, ...] = ()
    signed: Files | None = None
    signed_media_ids: tuple[str, ...] = ()


def answer(requirement: Mapping[str, Any], filled: Filled, words: Words) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the answer as the service takes it, and what could not even be read, by field.

    A blank is left out: it is not zero. Whether that is right, the service says.
    """
    unread: dict[str, str] = {}
    values = []
    for indicator, period, level in _asked(requirement):
        name = figure_name(indicator["code"], period, level)
        typed = filled.values.get(name, "")
        if typed == "" or filled.is_nil:
            continue
        if indicator["type"] == "bool":
            value: bool | int | None = {"yes": True, "no": False}.get(typed)
        else:
            value = writing.read_number(typed)
        if value is None:
            unread[name] = words("answer.not_number")
        else:
            stated = {"indicator": indicator["code"], "period": period, "value": value}
            values.append(stated | ({"level": level} if level else {}))
    narrative: dict[str, str | list[str]] = {}
    media_ids = list(filled.media_ids)
    for section in requirement["sections"]:
        text = filled.narrative.get(section["code"], "")
        if text:
            lines = [line.strip() for line in text.split(LINES) if line.strip()]
            narrative[section["code"]] = text if section["kind"] == "text" else lines
            if section["kind"] == "evidence":
                media_ids += [each for each in lines if each not in media_ids]
    explained = {(each["code"], period) for each in requirement["indicators"] for period in requirement["periods"]}
    explanations = [
        {"indicator": indicator, "period": period, "words": filled.explanations[name]}
        for indicator, period in sorted(explained)
        if filled.explanations.get(name := explanation_name(indicator, period))
    ]
    body = {
        "values": values,
        "narrative": narrative,
        "media_ids": media_ids,
        "nil": filled.is_nil,
        **({"explanations": explanations} if explanations else {}),
        **kinds.answered(requirement, filled),
    }
    return body, unread | dict.fromkeys(kinds.incomplete(requirement, filled), words("answer.left_blank"))


def sheet(
    requirement: Mapping[str, Any],
    filled: Filled,
    words: Words,
    *,
    unread: Mapping[str, str] | None = None,
    refused: Refused | None = None,
    sent: Mapping[str, Any] | None = None,
    former: Sequence[Mapping[str, Any]] = (),
    returned: Mapping[str, str] | None = None,
    gathered: Gathered = NOTHING,
) -> Sheet:
    """Return the form; with what the service said of `sent`, each fault beside its field.

    `former` is what the unit stated of the same figures before, the newest first; `returned` says of fields why they
    have to be corrected; `gathered` is what those below the unit add up to, and wrote.
    """
    faults = dict(unread or {})
    explanations = dict(filled.explanations)
    others: list[str] = []
    for told in _faults(refused, words):
        what = words.either(told.get("what_vi"), told.get("what_en"))
        if told.get("needs_explanation"):
            explanations.setdefault(explanation_name(told["indicator"], told["period"]), "")
        for name in _places(told, requirement, sent) or [""]:
            if name:
                faults.setdefault(name, what)
            else:
                others.append(what)
    seen = _Seen(faults, explanations, former, returned or {}, gathered.sums)
    periods = tuple(
        (
            period,
            tuple(
                _figure(indicator, period, level, requirement, filled, seen, words)
                for indicator in requirement["indicators"]
                for level in _levels(indicator, requirement)
            ),
        )
        for period in (requirement["periods"] if requirement["indicators"] else ())
    )
    sections = tuple(
        Section(
            name=f"s:{each['code']}",
            code=each["code"],
            title=each["title"],
            kind=each["kind"],
            filled=filled.narrative.get(each["code"], ""),
            fault=faults.get(f"s:{each['code']}"),
            files=_evidence(each, words),
            returned=seen.returned.get(f"s:{each['code']}"),
            poured=gathered.words.get(each["code"]),
        )
        for each in requirement["sections"]
    )
    people = kinds.people(requirement, filled, faults)
    written = kinds.written(requirement, filled, faults)
    shown = {figure.name for _, figures in periods for figure in figures} | {each.name for each in sections}
    shown |= {each.name for each in written}
    if people is not None:
        shown |= {"delegates", *(f"p:{place}" for place in range(people.sent))}
    others += [what for name, what in faults.items() if name not in shown]
    return Sheet(
        periods=periods,
        sections=sections,
        files=_files(requirement, words),
        media_ids=tuple(each for each in filled.media_ids if all(each not in one.media_ids for one in sections)),
        is_nil=filled.is_nil,
        other_faults=tuple(others),
        fault_count=len(faults) + len(others) - sum(name not in shown for name in faults),
        people=people,
        written=written,
        signed=_signed(requirement, words),
        signed_media_ids=tuple(filter(None, [filled.document.get("signed_media_id")])),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is shown beside figures: what is wrong, why they are as they are, what was stated before."""

    faults: Mapping[str, str]
    explanations: Mapping[str, str]
    former: Sequence[Mapping[str, Any]]
    returned: Mapping[str, str]
    sums: Mapping[str, Sum]

    def before(self, indicator: str, period: str) -> Mapping[str, Any] | None:
        """Return what was stated of a figure last, of another period."""
        return next((each for each in self.former if each["indicator"] == indicator and each["period"] != period), None)


def _figure(
    indicator: Mapping[str, Any],
    period: str,
    level: str | None,
    requirement: Mapping[str, Any],
    filled: Filled,
    seen: _Seen,
    words: Words,
) -> Figure:
    name = figure_name(indicator["code"], period, level)
    # Levels are explained together, beside the first of them.
    names = {each["code"]: each["name"] for each in requirement["indicators"]}
    is_first = level == _levels(indicator, requirement)[0]
    hints = [
        words(f"answer.{rule}", name=names.get(indicator[rule], indicator[rule]))
        for rule in ("of_which", "at_most", "only_if")
        if indicator.get(rule)
    ]
    before = seen.before(indicator["code"], period)
    if before is not None and not isinstance(before["value"], bool):
        hints.append(words("answer.before", period=before["period"], value=words.number(before["value"])))
    return Figure(
        name=name,
        indicator=indicator["code"],
        period=period,
        title=f"{indicator['name']}, {words.one_of('level', level)}" if level else indicator["name"],
        type=indicator["type"],
        unit_of_measure=indicator["unit_of_measure"],
        hints=tuple(hints),
        filled=filled.values.get(name, ""),
        fault=seen.faults.get(name),
        explained=seen.explanations.get(explanation_name(indicator["code"], period)) if is_first else None,
        returned=seen.returned.get(name),
        parts=filled.consolidates.get(parts_name(indicator["code"], period), "") if is_first else "",
        sum=seen.sums.get(name),
    )


def of_unit(requirement: Mapping[str, Any], *, period: str | None, levels: Sequence[str]) -> dict[str, Any]:
    """Return what a requirement asks of one unit: the period its obligation is for, the education levels it teaches.

    Figures that count people are not stated: they follow from who is registered.
    """
    stated = [
        each
        for each in requirement["indicators"]
        if not (requirement.get("registration") and each["code"].startswith("delegates."))
    ]
    periods = [period] if period else requirement["periods"]
    return {**requirement, "indicators": stated, "periods": periods, "taught": list(levels)}


def _levels(indicator: Mapping[str, Any], requirement: Mapping[str, Any]) -> Sequence[str | None]:
    """Return the levels a figure is stated for: those asked for that the unit teaches; undivided, a single null."""
    if not indicator.get("per_level"):
        return (None,)
    asked, taught = indicator.get("levels") or (), requirement.get("taught") or ()
    if not taught:
        return tuple(asked) or (None,)
    return tuple(level for level in taught if not asked or level in asked)


def _asked(requirement: Mapping[str, Any]) -> Iterable[tuple[Mapping[str, Any], str, str | None]]:
    for indicator in requirement["indicators"]:
        if indicator["type"] != "ratio":
            for period in requirement["periods"]:
                for level in _levels(indicator, requirement):
                    yield indicator, period, level


def _files(requirement: Mapping[str, Any], words: Words) -> Files | None:
    film, document = requirement["media"], requirement.get("document")
    if film and film.get("formats"):
        formats, size = ", ".join(film["formats"]), words.size(film["max_bytes"])
        told = words("answer.files_asked", count=film["count"], formats=formats, size=size)
        return Files(words("answer.files"), told, film["count"], _accepted(film["formats"]))
    if film:
        told = words(
            "answer.video_asked", count=film["count"], seconds=film["max_seconds"], size=words.size(film["max_bytes"])
        )
        return Files(words("answer.video"), told, film["count"], "video/*")
    if document:
        formats = ", ".join(document["formats"])
        told = words(
            "answer.files_asked", count=document["at_most"], formats=formats, size=words.size(document["max_bytes"])
        )
        return Files(words("answer.files"), told, document["at_most"], _accepted(document["formats"]))
    return None


def _signed(requirement: Mapping[str, Any], words: Words) -> Files | None:
    if not kinds.takes_signed(requirement):
        return None
    return Files(words("answer.signed_file"), words("answer.signed_file_hint"), 1, ".pdf")


def _evidence(section: Mapping[str, Any], words: Words) -> Files | None:
    asked = section.get("evidence")
    if not asked:
        return None
    formats = ", ".join(asked["formats"])
    told = words("answer.files_asked", count=asked["at_most"], formats=formats, size=words.size(asked["max_bytes"]))
    return Files(section["title"], told, asked["at_most"], _accepted(asked["formats"]))


def _accepted(formats: Iterable[str]) -> str:
    return ",".join(f".{each}" for each in formats)


def _faults(refused: Refused | None, words: Words) -> list[dict[str, Any]]:
    if refused is None:
        return []
    errors = [each for each in refused.told.get("errors", []) if isinstance(each, dict)]
    told = [each for each in errors if "what_vi" in each]
    if refused.problem_code == "malformed":
        unfit = [where for each in errors if (where := kinds.unfit_place(str(each.get("where", ""))))]
        told = [{"where": where, "what_vi": words("answer.unfit"), "what_en": words("answer.unfit")} for where in unfit]
    return told or [{"where": "", "what_vi": refused.vi, "what_en": refused.en}]


def _places(told: Mapping[str, Any], requirement: Mapping[str, Any], sent: Mapping[str, Any] | None) -> list[str]:
    """Return the fields a fault stands beside; none when it is about the answer as a whole."""
    where, indicator = str(told.get("where", "")), told.get("indicator")
    if where.startswith("narrative."):
        return [f"s:{where.removeprefix('narrative.').partition('[')[0]}"]
    if where.startswith("values[") and sent is not None:
        place = where.removeprefix("values[").partition("]")[0]
        if place.isdigit() and int(place) < len(sent["values"]):
            stated = sent["values"][int(place)]
            return [figure_name(stated["indicator"], stated["period"], stated.get("level"))]
    if (place_of_kind := kinds.place_of(where)) is not None:
        return [place_of_kind]
    if indicator:
        there = {
            figure_name(each["indicator"], each["period"], each.get("level"))
            for each in (sent["values"] if sent else ())
        }
        asked = [
            figure_name(each["code"], period, level)
            for each, period, level in _asked(requirement)
            if each["code"] == indicator
        ]
        return [name for name in asked if name not in there]
    return []
