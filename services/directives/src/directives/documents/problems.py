"""What can be wrong with a document somebody brings."""

from chassis.problems import Problem


class DocumentEmpty(Problem):
    """The document has no content."""

    code = "document-empty"
    status = 422


class DocumentTooLarge(Problem):
    """The document is larger, or longer, than any letter."""

    code = "document-too-large"
    status = 413


class DocumentUnreadable(Problem):
    """The document is damaged: it begins like its format, and then is not."""

    code = "document-unreadable"
    status = 422


class DocumentUnfolds(Problem):
    """The document would unpack into far more than it weighs."""

    code = "document-unfolds"
    status = 422


class DocumentLocked(Problem):
    """The document needs a password."""

    code = "document-locked"
    status = 422


class DocumentWithMacros(Problem):
    """The document carries a program."""

    code = "document-with-macros"
    status = 422


class DocumentWithoutText(Problem):
    """The document is pictures of pages; there is no text in it."""

    code = "document-without-text"
    status = 422


class DocumentMisnamed(Problem):
    """The content is not of the format the name says."""

    code = "document-misnamed"
    status = 422


class FormatUnknown(Problem):
    """The document is neither text, nor .docx, nor PDF."""

    code = "format-unknown"
    status = 415


class EncodingUnknown(Problem):
    """The text is not Unicode, as that of old Vietnamese fonts."""

    code = "encoding-unknown"
    status = 422


class DocumentSecret(Problem):
    """The document is marked as a state secret, which this platform does not take."""

    code = "document-secret"
    status = 422


EVERY_PROBLEM = (
    DocumentEmpty,
    DocumentTooLarge,
    DocumentUnreadable,
    DocumentUnfolds,
    DocumentLocked,
    DocumentWithMacros,
    DocumentWithoutText,
    DocumentMisnamed,
    FormatUnknown,
    EncodingUnknown,
    DocumentSecret,
)
