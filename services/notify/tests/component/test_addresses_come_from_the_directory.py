"""Addresses are asked of the directory, with notify's own account, and letters wait while it is away."""

import pytest

from chassis.testing import tell
from notify.channels.contacts import AddressBook, DirectoryAway


async def test_an_address_is_asked_for_once_and_with_one_sign_in(
    letters_wait, make_courier, directory, frame, case, people
):
    await letters_wait(2)
    await tell(frame, case.submitted(people[0]), case.returned())

    assert await make_courier().carry_batch() == 5

    assert (directory.sign_ins, directory.look_ups) == (1, 2)


async def test_an_address_is_asked_for_again_after_some_minutes(addresses, directory, people):
    async with AddressBook(directory.url, account="notify", secret="right", kept_seconds=0).opened() as book:
        await book.addresses_of(people[:2])
        directory.addresses[people[0]] = "moi@truong.example"

        assert await book.addresses_of(people[:2]) == {people[0]: "moi@truong.example", people[1]: addresses[1]}


async def test_a_token_is_renewed_before_it_ends_and_when_the_directory_forgets_it(addresses, directory, people):
    async with AddressBook(directory.url, account="notify", secret="right").opened() as book:
        directory.expires_in = 59
        await book.addresses_of([people[0]])
        directory.expires_in = 900
        await book.addresses_of([people[1]])
        directory.forget_tokens = True
        await book.addresses_of([people[2]])
        await book.addresses_of([people[3]])

    assert directory.sign_ins == 3


async def test_letters_wait_while_the_directory_is_away(
    letters_wait, make_courier, directory, on_their_way, mailbox, sql
):
    await letters_wait(2)
    directory.status_of_contact = 503
    courier = make_courier()
    with pytest.raises(DirectoryAway):
        await courier.carry_batch()
    between = await on_their_way()

    directory.status_of_contact = None
    await sql("UPDATE deliveries SET next_attempt_at = now()")
    await courier.carry_batch()

    assert between == [("waiting", 1, "the directory answers 503 to a question for addresses")] * 2
    assert len(mailbox.taken) == 2


@pytest.mark.parametrize(
    ("url", "secret"), [("http://127.0.0.1:9", "right"), (None, "wrong")], ids=["nobody answers", "wrong secret"]
)
async def test_letters_wait_while_we_cannot_sign_in(letters_wait, make_courier, directory, on_their_way, url, secret):
    await letters_wait(1)

    async with AddressBook(url or directory.url, account="notify", secret=secret).opened() as book:
        with pytest.raises(DirectoryAway):
            await make_courier(book=book).carry_batch()

    [(state, attempts, error)] = await on_their_way()
    assert (state, attempts) == ("waiting", 1)
    assert secret not in error


@pytest.mark.parametrize("address", ["", "không phải địa chỉ"])
async def test_a_person_without_an_address_has_an_inbox_only(
    letters_wait, make_courier, directory, on_their_way, written, mailbox, address, people
):
    await letters_wait(1)
    directory.addresses[people[0]] = address

    await make_courier().carry_batch()

    [(state, _attempts, error)] = await on_their_way()
    assert state == "failed"
    assert error
    assert mailbox.taken == []
    assert await written() == [("obligation_opened", people[0])]


async def test_letters_to_a_person_the_directory_does_not_show_us_wait(
    letters_wait, make_courier, directory, on_their_way, addresses, mailbox, people
):
    await letters_wait(2)
    del directory.addresses[people[0]]

    await make_courier(retry_delays=(3600,)).carry_batch()

    assert await on_their_way() == [("sent", 1, None), ("waiting", 1, "the directory shows us no such person")]
    assert [to for to, _content in mailbox.taken] == [addresses[1]]
