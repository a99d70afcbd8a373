"""A draft that is there already, in the form it was written in."""

from datetime import date

import pytest

from portal import composing, redrafting
from portal.doorkeeping import Form

REQUIREMENT = {
    "requirement_id": "01900000-0000-7000-8000-000000000002",
    "kind": "report", "title": "Báo cáo", "as_of": "2026-09-01", "periods": [], "sections": [], "indicators": [],
    "rules": [], "media": None, "answering": {"needs_approval": True}, "due_phrase": "hằng tháng",
    "audience": {"selector": {}, "unit_types": ["thpt", "thcs"], "include": ["U-1", "U-2"], "exclude": []},
    "due_at": "2026-10-06T00:00:00+07:00", "cut_off_at": None, "closes_at": None, "frequency": None,
    "targets": [], "assigned": None, "reviewing_unit_id": None, "condition": None, "registration": None,
    "document": None,
}  # fmt: skip
DRAFT = {
    "directive_id": "01900000-0000-7000-8000-000000000001",
    "revision": 7,
    "issuer_unit_id": "U-SGD",
    "owning_unit_id": "U-SGD",
    "document_type": "official_letter",
    "subject": "V/v thiết bị",
    "body": "Một\nHai",
    "addressees": ["A", "B"],
    "recipients": [{"name": "Như trên", "purpose": "execute", "audience": None}],
    "replaces_code": None,
    "implement_by": None,
    "relations": [{"kind": "refers_to", "directive_id": "01900000-0000-7000-8000-000000000003", "code": "7/X"}],
    "form": {"division": None, "place": None, "priority": "express_timed", "citations": [], "signer": None,
             "contact": None},
    "requirements": [REQUIREMENT],
}  # fmt: skip


def saved(draft, **typed):
    """Return what is saved of a draft by somebody who types this over what the form shows."""
    carried = redrafting.carried_of_draft(draft)
    sheet = composing.first_sheet(carried, draft, issuer="", today=date(2026, 11, 22))
    shown = {**sheet.said, **{f"recipient{n}": each["purpose"] for n, each in enumerate(sheet.recipients)}}
    fields = list(shown.items())
    for place, asked in enumerate(sheet.requirements):
        at, said = f"r{place}:", asked.said
        fields += [(f"{at}{name}", said[name]) for name in ("kind", "title", "due_phrase", "include", "exclude")]
        fields += [(f"{at}on", "yes"), (f"{at}due_at", asked.due_local)]
        # A browser sends the boxes in the order they stand in, whichever the draft has.
        fields += [(f"{at}type", each) for each in sorted(said["audience"]["unit_types"])]
    form = Form([(name, typed.get(name, text)) for name, text in fields])
    return composing.draft_of(composing.sheet_of(form, carried), carried)


def test_what_nobody_changed_is_said_again_with_the_revision_that_was_seen():
    told = saved(DRAFT)

    kept = {name: told[name] for name in ("revision", "issuer_unit_id", "subject", "body", "addressees", "recipients")}
    assert kept == {name: DRAFT[name] for name in kept}
    assert told["form"]["priority"] == "express_timed"
    assert told["relations"] == [{"kind": "refers_to", "directive_id": DRAFT["relations"][0]["directive_id"]}]
    assert told["owning_unit_id"] is None
    [asked] = told["requirements"]
    chosen = {name: REQUIREMENT["audience"][name] for name in ("unit_types", "include", "exclude")}
    assert (asked["as_of"], asked["audience"]) == ("2026-09-01", chosen)
    assert (asked["due_at"], asked["answering"]) == (REQUIREMENT["due_at"], REQUIREMENT["answering"])
    assert "requirement_id" not in asked


def test_what_a_calendar_asks_for_is_due_by_it_and_by_nothing_else():
    monthly = {"calendar": "thang", "due": {"kind": "by_day", "count": 5, "on_working_day": True}}

    [asked] = saved({**DRAFT, "requirements": [{**REQUIREMENT, "frequency": monthly}]})["requirements"]

    assert (asked["due_at"], asked["frequency"]) == (None, monthly)


def test_pictures_that_are_asked_for_stay_as_they_were():
    pictures = {"count": 3, "max_seconds": 60, "max_bytes": 9, "formats": ["jpg"], "least_pixels": 800}

    [asked] = saved({**DRAFT, "requirements": [{**REQUIREMENT, "kind": "media", "media": pictures}]})["requirements"]

    assert asked["media"] == pictures


@pytest.mark.parametrize(
    ("day", "days"), [("2026-09-01", ["2026-09-01", "2026-03-01"]), ("2027-01-01", ["2027-01-01"] * 2)]
)
def test_another_day_is_that_of_every_requirement_and_the_same_one_of_none(day, days):
    both = {**DRAFT, "requirements": [REQUIREMENT, {**REQUIREMENT, "as_of": "2026-03-01"}]}

    assert [each["as_of"] for each in saved(both, as_of=day)["requirements"]] == days
