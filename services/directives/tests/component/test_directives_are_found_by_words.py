"""Directives are found by the words of their texts, by those who may read them and by nobody else."""

import pytest


@pytest.fixture
def found(client):
    async def search(headers, words, **more):
        answer = await client.get("/directive-search", params={"words": words, **more}, headers=headers)
        assert answer.status_code == 200, answer.text
        return [each["directive_id"] for each in answer.json()["directives"]]

    return search


async def test_words_are_found_in_what_one_may_read(client, desk, signer, officer, letter, found) -> None:
    letter["body"] = "Các trường tổng kết 100% phòng Đọc xanh_sạch đẹp./."
    issued = (await desk.issued(letter))["directive_id"]
    draft = await desk.draft(letter)
    asked = signer.bearer(("reporter", "U-THCS-1"))

    assert await found(officer, "phong doc XANH") == [draft, issued]
    assert await found(officer, "phòng Đọc", limit=1) == [draft]
    assert await found(asked, "phong doc") == [issued]
    for stranger in (signer.bearer(("reporter", "U-NOWHERE")), signer.bearer(("desk_officer", "U-SO-X"))):
        assert await found(stranger, "phong doc") == []
    # All the words, and signs as they are: they stand for nothing else.
    assert [await found(officer, words) for words in ("phong bep", "10% phong", "xanh%sach", "xanhAsach")] == [[]] * 4
    assert await found(officer, "100% xanh_sach") == [draft, issued]
    [shown, *_] = (await client.get("/directive-search?words=xanh", headers=asked)).json()["directives"]
    assert "phòng Đọc xanh_sạch đẹp" in shown["excerpt"]
    assert await found(asked, f"{shown['code']} tong ket") == [issued]


@pytest.mark.parametrize("words", ["", "x" * 101])
async def test_what_are_no_words_is_refused(client, officer, words) -> None:
    answer = await client.get("/directive-search", params={"words": words}, headers=officer)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
