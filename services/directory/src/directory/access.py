"""What signing in takes: the mint, the hashing of passwords, and what the province has decided."""

from dataclasses import dataclass

from directory.codes import Safe
from directory.domain.sessions import AccessRules
from directory.passwords import Passwords
from directory.tokens import Mint


@dataclass(frozen=True, slots=True)
class Access:
    """Made once in a process, and handed to every operation that lets somebody in."""

    mint: Mint
    passwords: Passwords
    rules: AccessRules
    safe: Safe
