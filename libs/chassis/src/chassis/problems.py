"""Errors a caller can be told about. Plain Python, so that a domain may raise them."""

from typing import Any, ClassVar


class Problem(Exception):
    """What the caller asked for cannot be done, and they can be told why."""

    code: ClassVar[str]
    status: ClassVar[int]

    def __init__(self, vi: str, en: str, **more: Any) -> None:
        """Take the reason in Vietnamese and in English; `more` becomes further members of the answer."""
        super().__init__(en)
        self.vi = vi
        self.en = en
        self.more = more

    @classmethod
    def title(cls) -> str:
        """Return the first line of the docstring."""
        return (cls.__doc__ or cls.code).split("\n")[0]


class Malformed(Problem):
    """The request does not have the form it must have."""

    code = "malformed"
    status = 422


class NotReadable(Problem):
    """The body is not what its content type says."""

    code = "not-readable"
    status = 400


class TooLarge(Problem):
    """The body is larger than this address takes."""

    code = "too-large"
    status = 413


class NotSignedIn(Problem):
    """The request carries no token, or one that is not valid now."""

    code = "not-signed-in"
    status = 401


class NotFound(Problem):
    """There is nothing here that the caller may see."""

    code = "not-found"
    status = 404


class NotAllowed(Problem):
    """The caller may see this but not do it."""

    code = "not-allowed"
    status = 403


class Unavailable(Problem):
    """A server this one needs is away; the same request may succeed soon."""

    code = "unavailable"
    status = 503
