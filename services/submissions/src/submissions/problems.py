"""What can go wrong with an answer or a file, in the caller's words. Codes are public and for ever."""

from chassis.problems import Problem


class ValuesNotValid(Problem):
    """The answer breaks the rules of its requirement; `errors` lists every fault.

    Each error has `where` (a path into the body), `indicator` (or null), `what_vi` and `what_en`.
    """

    code = "values-not-valid"
    status = 422


class ExplanationNeeded(Problem):
    """Figures that are unlike what was expected are sent without a word about it; `errors` lists every one.

    Each has `where` (a path into the body), `indicator`, `period`, `what_vi`, `what_en`: send `explanations` for them.
    """

    code = "explanation-needed"
    status = 422


class AlreadyAccepted(Problem):
    """The submission was accepted; it can no longer be replaced."""

    code = "already-accepted"
    status = 409


class Closed(Problem):
    """The requirement takes no more answers."""

    code = "closed"
    status = 409


class NotOwed(Problem):
    """The unit owes this answer no more; `state` says why: exempt, replaced or recalled."""

    code = "not-owed"
    status = 409


class CarriedOver(Problem):
    """The submission was carried over to the directive that replaced its own; `submission_id` is the one made of it."""

    code = "carried-over"
    status = 409


class FieldsNotTaken(Problem):
    """A draft cannot hold this; `errors` lists every field that is not asked for or holds something else."""

    code = "fields-not-taken"
    status = 422


class WorkbookNotValid(Problem):
    """The workbook cannot be read, or cells of it are wrong; `errors` lists each with its address."""

    code = "workbook-not-valid"
    status = 422


class WorkbookOutdated(Problem):
    """The workbook is not the form of this requirement as it is now."""

    code = "workbook-outdated"
    status = 409


class DraftConflict(Problem):
    """A colleague changed the same fields meanwhile; `conflicts` shows yours and theirs. Nothing was saved.

    Look at both, and send what it is to be with the draft's newest `version`.
    """

    code = "draft-conflict"
    status = 412


class NotHandedUp(Problem):
    """The draft waits for nobody's approval."""

    code = "not-handed-up"
    status = 409


class ApprovalNeeded(Problem):
    """The head of the unit must approve the answer before it is sent: as a draft, at the version that is sent."""

    code = "approval-needed"
    status = 409


class DraftMovedOn(Problem):
    """The draft is not at the version you have seen; `version` is the one it is at."""

    code = "draft-moved-on"
    status = 412


class PlacesTaken(Problem):
    """There is no room for everybody who is registered: `places_left` for `wanted`."""

    code = "places-taken"
    status = 409


class MediaAwaited(Problem):
    """Files of the answer may still follow, until `awaited_until`; it cannot be accepted before."""

    code = "media-awaited"
    status = 409


class NothingAwaited(Problem):
    """No file may follow this answer: it has all that are asked for, or they had to come with it."""

    code = "nothing-awaited"
    status = 409


class KeyReused(Problem):
    """The idempotency key was used before, for another request."""

    code = "key-reused"
    status = 409


class NoNeedToAsk(Problem):
    """A version may be sent without permission; nothing need be asked for."""

    code = "no-need-to-ask"
    status = 409


class AskedAlready(Problem):
    """A correction was asked for already and is not decided; `correction_id` is the one that waits."""

    code = "asked-already"
    status = 409


class DecidedAlready(Problem):
    """The correction was decided otherwise; `outcome` says how."""

    code = "decided-already"
    status = 409


class NotLater(Problem):
    """A permission must end after now, and within a year."""

    code = "not-later"
    status = 422


class NotNow(Problem):
    """The submission is not in a state that allows this; `state` names the one it is in."""

    code = "not-now"
    status = 409


class Superseded(Problem):
    """A newer version of the submission exists; `newest` is its number."""

    code = "superseded"
    status = 409


class MediaNotReady(Problem):
    """A file has not passed inspection; `media` lists each file with its state."""

    code = "media-not-ready"
    status = 409


class VideoNotAsked(Problem):
    """The requirement asks for no video."""

    code = "video-not-asked"
    status = 409


class FileTooLarge(Problem):
    """The file is larger than the requirement allows; `measured` and `allowed` are bytes."""

    code = "too-large"
    status = 422


class FileTooLong(Problem):
    """The film or recording lasts longer than the requirement allows; `measured` and `allowed` are milliseconds."""

    code = "too-long"
    status = 422


class TypeNotAllowed(Problem):
    """The file is not of a type that is taken; `allowed` lists those that are."""

    code = "type-not-allowed"
    status = 422


class TooManyUploads(Problem):
    """Too many uploads are under way for this obligation; `allowed` says how many may be."""

    code = "too-many-uploads"
    status = 409


class NoSuchPart(Problem):
    """The file has no part of that number; `part_count` says how many it has."""

    code = "no-such-part"
    status = 422


class BadDigest(Problem):
    """The digest that was stated is none of a file of that size, cut like that."""

    code = "bad-digest"
    status = 422


class OtherDigest(Problem):
    """The part is not of the file the upload was opened for; `number` says which part."""

    code = "other-digest"
    status = 409


class UnitFull(Problem):
    """The unit's files take all the room it has; `measured` and `allowed` are bytes."""

    code = "unit-full"
    status = 409


class ConsentMissing(Problem):
    """Pupils can be recognised and it is to be shown outside the review; `missing` lists what is not declared."""

    code = "consent-missing"
    status = 422


class PartsMissing(Problem):
    """The store does not hold every part as it was stated; `missing` lists the numbers to send again."""

    code = "parts-missing"
    status = 409


class UploadOver(Problem):
    """The upload takes no more parts; `state` says what became of it."""

    code = "upload-over"
    status = 409


def draft_moved_on(version: int) -> DraftMovedOn:
    """Return the problem of a draft that is at another version than was seen."""
    return DraftMovedOn(
        "Bản nháp đã được sửa tiếp; hãy xem lại bản mới nhất rồi làm tiếp.",
        "The draft has been changed since you saw it; look at it and go on from there.",
        version=version,
    )


def key_reused() -> KeyReused:
    """Return the problem of a key that names another request already."""
    return KeyReused(
        "Khóa Idempotency-Key này đã dùng cho một lần gửi khác; hãy tạo khóa mới.",
        "This Idempotency-Key was used for another request; make a new one.",
    )
