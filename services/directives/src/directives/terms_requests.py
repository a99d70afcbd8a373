"""What people send to the front door about what only some kinds of requirements say."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.text import Line
from contracts.directives import DocumentAsked, FileFormat
from contracts.registration import QuotaAsked, RegistrationAsked, RoleAsked, SeatsAsked, SubjectAsked
from directives.domain.condition import MOST_WORKING_DAYS, Condition, ConditionKind
from directives.domain.registration import MOST_CAPACITY, MOST_SEATS
from directives.domain.requirement import MOST_BYTES
from directives.domain.terms import MOST_FILES, Terms

ShortCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
"""The code of a role or a subject: a part of the code of a figure."""
UnitType = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NamedIn(_In):
    """A role or a subject."""

    code: ShortCode
    name: Line


class SeatsIn(_In):
    """So many people in one role."""

    role: ShortCode
    count: int = Field(strict=True, ge=1, le=MOST_SEATS)
    subjects: list[ShortCode] = Field(default=[], max_length=50)
    from_below: bool = Field(default=False, strict=True)


class QuotaIn(_In):
    """Whom each unit of some types registers."""

    unit_types: list[UnitType] = Field(min_length=1, max_length=50)
    seats: list[SeatsIn] = Field(min_length=1, max_length=20)


class RegistrationIn(_In):
    """Who is to be registered."""

    roles: list[NamedIn] = Field(min_length=1, max_length=20)
    subjects: list[NamedIn] = Field(default=[], max_length=50)
    quotas: list[QuotaIn] = Field(min_length=1, max_length=50)
    capacity: int | None = Field(default=None, strict=True, ge=1, le=MOST_CAPACITY)

    def asked(self) -> RegistrationAsked:
        """Return it as it is told."""
        return RegistrationAsked(
            roles=tuple(RoleAsked(code=each.code, name=each.name) for each in self.roles),
            subjects=tuple(SubjectAsked(code=each.code, name=each.name) for each in self.subjects),
            quotas=tuple(
                QuotaAsked(
                    unit_types=tuple(quota.unit_types),
                    seats=tuple(
                        SeatsAsked(
                            role=each.role,
                            count=each.count,
                            subjects=tuple(each.subjects),
                            from_below=each.from_below,
                        )
                        for each in quota.seats
                    ),
                )
                for quota in self.quotas
            ),
            capacity=self.capacity,
        )


class DocumentIn(_In):
    """Which documents are to be sent."""

    at_least: int = Field(default=1, strict=True, ge=1, le=MOST_FILES)
    at_most: int = Field(default=1, strict=True, ge=1, le=MOST_FILES)
    formats: list[FileFormat] = Field(default=["pdf"], min_length=1, max_length=20)
    max_bytes: int = Field(default=MOST_BYTES, strict=True, ge=1, le=MOST_BYTES)
    is_official: bool = Field(default=False, strict=True)

    def asked(self) -> DocumentAsked:
        """Return it as it is told."""
        return DocumentAsked(
            at_least=self.at_least,
            at_most=self.at_most,
            formats=tuple(self.formats),
            max_bytes=self.max_bytes,
            is_official=self.is_official,
        )


class ConditionIn(_In):
    """What has to happen before it is asked."""

    kind: ConditionKind
    of: int | None = Field(default=None, strict=True, ge=0, le=100)
    working_days: int | None = Field(default=None, strict=True, ge=-MOST_WORKING_DAYS, le=MOST_WORKING_DAYS)


class TermsIn(_In):
    """What a requirement says beside its outline."""

    registration: RegistrationIn | None = None
    document: DocumentIn | None = None
    condition: ConditionIn | None = None

    def terms(self) -> Terms:
        """Return it as the domain knows it."""
        return Terms(
            registration=self.registration.asked() if self.registration else None,
            document=self.document.asked() if self.document else None,
            condition=Condition(**self.condition.model_dump()) if self.condition else None,
        )
