"""Reports as they are to stand on paper. Pure: how they are laid out, the service of directives says."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal import writing
from portal.words import Words

MOST_TEXTS = 200
"""So many paragraphs stand under a heading; more lines than that make one paragraph."""

MOST_PASSAGES = 1000
MOST_CHARACTERS = 150_000
"""Of what units wrote, in one report: whoever edits it has all of it on the page of what was written."""


def with_words(
    report: Mapping[str, Any], headings: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> dict[str, Any]:
    """Return a report with what units wrote under its headings, each passage under the name of its unit.

    What is too much for one report is cut, and it is said that it was.
    """
    said = {f"{each['code']}. {each['title']}": each["written"] for each in headings if each["written"]}
    most = min(MOST_TEXTS - 1, MOST_PASSAGES // max(1, len(said)))
    longest = MOST_CHARACTERS // max(1, sum(min(most, len(each)) for each in said.values()))
    sections = []
    for section in report["sections"]:
        written = said.get(section["title"], ())
        passages = sorted((names.get(each["unit_id"], each["unit_id"]), _run_on(each["words"])) for each in written)
        texts = [f"{name}: {_cut(passage, longest)}" for name, passage in passages[:most]]
        if len(passages) > most:
            texts.append(f"Còn {len(passages) - most} đơn vị khác.")  # as the document is: in Vietnamese
        sections.append({**section, "texts": [*section["texts"], *texts][:MOST_TEXTS]})
    return {**report, "sections": sections}


def _run_on(said: str | Sequence[str]) -> str:
    return said if isinstance(said, str) else "; ".join(said)


def _cut(passage: str, longest: int) -> str:
    return passage if len(passage) <= longest else f"{passage[: longest - 1].rstrip()}…"


def report_of(told: Mapping[str, Any], version: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Return what `POST /report-papers` of directives takes, of one version of what was sent."""
    requirement, directive, names = told["requirement"], told["directive"], told["names"]
    document = version["document"]
    number, _, notation = document["code"].partition("/") if document else ("", "", "")
    issuer = names[directive["issuer_unit_id"]]
    periods = list(requirement["periods"]) if requirement["indicators"] and not version["nil"] else []
    return {
        "unit": names[told["obligation"]["unit_id"]],
        "number": int(number) if document else None,
        "notation": notation or None,
        "day": document["issued_on"] if document else writing.moment(version["submitted_at"]).date().isoformat(),
        "subject": document["subject"] if document else requirement["title"],
        "addressee": issuer,
        "answers_code": directive["code"],
        "sections": [*_nil(version, words), *_sections(requirement, version)],
        "periods": periods,
        "figures": _figures(requirement, periods, version["values"]) if periods else [],
        "recipients": [issuer],
        "signer": {"name": document["signed_by"]} if document else None,
    }


def _nil(version: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    return [{"title": words("answer.nil"), "texts": []}] if version["nil"] else []


def _sections(requirement: Mapping[str, Any], version: Mapping[str, Any]) -> list[dict[str, Any]]:
    files = {each["media_id"]: each["file_name"] for each in version["media"]}
    written = version["narrative"]
    found = []
    for section in requirement["sections"]:
        said = written.get(section["code"])
        if said:
            texts = [str(files.get(each, each)) for each in said] if isinstance(said, list) else [str(said)]
            title = f"{section['code']}. {section['title']}"
            found.append({"title": title, "texts": texts if len(texts) <= MOST_TEXTS else ["\n".join(texts)]})
    return found


def _figures(
    requirement: Mapping[str, Any], periods: Sequence[str], stated: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return each figure with a value for each period: the whole of its levels, null where nothing was stated."""
    whole: dict[tuple[str, str], bool | int] = {}
    for each in stated:
        key = each["indicator"], each["period"]
        known = whole.get(key)
        if known is None:
            whole[key] = each["value"]
        else:
            whole[key] = (known or each["value"]) if isinstance(each["value"], bool) else known + each["value"]
    return [
        {
            "name": each["name"],
            "unit_of_measure": each["unit_of_measure"],
            "values": [whole.get((each["code"], period)) for period in periods],
        }
        for each in requirement["indicators"]
        if each["type"] != "ratio"
    ]
