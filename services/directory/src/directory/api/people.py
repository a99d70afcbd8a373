"""People: their accounts and posts, and where letters to them go."""

from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound, NotSignedIn
from chassis.text import Line, UnitId, composed
from chassis.transaction import OpenTransaction
from directory.api.sent import Day, HashedPasswords, Sent
from directory.domain.people import NewAccount, Post
from directory.operations import people
from directory.problems import AccountTaken, AccountTwice, UnknownRole, UnknownUnit

PEOPLE_AT_ONCE = 1000
"""Each costs a slow hash; more would keep the caller waiting for minutes."""

router = APIRouter()


Account = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]{1,99}$")]
Email = Annotated[
    str,
    StringConstraints(pattern=r"^[^@\s<>,;:\"()\\]+@[^@\s<>,;:\"()\\]+$", max_length=254),
    AfterValidator(composed),
]


class PostIn(Sent):
    """A role at a unit, or at `*`, the whole province."""

    unit_id: UnitId | Literal["*"]
    role: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,63}$")]
    valid_from: Day
    valid_to: Day | None = None

    @model_validator(mode="after")
    def _days_are_in_order(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to trước valid_from / valid_to is before valid_from")
        return self


class PersonIn(Sent):
    """Somebody who is to have an account."""

    account: Account
    full_name: Line
    email: Email
    password: Annotated[SecretStr, Field(min_length=8, max_length=200)]
    posts: Annotated[list[PostIn], Field(min_length=1, max_length=50)]

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
            posts=tuple(Post(post.unit_id, post.role, post.valid_from, post.valid_to) for post in self.posts),
        )


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
    responses=may_raise(NotSignedIn, NotAllowed, AccountTaken, UnknownUnit, UnknownRole),
)
async def enrol_person(body: PersonIn, tx: OpenTransaction, caller: Calling, passwords: HashedPasswords) -> PersonOut:
    return PersonOut(person_id=await people.enrol_person(tx, body.new_account(), passwords=passwords, by=caller))


@router.post(
    "/people/bulk",
    status_code=201,
    responses=may_raise(NotSignedIn, NotAllowed, AccountTwice, UnknownUnit, UnknownRole),
)
async def enrol_people(body: PeopleIn, tx: OpenTransaction, caller: Calling, passwords: HashedPasswords) -> EnrolledOut:
    enrolled = await people.enrol_people(
        tx, [person.new_account() for person in body.people], passwords=passwords, by=caller
    )
    return EnrolledOut(
        created=[AccountOut(account=account, person_id=each) for account, each in enrolled.created.items()],
        existing=[AccountOut(account=account, person_id=each) for account, each in enrolled.existing.items()],
    )


@router.get("/people/{person_id}/contact", responses=may_raise(NotSignedIn, NotFound))
async def contact_of(person_id: UUID, tx: OpenTransaction, caller: Calling) -> ContactOut:
    return ContactOut.model_validate(await people.contact_of(tx, person_id, by=caller))
