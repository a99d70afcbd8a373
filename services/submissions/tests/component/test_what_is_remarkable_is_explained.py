"""A figure unlike what the unit stated before is sent with an explanation, which its reviewers read."""

import pytest

NOW, LAST = "2025-2026", "2024-2025"
LESSONS = "stem.lessons"
FIELD = f"explanations/{LESSONS}/{NOW}"
WHY = [{"indicator": LESSONS, "period": NOW, "words": "Sáp nhập hai điểm trường."}]


@pytest.fixture
async def desk(owe, asked, reporter):
    """An obligation of a unit that stated 10 lessons for the year before, and has 450 pupils."""
    plain = [each for each in asked.report().indicators if each.code == LESSONS]
    [lessons] = [each.model_copy(update={"only_if": None}) for each in plain]
    pupils = lessons.model_copy(update={"code": "school.pupils"})
    before = await owe(asked.report(periods=(LAST,), indicators=(lessons, pupils), sections=()))
    stated = {LESSONS: 10, "school.pupils": 450}
    values = [{"indicator": code, "period": LAST, "value": value} for code, value in stated.items()]
    assert (await before.submit(reporter, {"values": values})).status_code == 201
    compared = lessons.model_copy(
        update={"previous_percent": 50, "ceiling": "school.pupils", "needs_explanation": True}
    )
    return await owe(asked.report(indicators=(compared,), sections=()))


def figures(value: int, **more) -> dict:
    return {"values": [{"indicator": LESSONS, "period": NOW, "value": value}], **more}


async def test_a_remarkable_figure_is_sent_with_an_explanation_and_not_without(desk, record, reporter, officer) -> None:
    before = await record.everything()
    refused = await desk.submit(reporter, figures(30))

    assert (refused.status_code, refused.json()["code"]) == (422, "explanation-needed")
    [error] = refused.json()["errors"]
    assert (error["where"], error["indicator"], error["period"]) == ("values[0]", LESSONS, NOW)
    assert "chênh quá 50% so với kỳ 2024-2025 (10)" in error["what_vi"]
    assert await record.everything() == before

    assert (await desk.submit(reporter, figures(30, explanations=WHY))).status_code == 201
    [version] = (await desk.read(officer)).json()["versions"]
    assert version["explanations"] == WHY
    assert [(each["indicator"], each["needs_explanation"]) for each in version["remarks"]] == [(LESSONS, True)]


async def test_no_explanation_passes_an_error(desk, record, reporter) -> None:
    before = await record.everything()

    refused = await desk.submit(reporter, figures(-1, explanations=WHY))

    assert (refused.status_code, refused.json()["code"]) == (422, "values-not-valid")
    assert await record.everything() == before


async def test_the_bounds_are_given_out_beside_what_was_stated_before(desk, client, reporter) -> None:
    form = (await client.get(f"/obligations/{desk.obligation_id}/form", headers=reporter)).json()

    bounds = {
        each["against"]: (each["stated"], each["stated_for"], each["least"], each["most"]) for each in form["bounds"]
    }
    assert bounds == {"previous": (10, LAST, 5, 15), "ceiling": (450, LAST, None, 450)}
    asked = (await client.get(f"/obligations/{desk.obligation_id}/asked", headers=reporter)).json()
    assert asked["bounds"] == form["bounds"]
    assert (LESSONS, LAST, 10) in [(each["indicator"], each["period"], each["value"]) for each in form["former"]]


async def test_what_a_unit_stated_for_others_is_not_shown_to_every_issuer(desk, client, officer) -> None:
    for form in ("form", "asked"):
        shown = (await client.get(f"/obligations/{desk.obligation_id}/{form}", headers=officer)).json()
        assert (shown["bounds"], shown.get("former", [])) == ([], [])


async def test_a_check_and_a_draft_say_what_sending_would_ask_for(desk, client, reporter) -> None:
    path = f"/obligations/{desk.obligation_id}"
    checked = (await client.post(f"{path}/checks", json=figures(500), headers=reporter)).json()
    assert checked["errors"] == []
    assert [each["needs_explanation"] for each in checked["warnings"]] == [True, True]

    def save(fields, seen):
        return client.patch(f"{path}/draft", json={"fields": fields}, headers={**reporter, "If-Match": f'"{seen}"'})

    def send(seen):
        headers = {**reporter, "If-Match": f'"{seen}"', "Idempotency-Key": f"nop-ban-nhap-{seen}"}
        return client.post(f"{path}/draft/submission", headers=headers)

    saved = (await save({f"values/{LESSONS}/{NOW}": 30}, 0)).json()
    assert [each["field"] for each in saved["warnings"]] == [f"values/{LESSONS}/{NOW}"]
    assert (await send(1)).json()["code"] == "explanation-needed"
    assert (await save({FIELD: WHY[0]["words"]}, 1)).status_code == 200
    assert (await send(2)).status_code == 201


async def test_an_explanation_is_part_of_what_versions_say_differently(desk, client, reporter, officer) -> None:
    await desk.submit(reporter, figures(12))
    sent = await desk.submit(reporter, figures(30, explanations=WHY))
    path = f"/submissions/{sent.json()['submission_id']}/differences"

    compared = (await client.get(path, params={"before": 1, "now": 2}, headers=officer)).json()

    assert {each["field"]: (each["before"], each["now"]) for each in compared["fields"]} == {
        FIELD: (None, WHY[0]["words"]),
        f"values/{LESSONS}/{NOW}": (12, 30),
    }


async def test_what_another_unit_stated_is_nobody_elses_bound(desk, owe, asked, client, signer) -> None:
    other = await owe(
        asked.report(
            indicators=(asked.report().indicators[2].model_copy(update={"previous_percent": 0}),), sections=()
        ),
        unit_id="THCS-CAY-DA",
        answering_unit_id="THCS-CAY-DA",
    )
    stranger = signer.bearer(("reporter", "THCS-CAY-DA"))

    form = (await client.get(f"/obligations/{other.obligation_id}/form", headers=stranger)).json()

    assert (form["bounds"], form["former"]) == ([], [])
