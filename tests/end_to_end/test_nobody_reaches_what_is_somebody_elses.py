"""A school that knows every address and has a form of its own tries what is another's: nothing is shown or done."""

from functools import partial

from person import PHONE, sign_in

SCHOOL, OTHER = "U-SCH-006", "U-SCH-009"
AROUND = ("comment", "extension", "obstacle", "withdraw", "files", "send-back")
STEPS = ("sign", "number", "issue", "submit", "return", "pass-on")


async def test_addresses_of_others_and_fields_nobody_offered_lead_nowhere(staged, open_page) -> None:
    officer = await staged.play.visitor("chuyen-vien")
    theirs, own = staged.obligation(OTHER), staged.obligation(SCHOOL)
    directive, department = staged.play.outcome.directive_id, staged.play.outcome.department
    for unit, obligation in ((SCHOOL, own), (OTHER, theirs)):
        people = await staged.play.visitor(unit.lower())
        await staged.play.until_known(partial(people.get, "submissions", f"/obligations/{obligation}/draft"))
    before = await _all_of(staged, officer, theirs, directive)
    window = await open_page(size=PHONE)
    await sign_in(window.page, staged, SCHOOL.lower())
    await window.page.goto(f"{staged.portal}/owed/{own}")
    token = await window.page.locator("form[action='/sign-out'] [name=form]").first.get_attribute("value")
    client = window.context.request

    shown = {
        path: (await client.get(staged.portal + path, max_redirects=0)).status
        for path in (
            f"/owed/{theirs}",
            f"/owed/{theirs}/paper/pdf",
            f"/owed/{theirs}/workbook",
            f"/review/{theirs}",
            f"/below/{OTHER}",
            f"/directives/{directive}/pass-on",
            f"/register-books/{department}/2026/outgoing",
            f"/media/{theirs}",
            f"/upload/media/{theirs}",
        )
    }
    assert set(shown.values()) <= {403, 404}, shown

    form = {
        "form": token,
        "number": "1",
        "reason": "x",
        "words": "x",
        "key": theirs,
        "until": "2027-01-01",
        "do": "approve",
    }
    sent = {
        path: (await client.post(staged.portal + path, form=form, max_redirects=0)).status
        for path in (
            f"/owed/{theirs}",
            *(
                f"/owed/{theirs}/{step}"
                for step in ("comment", "extension", "obstacle", "withdraw", "files", "send-back")
            ),
            f"/review/{theirs}/accept",
            f"/review/{theirs}/return",
            *(f"/directives/{directive}/{step}" for step in STEPS),
            f"/questions/{theirs}/answer",
            f"/extensions/{theirs}/grant",
            f"/inbox/{theirs}/read",
        )
    }
    assert {path: status for path, status in sent.items() if status not in (403, 404, 409, 422)} == {}
    script = {"x-congvan-form": token}
    drafted = await client.post(
        f"{staged.portal}/owed/{theirs}/draft", data={"version": 0, "fields": {"nil": "yes"}}, headers=script
    )
    # An upload is for the obligation in its address, whatever the body says; fields nobody knows are refused.
    film = {"file_name": "a.mp4", "byte_count": 9, "content_type": "video/mp4"}
    uploads = [
        (await client.post(f"{staged.portal}/upload/{place}", data=film | more, headers=script)).status
        for place, more in (
            (theirs, {"obligation_id": own}),
            (own, {"state": "ready"}),
            (own, {"obligation_id": theirs}),
        )
    ]
    assert drafted.status == 404
    assert uploads == [404, 422, 409]  # the last one is its own, which asks for no film

    # Nor does a link lead elsewhere after signing in.
    for then in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = await client.get(f"{staged.portal}/sign-in", params={"then": then}, max_redirects=0)
        assert (answer.status, answer.headers.get("location")) == (303, "/")
    # … and no page may be put into another's.
    answer = await client.get(f"{staged.portal}/owed")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"
    assert await _all_of(staged, officer, theirs, directive) == before


async def _all_of(staged, officer, obligation: str, directive: str) -> list:
    reporter = await staged.play.visitor(OTHER.lower())
    return [
        await officer.get("directives", f"/obligations/{obligation}"),
        await officer.get("directives", f"/directives/{directive}"),
        await officer.get("directives", f"/directives/{directive}/questions"),
        await reporter.get("submissions", f"/obligations/{obligation}/draft"),
    ]
