"""What can be wrong with a directive, and with what somebody wants to do to it."""

from chassis.problems import Problem


class AnsweringUnfit(Problem):
    """How an answer is to come about does not fit what is asked."""

    code = "answering-unfit"
    status = 422


class NothingAsked(Problem):
    """A report asks for no figure and no text."""

    code = "nothing-asked"
    status = 422


class VideoWithoutMedia(Problem):
    """A video is asked for, but not how many, how long and how large."""

    code = "video-without-media"
    status = 422


class PeriodMissing(Problem):
    """Figures are asked for, but of no period."""

    code = "period-missing"
    status = 422


class CodeTwice(Problem):
    """One code stands twice among indicators, sections or periods of a requirement."""

    code = "code-twice"
    status = 422


class RuleUnfit(Problem):
    """The rule of an indicator names an indicator that is not there, or not of a fitting type."""

    code = "rule-unfit"
    status = 422


class DeadlinesOutOfOrder(Problem):
    """Figures are cut off before they are due, and they are due before the form closes."""

    code = "deadlines-out-of-order"
    status = 422


class AudienceUnsaid(Problem):
    """A requirement names neither unit types nor units."""

    code = "audience-unsaid"
    status = 422


class AudienceUnheardOf(Problem):
    """An audience names units, types, groups or roles nobody has heard of; each list names them, `where` the place."""

    code = "audience-unheard-of"
    status = 422


class GroupsUnsettled(Problem):
    """Groups the audience goes by run in a circle: a change of them is still under way."""

    code = "groups-unsettled"
    status = 409


class UnknownUnits(Problem):
    """Some units are not known, or do not exist on the day that counts."""

    code = "unknown-units"
    status = 409


class AudienceEmpty(Problem):
    """Nobody would owe an answer to a requirement."""

    code = "audience-empty"
    status = 409


class ClusterWithoutLead(Problem):
    """A cluster answers through its lead, and has none on the day of issue."""

    code = "cluster-without-lead"
    status = 409


class NotNow(Problem):
    """The directive is in a state in which this cannot be done."""

    code = "not-now"
    status = 409


class NumberOfAnotherYear(Problem):
    """The directive has a number of one year and would be issued in another."""

    code = "number-of-another-year"
    status = 409


class DueBeforeIssue(Problem):
    """An answer would be overdue on the day the directive bears; `requirements` names which, with `due_at`."""

    code = "due-before-issue"
    status = 409


class NumberPassed(Problem):
    """A register only goes up, and has gone past this number."""

    code = "number-passed"
    status = 409


class RegisterFull(Problem):
    """The register has given its last number."""

    code = "register-full"
    status = 409


class DayUnfit(Problem):
    """A day of a calendar lies in another year, stands twice, or is what it would be anyway."""

    code = "day-unfit"
    status = 422


class TemplateChanged(Problem):
    """Somebody else has changed the outline template since it was read; `version` is that of the newest."""

    code = "template-changed"
    status = 409


class TargetUnfit(Problem):
    """A target cannot be compared with its figure, or assigns what was not declared; `where` is the place."""

    code = "target-unfit"
    status = 422


class TargetTableUnfit(Problem):
    """A table of what is assigned has faults; `errors` lists them, each with `row`, `column`, `what_vi`, `what_en`."""

    code = "target-table-unfit"
    status = 422


class PeriodsUnfit(Problem):
    """Periods overlap or leave days between them, or nothing can be asked by them; `where` is the place."""

    code = "periods-unfit"
    status = 422


class PeriodCalendarChanged(Problem):
    """Somebody else has changed the calendar of periods since it was read; `version` is that of the newest."""

    code = "period-calendar-changed"
    status = 409


class CalendarChanged(Problem):
    """Somebody else has changed the calendar since it was read; `version` is that of the newest."""

    code = "calendar-changed"
    status = 409


class DuePhraseUnreadable(Problem):
    """A phrase states no deadline that can be read, or several; `found` lists the instants."""

    code = "due-phrase-unreadable"
    status = 422


class NotOwed(Problem):
    """The obligation is owed no more, or is settled; `state` says how."""

    code = "not-owed"
    status = 409


class NotLater(Problem):
    """The deadline asked for is not later than the one that stands; `due_at` is that one."""

    code = "not-later"
    status = 422


class AskedAlready(Problem):
    """A request for a later deadline waits for its decision; `extension_id` names it."""

    code = "asked-already"
    status = 409


class DecidedAlready(Problem):
    """The request for a later deadline was decided otherwise; `outcome` says how."""

    code = "decided-already"
    status = 409


class DraftChanged(Problem):
    """Somebody else has changed the draft since it was read; `revision` is the newest, `fields` what differs."""

    code = "draft-changed"
    status = 409


class IssuerFixed(Problem):
    """A draft stays with the unit it was written for."""

    code = "issuer-fixed"
    status = 409


class ContactPersonal(Problem):
    """A contact is an office or a post, and this one carries a telephone number or an address."""

    code = "contact-personal"
    status = 422


class SignerUnfit(Problem):
    """A signer without a post, or with one capacity twice."""

    code = "signer-unfit"
    status = 422


class SchemeUnfit(Problem):
    """No notation can be made of this pattern."""

    code = "scheme-unfit"
    status = 422


class SchemeInUse(Problem):
    """Numbers were given by the scheme of this year or a later one; it holds until that year is over."""

    code = "scheme-in-use"
    status = 409


class NotationUnknown(Problem):
    """No notation was given, and how the issuer is abbreviated was never said."""

    code = "notation-unknown"
    status = 409


class ObligationsOpen(Problem):
    """Something is still owed; `open` counts it."""

    code = "obligations-open"
    status = 409


class ConfirmationIncomplete(Problem):
    """A document does not say everything a draft needs, nor does the person who confirms it; `fields` names what."""

    code = "confirmation-incomplete"
    status = 422


class RelationUnfit(Problem):
    """A directive may not name another one so: twice, or somebody else's as if it were its own."""

    code = "relation-unfit"
    status = 422


class NotInForce(Problem):
    """The directive is not issued, or is recalled or replaced; `state` and `directive_code` say which and how."""

    code = "not-in-force"
    status = 409


class SameAsUnfit(Problem):
    """A requirement says to be the same as one that is not of a replaced directive, or that another one is."""

    code = "same-as-unfit"
    status = 422


class NotTheSame(Problem):
    """A requirement says to be the same as one that asks for something else; `differences` names in what."""

    code = "not-the-same"
    status = 422


class InformedOnly(Problem):
    """Some units would owe an answer that get the directive for another purpose; `units` lists them."""

    code = "informed-only"
    status = 409


class ReceivedAlready(Problem):
    """The unit has taken, refused or answered the directive; `state` says which."""

    code = "received-already"
    status = 409


class NotOfTheUnit(Problem):
    """The person holds no post today at which they may answer for the unit."""

    code = "not-of-the-unit"
    status = 422


class PassesOnUnfit(Problem):
    """A requirement says to pass on one that is not of a cascaded directive."""

    code = "passes-on-unfit"
    status = 422


class LaterThanOwn(Problem):
    """What is passed on would be due later than the issuer's own answer; `due_at` is the latest it may be."""

    code = "later-than-own"
    status = 422


class NotSubordinate(Problem):
    """A unit cascades a directive to units that do not stand below it; `units` lists them."""

    code = "not-subordinate"
    status = 409


class DocumentTooEarly(Problem):
    """A document is older than the directive it carries out; `issued_on` is the day of that."""

    code = "document-too-early"
    status = 422


class NotActing(Problem):
    """The unit got the directive for another purpose than to act on it; `purpose` says which."""

    code = "not-acting"
    status = 409


class AnsweredAlready(Problem):
    """The question was answered otherwise; `question_id` names it."""

    code = "answered-already"
    status = 409


class TooManyQuestions(Problem):
    """Too many questions of one unit about one directive wait for an answer; `allowed` says how many may."""

    code = "too-many-questions"
    status = 409


class SignatureBroken(Problem):
    """The signature of a PDF does not match its bytes, or cannot be read."""

    code = "signature-broken"
    status = 422


class SignedFileKept(Problem):
    """The directive went out with another signed file; `sha256` is that one's."""

    code = "signed-file-kept"
    status = 409


class AttachmentsFull(Problem):
    """The directive has as many attachments as one may have."""

    code = "attachments-full"
    status = 409
