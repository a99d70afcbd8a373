"""The document by which a unit carries a directive out, issued elsewhere, is kept as a file, byte for byte."""

import hashlib

import pytest
from sqlalchemy import text

from directives.operations.sweeping import sweep

DOCUMENT = {"code": "13/KH-UBND", "subject": "Kế hoạch triển khai", "issued_on": "2026-11-21"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(3000)


@pytest.fixture
async def directive_id(desk, letter):
    """A letter that asks both communes."""
    letter["requirements"].pop()
    letter["requirements"][0]["audience"] = {"unit_types": ["phong_vhxh"]}
    letter["recipients"] = [{"name": "Trường", "purpose": "inform", "audience": {"include": ["U-THPT-1"]}}]
    return (await desk.issued(letter))["directive_id"]


@pytest.fixture
def commune(signer):
    return signer.bearer(("reporter", "U-XA-1"))


@pytest.fixture
def name(client, directive_id, commune):
    """Name the document of a unit."""

    async def put(**changes):
        address = f"/directives/{directive_id}/deliveries/U-XA-1/document"
        return await client.put(address, json=DOCUMENT | changes, headers=commune)

    return put


@pytest.fixture
def keep(client, directive_id, commune):
    async def put(content=PNG, file_name="ke-hoach.png", unit="U-XA-1", who=commune):
        address = f"/directives/{directive_id}/deliveries/{unit}/document/file"
        return await client.put(address, files={"document": (file_name, content)}, headers=who)

    return put


@pytest.fixture
def fetch(client, directive_id):
    async def get(who, unit="U-XA-1"):
        return await client.get(f"/directives/{directive_id}/deliveries/{unit}/document/file", headers=who)

    return get


@pytest.fixture
def shown(client, directive_id, officer):
    async def read():
        units = (await client.get(f"/directives/{directive_id}/cascade", headers=officer)).json()["units"]
        return [(each["file_name"], each["sha256"]) for unit in units for each in unit["documents"]]

    return read


@pytest.fixture
def stored(frame):
    async def read():
        async with frame.engine.connect() as connection:
            return sorted((await connection.execute(text("SELECT state FROM stored_files"))).scalars())

    return read


async def test_a_document_comes_back_as_it_was_brought_and_is_seen_where_it_belongs(
    client, directive_id, name, keep, fetch, shown, officer, commune, rows
) -> None:
    await name()
    assert await shown() == [(None, None)]

    kept = await keep()

    assert (kept.status_code, kept.json()["kind"], kept.json()["content_type"]) == (200, "document", "image/png")
    assert [(await fetch(who)).content for who in (officer, commune)] == [PNG, PNG]
    assert await shown() == [("ke-hoach.png", hashlib.sha256(PNG).hexdigest())]
    files = await client.get(f"/directives/{directive_id}/files", headers=officer)
    assert files.json()["files"] == [], "it is the unit's, not among the issuer's"
    before = await rows()
    assert (await keep()).json() == kept.json()
    assert await rows() == before


async def test_a_later_one_takes_its_place_and_another_document_has_its_own(
    name, keep, fetch, officer, shown, stored, frame
) -> None:
    await name()
    await keep()
    await name(subject="Kế hoạch triển khai thực hiện")
    await keep(PNG + b"x")
    assert (await fetch(officer)).content == PNG + b"x"

    await name(code="15/KH-UBND")

    assert (await fetch(officer)).status_code == 404
    assert await shown() == [(None, None)]
    assert await stored() == ["unwanted", "unwanted"]
    await sweep(frame.app.state.shelf)
    assert await stored() == []


async def test_a_pdf_says_what_its_signature_is_and_a_broken_one_is_not_kept(
    client, directive_id, name, keep, officer, signed_pdf, rows
) -> None:
    await name()
    signed = signed_pdf((await client.get(f"/directives/{directive_id}/paper/pdf", headers=officer)).content)

    assert (await keep(signed, "ke-hoach.pdf")).json()["signature"]["words_en"] == (
        "integrity intact; trust not evaluated"
    )

    before = await rows()
    place = signed.index(b"/MediaBox")
    broken = await keep(signed[:place] + signed[place:].replace(b"0 0 595", b"0 0 594", 1), "ke-hoach.pdf")
    assert (broken.status_code, broken.json()["code"]) == (422, "signature-broken")
    assert await rows() == before


async def test_nobody_else_keeps_or_reads_it(name, keep, fetch, signer, officer, rows) -> None:
    early = await keep()
    await name()
    await keep()
    before = await rows()

    others = signer.bearer(("reporter", "U-XA-2")), signer.bearer(("reporter", "U-SO-X")), officer
    refused = [await keep(PNG + b"x", who=who) for who in others]
    informed = await keep(unit="U-THPT-1", who=signer.bearer(("reporter", "U-THPT-1")))

    assert early.status_code == 404, "a document is named first"
    assert [each.status_code for each in refused] == [403, 403, 403]
    assert (informed.status_code, informed.json()["code"]) == (409, "not-acting")
    assert [(await fetch(who)).status_code for who in others] == [404, 404, 200]
    assert await rows() == before


async def test_nothing_is_kept_with_a_directive_that_is_no_longer_in_force(
    client, directive_id, name, keep, leader, rows
) -> None:
    await name()
    await client.post(f"/directives/{directive_id}/recall", json={"reason": "Ban hành nhầm."}, headers=leader)
    before = await rows()

    assert ((await keep()).status_code, (await keep()).json()["code"]) == (409, "not-in-force")
    assert await rows() == before
