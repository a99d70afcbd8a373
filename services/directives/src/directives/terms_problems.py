"""What can be wrong with what only some kinds of requirements say."""

from chassis.problems import Problem


class KindUnfit(Problem):
    """A requirement lacks what its kind needs, or says what belongs to another kind."""

    code = "kind-unfit"
    status = 422


class QuotaUnfit(Problem):
    """A quota is empty, names what is not declared, or a type of units has two."""

    code = "quota-unfit"
    status = 422


class QuotaMissing(Problem):
    """Some units would have to register people, and no quota says whom; `units` names them."""

    code = "quota-missing"
    status = 409


class ConditionUnfit(Problem):
    """A condition names no requirement of the directive, or one where none belongs."""

    code = "condition-unfit"
    status = 422


class ConditionInCircle(Problem):
    """Requirements wait for one another; `titles` goes once around."""

    code = "condition-in-circle"
    status = 422


class ConditionUnmeetable(Problem):
    """Some units would wait for their answer to what is not asked of them; `units` names them."""

    code = "condition-unmeetable"
    status = 409


class NothingAwaited(Problem):
    """The obligation depends on nothing that could happen or be taken back."""

    code = "nothing-awaited"
    status = 409


class FilesUnfit(Problem):
    """No file could be what a requirement asks for; `where` names the place."""

    code = "files-unfit"
    status = 422


class DocumentUnfit(Problem):
    """Of the documents that are asked for it is not said how many, or of which formats."""

    code = "document-unfit"
    status = 422
