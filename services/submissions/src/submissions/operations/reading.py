"""Read what was sent, and the state of its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.caller import Caller
from chassis.transaction import Transaction
from submissions import store
from submissions.domain.asked import Obligation
from submissions.domain.declaration import Declaration
from submissions.domain.document import Official
from submissions.domain.media import Media
from submissions.domain.quoted import Quoted, Source
from submissions.domain.registration import Registered
from submissions.domain.submission import Submission, SubmissionVersion
from submissions.operations.quoting import find_quoted
from submissions.operations.rights import not_found, require_read


@dataclass(frozen=True, slots=True)
class WholeSubmission:
    """A submission with all its versions, and the files they name."""

    obligation: Obligation
    submission: Submission
    versions: Sequence[SubmissionVersion]
    media: Mapping[UUID, Media]
    delegates: Mapping[int, Sequence[Registered]]
    """Who each version registers, by its number."""
    documents: Mapping[int, Official]
    """The official document each version is, by its number."""
    quoted: Mapping[Source, Quoted]
    """The versions its figures were added up from that whoever reads it may see too."""
    origin: Submission | None
    """The submission of a replaced directive that this one was made of."""


async def read_submission(tx: Transaction, *, submission_id: UUID, by: Caller) -> WholeSubmission:
    """Return a submission; `NotFound` also for what the caller may not see."""
    return await _whole(tx, await store.submissions.find_submission(tx, submission_id), by)


async def read_submission_of(tx: Transaction, *, obligation_id: UUID, by: Caller) -> WholeSubmission:
    """Return the submission that answers an obligation; `NotFound` also while nobody has answered."""
    return await _whole(tx, await store.submissions.find_submission_of(tx, obligation_id), by)


async def _whole(tx: Transaction, found: tuple[Obligation, Submission] | None, by: Caller) -> WholeSubmission:
    if found is None:
        raise not_found()
    obligation, submission = found
    require_read(by, obligation)
    versions = await store.submissions.versions_of(tx, submission)
    origin = await store.carrying.find_origin(tx, submission.id)
    delegates = await store.registrations.delegates_of(tx, submission.id)
    documents = await store.registrations.officials_of(tx, submission.id)
    named = {media_id for version in versions for media_id in version.media_ids}
    named |= {each.signed_media_id for each in documents.values() if each.signed_media_id is not None}
    media = await store.media.all_of(tx, named) if named else {}
    quoted = await find_quoted(tx, [each for version in versions for each in version.consolidates], by=by)
    return WholeSubmission(obligation, submission, versions, media, delegates, documents, quoted, origin)


async def read_media(tx: Transaction, *, media_id: UUID, by: Caller) -> Media:
    """Return a file and where it stands; `NotFound` also for what the caller may not see."""
    media = await store.media.find(tx, media_id)
    obligation = None if media is None else await store.asked.find_obligation(tx, media.obligation_id)
    if media is None or obligation is None:
        raise not_found()
    require_read(by, obligation)
    return media


async def read_files(tx: Transaction, *, obligation_id: UUID, by: Caller) -> Sequence[Media]:
    """Return the files of an obligation, those on their way among them; `NotFound` as `read_media`."""
    obligation = await store.asked.find_obligation(tx, obligation_id)
    if obligation is None:
        raise not_found()
    require_read(by, obligation)
    return await store.media.of_obligation(tx, obligation_id)


async def read_declarations(tx: Transaction, files: Sequence[Media]) -> Mapping[UUID, Declaration]:
    """Return what was declared last about files the caller may see, by file."""
    return await store.declarations.newest_of(tx, [each.id for each in files])
