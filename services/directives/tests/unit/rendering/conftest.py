"""The sample letters as directives that were signed, numbered and issued."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest

from directives.confirming import ConfirmationIn, confirm
from directives.documents.proposal import propose
from directives.documents.suggesting import suggest
from directives.domain.directive import Issue, Number, Stamp
from directives.rendering.paper import paper_of

LETTERS = Path(__file__).parents[2] / "letters"
STAMP = Stamp(UUID(int=1), datetime(2026, 11, 20, tzinfo=UTC))
CODES = {
    "khao-sat": (15, "KH-SGDĐT"),
    "toa-dam": (761, "SGDĐT-GDPT"),
    "khoi-nghiep": (3, "KH-SGDĐT"),
    "ra-lop": (702, "SGDĐT-GDTX"),
    "khuyen-hoc": (11, "KH-SGDĐT"),
    "thong-bao": (8, "TB-SGDĐT"),
}


def _issued(name, *, on=date(2026, 11, 20), **form):
    path = LETTERS / f"{name}.txt"
    suggestion = suggest(propose(path.name, path.read_bytes()))
    recipients = [{**each, "purpose": each["purpose"] or "inform"} for each in suggestion.draft["recipients"]]
    said = {"issuer_unit_id": "U-SO", "as_of": "2026-05-31", "requirements": [], "recipients": recipients}
    draft = confirm(suggestion, ConfirmationIn.model_validate_json(json.dumps(said))).drafted(STAMP)
    value, notation = CODES[name]
    return replace(
        draft,
        form=replace(draft.form, **{"place": "Minh Giang", **form}),
        signed=STAMP,
        number=Number(value, 2026, notation, STAMP),
        issue=Issue(on, STAMP),
    )


@pytest.fixture(scope="session")
def issued():
    return _issued


@pytest.fixture(scope="session")
def on_paper():
    return lambda directive: paper_of(directive, issuer="Sở Giáo dục và Đào tạo", parent="UBND tỉnh Minh Giang")
