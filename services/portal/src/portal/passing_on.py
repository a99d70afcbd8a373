"""What a unit passes on of a directive it was sent: the same, some days earlier, with something added. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from chassis.clock import VIETNAM

TAKEN_OVER = ("kind", "title", "as_of", "periods", "indicators", "sections", "rules", "media", "document", "cut_off_at")
"""What a requirement that is passed on has of the one above; who answers it and until when is said anew."""
KINDS = ("report", "document", "video")
DAYS_BEFORE = 5
"""So many days before the unit's own deadline are proposed to those below."""


def passable(directive: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the requirements that can be passed on as they are."""
    return [each for each in directive["requirements"] if each["kind"] in KINDS and each["frequency"] is None]


def proposed_day(own_due_at: Sequence[datetime], today: date) -> date:
    """Return the last day to propose to those below: some days before the unit's own, and never past."""
    if not own_due_at:
        return today
    return max(today, (min(own_due_at) - timedelta(microseconds=1)).date() - timedelta(days=DAYS_BEFORE))


def draft(
    directive: Mapping[str, Any],
    chosen: Collection[str],
    *,
    issuer: str,
    units: Sequence[str],
    last_day: date,
    addition: str,
) -> dict[str, Any]:
    """Return the draft of the unit's own directive: `chosen` requirements, of `units`, until the end of `last_day`."""
    due_at = datetime.combine(last_day, time(0), VIETNAM) + timedelta(days=1)
    body = f"Triển khai văn bản số {directive['code']} {directive['subject']}.\n\n{addition}".strip()
    return {
        "issuer_unit_id": issuer,
        "document_type": "official_letter",
        "subject": directive["subject"],
        "body": f"{body}\n\n{directive['body']}",
        "addressees": ["Các trường trên địa bàn"],
        "recipients": [{"name": "Như kính gửi", "purpose": "execute"}],
        "relations": [{"kind": "cascades", "directive_id": directive["directive_id"]}],
        "requirements": [
            {name: each[name] for name in TAKEN_OVER if each.get(name) is not None}
            | {
                "passes_on": each["requirement_id"],
                "audience": {"unit_types": [], "include": list(units)},
                "due_phrase": f"hết ngày {last_day:%d/%m/%Y}",
                "due_at": due_at.isoformat(),
            }
            for each in passable(directive)
            if each["requirement_id"] in chosen
        ],
    }
