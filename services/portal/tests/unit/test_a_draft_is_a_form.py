"""The draft on the server and the form in the browser say the same."""

from datetime import datetime

import pytest

from chassis.clock import VIETNAM
from portal import drafting
from portal.filling import Filled

REQUIREMENT = {
    "indicators": [{"code": "a.yes", "type": "bool"}, {"code": "a.count", "type": "int"}],
    "sections": [{"code": "I.1", "kind": "list"}, {"code": "II", "kind": "text"}],
}


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("v:a.count:2025-2026", "values/a.count/2025-2026"),
        ("v:a.count:2025-2026:primary", "values/a.count/2025-2026/primary"),
        ("w:a.count:2025-2026", "explanations/a.count/2025-2026"),
        ("s:I.1", "narrative/I.1"),
        ("nil", "nil"),
    ],
)
def test_a_field_has_one_name_here_and_one_there(name, field) -> None:
    assert (drafting.field_of(name), drafting.name_of(field)) == (field, name)


def test_what_is_no_part_of_the_draft_is_not_sent() -> None:
    assert drafting.changes(REQUIREMENT, {"form": "x", "key": "y", "media": "z"}) == ({}, [])


def test_what_was_typed_is_saved_as_what_it_means_and_a_blank_clears() -> None:
    typed = {
        "v:a.yes:2025-2026": "no",
        "v:a.count:2025-2026": "1.012",
        "v:a.count:2024-2025": "mười",
        "s:I.1": "một\r\n hai ",
        "s:II": "  ",
        "nil": "",
    }

    assert drafting.changes(REQUIREMENT, typed) == (
        {
            "values/a.yes/2025-2026": False,
            "values/a.count/2025-2026": 1012,
            "narrative/I.1": ["một", "hai"],
            "narrative/II": None,
            "nil": False,
        },
        ["v:a.count:2024-2025"],
    )


def test_the_draft_fills_the_form_only_where_it_is_newer_than_what_was_sent() -> None:
    saved = {"saved_at": "2026-11-22T02:00:00Z"}
    draft = {
        "version": 3,
        "fields": {
            "values/a.count/2025-2026": {"content": 7, **saved},
            "narrative/I.1": {"content": ["một", "hai"], **saved},
        },
    }
    sent = Filled(values={"v:a.count:2025-2026": "5"})

    def filled(sent_at: datetime | None) -> Filled:
        return drafting.filled_by_draft(draft, sent, sent_at=sent_at)

    assert filled(None).values == {"v:a.count:2025-2026": "7"}
    assert filled(None).narrative == {"I.1": "một\nhai"}
    assert filled(datetime(2026, 11, 22, 8, tzinfo=VIETNAM)).values == {"v:a.count:2025-2026": "7"}
    assert filled(datetime(2026, 11, 22, 10, tzinfo=VIETNAM)) == sent
    assert drafting.filled_by_draft({"version": 0, "fields": {}}, sent, sent_at=None) == sent
