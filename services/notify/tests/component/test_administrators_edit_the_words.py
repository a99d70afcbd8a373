"""Templates over HTTP: kept in versions, in force from the next letter on, refused without a trace."""

from sqlalchemy import select

from chassis.frame import Role
from chassis.policy import PROVINCE
from chassis.testing import running, tell
from chassis.transaction import new_id
from notify.tables import letters

ADMINISTRATOR = ("administrator", PROVINCE)
PATH = "/letter-templates/obligation_opened"


async def test_letters_are_in_the_words_that_count_when_they_are_written(
    frame, make_frame, case, appointed, signer, people
):
    mine, others = signer.bearer(ADMINISTRATOR), signer.bearer(("desk_officer", "U-SGD-MG"))
    words = {"subject_vi": "Nhắc: {{ code }}", "sms": "{{ code }} han {{ due }}"}
    async with running(make_frame(Role.API)) as client:
        kept = [await client.put(PATH, json=words, headers=mine) for _ in range(2)]
        unfit = await client.put(PATH, json={"body_vi": "{{ ai_do }}"}, headers=mine)
        refused = [
            await client.put(PATH, json=words, headers=others),
            await client.get("/letter-templates", headers=others),
            await client.post(f"{PATH}/preview", json=words, headers=others),
        ]
        shown = await client.post(f"{PATH}/preview", json=words, headers=mine)
        await tell(frame, appointed(people[0]), case.issued(), case.opened())
        await client.put(PATH, json={}, headers=mine)
        again = case.opened().model_copy(update={"obligation_id": new_id()})
        await tell(frame, again)
        history = (await client.get(PATH, headers=mine)).json()

    assert [each.json()["version"] for each in kept] == [1, 1]
    assert (unfit.status_code, unfit.json()["code"]) == (422, "template-unfit")
    assert [each.status_code for each in refused] == [403] * 3
    assert shown.json()["sms"] == "761/SGDDT-GDPT han 24h00 ngay 20/12/2026"
    async with frame.engine.connect() as connection:
        rows = (await connection.execute(select(letters).order_by(letters.c.created_at))).all()
    assert [(row.subject_vi, row.sms) for row in rows] == [
        ("Nhắc: 761/SGDĐT-GDPT", "761/SGDDT-GDPT han 24h00 ngay 13/12/2026"),
        ("761/SGDĐT-GDPT: việc cần thực hiện – V/v báo cáo kết quả giáo dục STEM", None),
    ]
    assert [(each["version"], each["texts"]["subject_vi"]) for each in history["templates"]] == [
        (2, None),
        (1, "Nhắc: {{ code }}"),
    ]
