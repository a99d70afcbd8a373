"""What the front door answers about what only some kinds of requirements say."""

from pydantic import BaseModel

from contracts.directives import DocumentAsked
from contracts.registration import RegistrationAsked
from directives.domain.condition import Condition


class TermsOut(BaseModel):
    """What a requirement says beside its outline."""

    registration: RegistrationAsked | None
    document: DocumentAsked | None
    condition: Condition | None
