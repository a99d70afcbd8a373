"""People: their accounts and posts, and where letters to them go."""

from dataclasses import asdict
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, File, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotFound, NotSignedIn, TooLarge
from chassis.text import Line, UnitId
from chassis.transaction import OpenTransaction
from directory.api.posts import PostIn
from directory.api.sent import HashedPasswords, Sent
from directory.domain.names import AccountName, Email
from directory.domain.people import NewAccount
from directory.domain.people_file import PEOPLE_AT_ONCE
from directory.letters import as_csv, as_page
from directory.operations import people
from directory.problems import AccountTaken, AccountTwice, ImportRejected, UnknownRole, UnknownUnit, WeakPassword

router = APIRouter()

CONTACTS_AT_ONCE = 500


class PersonIn(Sent):
    """Somebody who is to have an account."""

    account: AccountName
    full_name: Line
    email: Email
    password: Annotated[SecretStr, Field(min_length=8, max_length=200)]
    posts: Annotated[list[PostIn], Field(min_length=1, max_length=50)]
    must_change_password: bool = True
    """Whether the password is good for choosing another one only."""

    @model_validator(mode="after")
    def _posts_differ(self) -> Self:
        if len({(post.unit_id, post.role, post.valid_from) for post in self.posts}) < len(self.posts):
            raise ValueError("một vai trò bị ghi hai lần / a post is given twice")
        return self

    def new_account(self) -> NewAccount:
        """Return the account that is asked for."""
        return NewAccount(
            account=self.account,
            full_name=self.full_name,
            email=self.email,
            password=self.password.get_secret_value(),
            posts=tuple(post.post() for post in self.posts),
            must_change_password=self.must_change_password,
        )


class ContactsIn(Sent):
    """Of whom it is asked where their letters go."""

    person_ids: Annotated[list[UUID], Field(min_length=1, max_length=CONTACTS_AT_ONCE)]


class PeopleIn(Sent):
    """Several people at once."""

    people: Annotated[list[PersonIn], Field(min_length=1, max_length=PEOPLE_AT_ONCE)]


class PersonOut(BaseModel):
    """The id of a new person."""

    person_id: UUID


class AccountOut(BaseModel):
    """Whose an account is."""

    account: str
    person_id: UUID


class EnrolledOut(BaseModel):
    """Who got an account, and who had one before."""

    created: list[AccountOut]
    existing: list[AccountOut]


class ContactOut(BaseModel):
    """Where letters to a person go."""

    model_config = ConfigDict(from_attributes=True)

    person_id: UUID
    full_name: str
    email: str


@router.post(
    "/people",
    status_code=201,
    responses=may_raise(NotSignedIn, NotAllowed, AccountTaken, UnknownUnit, UnknownRole, WeakPassword),
)
async def enrol_person(body: PersonIn, tx: OpenTransaction, caller: Calling, passwords: HashedPasswords) -> PersonOut:
    return PersonOut(person_id=await people.enrol_person(tx, body.new_account(), passwords=passwords, by=caller))


@router.post(
    "/people/bulk",
    status_code=201,
    responses=may_raise(NotSignedIn, NotAllowed, AccountTwice, UnknownUnit, UnknownRole, WeakPassword),
)
async def enrol_people(body: PeopleIn, tx: OpenTransaction, caller: Calling, passwords: HashedPasswords) -> EnrolledOut:
    enrolled = await people.enrol_people(
        tx, [person.new_account() for person in body.people], passwords=passwords, by=caller
    )
    return EnrolledOut(
        created=[AccountOut(account=account, person_id=each) for account, each in enrolled.created.items()],
        existing=[AccountOut(account=account, person_id=each) for account, each in enrolled.existing.items()],
    )


@router.post(
    "/people/imports",
    status_code=201,
    response_class=Response,
    responses={
        **may_raise(NotSignedIn, NotAllowed, TooLarge, ImportRejected),
        201: {"description": "The sign-in letters, this once.", "content": {"text/csv": {}, "text/html": {}}},
    },
)
async def import_people(
    tx: OpenTransaction,
    caller: Calling,
    passwords: HashedPasswords,
    people_: Annotated[UploadFile, File(alias="people")],
    letters: Literal["csv", "html"] = "csv",
) -> Response:
    enrolled, written = await people.import_people(tx, await people_.read(), passwords=passwords, by=caller)
    text, kind = (as_page(written), "text/html") if letters == "html" else (as_csv(written), "text/csv")
    counted = {"X-Created": str(len(enrolled.created)), "X-Existing": str(len(enrolled.existing))}
    return Response(text, 201, {"Cache-Control": "no-store", **counted}, media_type=f"{kind}; charset=utf-8")


class AddressOut(BaseModel):
    """Where letters to a person go, without their name."""

    model_config = ConfigDict(from_attributes=True)

    person_id: UUID
    email: str


class AddressesOut(BaseModel):
    """Those of the people asked for who are shown."""

    contacts: list[AddressOut]


class AnsweringOut(ContactOut):
    """Somebody who answers for a unit."""

    role: str


class AnsweringPeopleOut(BaseModel):
    """Whom to call about what a unit owes: its head first."""

    people: list[AnsweringOut]


@router.get("/units/{unit_id}/contacts", responses=may_raise(NotSignedIn, NotFound))
async def answering_at(unit_id: UnitId, tx: OpenTransaction, caller: Calling) -> AnsweringPeopleOut:
    found = await people.answering_at(tx, unit_id, by=caller)
    shown = [AnsweringOut(**asdict(each.contact), role=each.role) for each in found]
    return AnsweringPeopleOut(people=shown)


@router.get("/people/{person_id}/contact", responses=may_raise(NotSignedIn, NotFound))
async def contact_of(person_id: UUID, tx: OpenTransaction, caller: Calling) -> ContactOut:
    return ContactOut.model_validate(await people.contact_of(tx, person_id, by=caller))


@router.post("/people/contacts", responses=may_raise(NotSignedIn, NotFound, Malformed))
async def contacts_of(asked: ContactsIn, tx: OpenTransaction, caller: Calling) -> AddressesOut:
    found = await people.contacts_of(tx, asked.person_ids, by=caller)
    return AddressesOut(contacts=[AddressOut.model_validate(each) for each in found])
