"""Sign-ins and changes leave records in their own transaction; whoever alters or removes one is found out."""

import asyncio
import json

import asyncpg
import pytest

from directory.commands import audit
from directory.main import found
from directory.store import audit as store

RIGHT = {"account": "quan-tri", "password": "đúng mật khẩu"}
WRONG = {"account": "quan-tri", "password": "sai mật khẩu"}


@pytest.fixture
async def superuser(empty_database):
    connection = await asyncpg.connect(empty_database)
    yield connection
    await connection.close()


@pytest.fixture
def auditor(signer):
    return signer.bearer(("auditor", "*"))


@pytest.fixture
async def records(client, auditor):
    async def read():
        return (await client.get("/audit-records?at_most=1000", headers=auditor)).json()["records"]

    return read


@pytest.fixture
async def some_records(client, settings):
    await found(settings)
    for each in (WRONG, RIGHT, WRONG):
        await client.post("/sessions", json=each)


async def verified(settings, capsys, *words):
    capsys.readouterr()
    status = await audit(settings, ["verify", *words])
    said = capsys.readouterr()
    return status, json.loads(said.out), [json.loads(line) for line in said.err.splitlines()]


async def test_sign_ins_are_recorded_whether_they_succeed_or_not(client, settings, records):
    await found(settings)
    person_id = (await client.post("/sessions", json=RIGHT)).json()["person_id"]
    await client.post("/sessions", json=WRONG)
    await client.post("/sessions", json={**WRONG, "account": "my-password-by-mistake"})
    await client.post("/sessions", json={**WRONG, "account": "My-password-by-mistake"})

    told = [(each["action"], each["by"], each["about"], each["client"]) for each in (await records())[2:]]

    assert told[:2] == [
        ("sign-in.succeeded", person_id, person_id, "127.0.0.1"),
        ("sign-in.failed", None, person_id, "127.0.0.1"),
    ]
    assert told[2] == told[3]
    assert told[2][2].startswith("unknown:")
    assert "my-password-by-mistake" not in str(await records())


async def test_a_lock_is_recorded_once_a_minute_however_often_it_is_tried(client, settings, records):
    await found(settings)
    for _ in range(20):
        await client.post("/sessions", json=WRONG)

    actions = [each["action"] for each in await records()]
    assert actions.count("sign-in.failed") == 5
    assert actions.count("sign-in.turned-away") == 1


async def test_changes_of_units_and_people_are_recorded_and_repetitions_are_not(
    client, administrator, registered, province, records
):
    person = {"account": "a1", "full_name": "Trần Văn B", "email": "b@example.com", "password": "mật khẩu dài"}
    body = {"people": [{**person, "posts": [{"unit_id": "U-SCH-001", "role": "reporter", "valid_from": "2026-01-01"}]}]}
    lead = {"school_id": "U-THPT-02", "valid_from": "2026-09-01"}
    for _ in range(2):
        await client.post("/imports", files=province, headers=administrator)
        await client.post("/people/bulk", json=body, headers=administrator)
        assert (await client.put("/clusters/U-CUM-1/lead", json=lead, headers=administrator)).status_code == 200

    told = await records()

    assert [each["action"] for each in told] == ["units.imported", "person.enrolled", "cluster.lead-appointed"]
    assert json.loads(told[0]["details"])["changed"] == 87
    assert json.loads(told[1]["details"])["posts"][0]["role"] == "reporter"
    assert json.loads(told[2]["details"]) == lead
    assert len({each["by"] for each in told} - {None}) == 1
    assert "Trần" not in str(told)


async def test_what_is_done_to_the_register_is_recorded_once(client, administrator, registered, records):
    async def ask(method, path, body=None):
        answer = await client.request(method, path, json=body, headers=administrator)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    merger = {
        "title": "Sáp nhập",
        "legal_basis": "Quyết định 12/QĐ-UBND",
        "effective_date": "2026-10-01",
        "steps": [
            {"do": "end", "unit_id": "U-SCH-001", "becomes": [{"kind": "merged_into", "to_unit_id": "U-SCH-003"}]}
        ],
    }
    nothing = {"any_of": [{"types": ["thcs"]}]}
    draft = await ask("POST", "/reorganisations", merger)
    tried = await ask("GET", f"/reorganisations/{draft['reorganisation_id']}/dry-run")
    for _ in range(2):
        await ask("POST", f"/reorganisations/{draft['reorganisation_id']}/apply", {"digest": tried["digest"]})
        await ask("PUT", "/unit-types/lop_hoc", {"name": "Lớp học", "levels": []})
        await ask("PUT", "/groups/tat-ca", {"name": "Tất cả", "selector": nothing})
    await ask("DELETE", "/groups/tat-ca")
    await ask("DELETE", "/unit-types/lop_hoc")

    told = await records()
    assert [each["action"] for each in told][-5:] == [
        "units.reorganised",
        "unit-type.set",
        "group.set",
        "group.removed",
        "unit-type.removed",
    ]
    reorganised = json.loads(told[-5]["details"])
    assert reorganised["digest"] == tried["digest"]
    assert "U-SCH-001" in reorganised["changed"]


async def test_a_change_that_fails_leaves_no_record(frame, records):
    async def change():
        async with frame.transactions.begin() as tx:
            await store.record(tx, "person.enrolled", by=None, about="nobody")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        await change()

    assert await records() == []


async def test_a_sound_chain_is_verified_and_exported_whole(settings, some_records, capsys):
    status, whole, faults = await verified(settings, capsys)
    assert (status, whole["holds"], whole["records"], faults) == (0, True, 5, [])

    assert await audit(settings, ["export"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["position"] for line in lines] == [1, 2, 3, 4, 5]
    assert lines[-1]["hash"] == whole["head"]
    assert await audit(settings, ["export", "3"]) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == lines[3:]
    assert (await verified(settings, capsys, "3", lines[2]["hash"]))[0] == 0
    assert (await verified(settings, capsys, "3", "0" * 64))[0] == 1
    for wrong in (["verify", "x"], ["verify", "1", "zz"], ["erase"], []):
        assert await audit(settings, wrong) == 2


@pytest.mark.parametrize("statement", ["UPDATE {} SET record_id = record_id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("table", ["audit_records", "audit_chain"])
async def test_the_tables_refuse_to_forget(superuser, some_records, table, statement):
    with pytest.raises(asyncpg.RestrictViolationError):
        await superuser.execute(statement.format(table))


async def test_the_head_is_not_set_back(superuser, some_records):
    for statement in ("UPDATE audit_head SET count = 1", "DELETE FROM audit_head", "TRUNCATE audit_head"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await superuser.execute(statement)


TAMPERED = [
    ("UPDATE audit_records SET by = gen_random_uuid() {here}", 3),
    ("UPDATE audit_records SET recorded_at = recorded_at + interval '1 microsecond' {here}", 3),
    ("UPDATE audit_records SET details = '{{}}' {here}", 3),
    ("UPDATE audit_records SET details = '{{}}', digest = sha256('\\x00') {here}", 3),
    ("UPDATE audit_records SET client = '192.0.2.1' {here}", 3),
    ("DELETE FROM audit_records {here}", 3),
    ("DELETE FROM audit_chain {here}", 4),
    ("DELETE FROM audit_chain {here}; DELETE FROM audit_records {here}", 4),
    ("DELETE FROM audit_chain {last}; DELETE FROM audit_records {last}", 0),
    ("UPDATE audit_chain SET hash = sha256(hash) {here}", 3),
    ("INSERT INTO audit_records SELECT gen_random_uuid(), now(), action, by, about, client, details, digest"
     " FROM audit_records LIMIT 1", 0),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "position"), TAMPERED)
async def test_whoever_gets_around_the_triggers_is_found_out(
    settings, superuser, some_records, capsys, statement, position
):
    third, last = await superuser.fetch("SELECT record_id FROM audit_chain WHERE position IN (3, 5) ORDER BY position")
    await superuser.execute("SET session_replication_role = replica")
    where = {"here": f"WHERE record_id = '{third[0]}'", "last": f"WHERE record_id = '{last[0]}'"}
    await superuser.execute(statement.format(**where))

    status, whole, faults = await verified(settings, capsys)

    assert (status, whole["holds"]) == (1, False)
    assert faults[0]["position"] == position


async def test_a_long_transaction_that_has_recorded_something_keeps_nobody_waiting(client, settings, frame, records):
    await found(settings)
    async with frame.transactions.begin() as tx:
        await store.record(tx, "units.imported", by=None, about="*")
        async with asyncio.timeout(10):
            assert (await client.post("/sessions", json=RIGHT)).status_code == 201

    assert [each["action"] for each in await records()][2:] == ["sign-in.succeeded", "units.imported"]


async def test_many_at_once_make_one_chain(client, settings, capsys):
    await found(settings)
    await asyncio.gather(*(client.post("/sessions", json=RIGHT) for _ in range(16)))

    status, whole, _ = await verified(settings, capsys)
    assert (status, whole["records"]) == (0, 18)


async def test_only_auditors_of_the_province_see_the_records(client, signer, some_records, auditor):
    assert (await client.get("/audit-records", headers=auditor)).status_code == 200
    for post in (("administrator", "*"), ("auditor", "U-SCH-001"), ("leader", "*")):
        answer = await client.get("/audit-records", headers=signer.bearer(post))
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    for query in ("after=-1", "at_most=0", "at_most=1001", "after=x"):
        assert (await client.get(f"/audit-records?{query}", headers=auditor)).status_code == 422
