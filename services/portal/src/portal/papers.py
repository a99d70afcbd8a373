"""A report that was sent, as it is to stand on paper. Pure: how it is laid out, the service of directives says."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal import writing
from portal.words import Words

MOST_TEXTS = 200
"""So many paragraphs stand under a heading; more lines than that make one paragraph."""


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
