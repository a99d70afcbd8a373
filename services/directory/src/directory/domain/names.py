"""What an account may be called and what an address looks like."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from chassis.text import composed

AccountName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]{1,99}$")]
"""The name somebody signs in with."""
Email = Annotated[
    str,
    StringConstraints(pattern=r"^[^@\s<>,;:\"()\\]+@[^@\s<>,;:\"()\\]+$", max_length=254),
    AfterValidator(composed),
]
