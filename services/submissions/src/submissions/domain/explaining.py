"""What whoever sends an answer is told of though it is taken, and what they say to it.

An error is never passed, whatever is said; a remark that needs an explanation is passed with one.
"""

from collections.abc import Iterator, Sequence

from submissions.domain.aim import NOTHING_BEFORE, Before, missed
from submissions.domain.answer import Answer, accepted_of
from submissions.domain.asked import Requirement
from submissions.domain.between import Accepted, rules_warning
from submissions.domain.consolidated import NOBODY, StatedBelow, differing
from submissions.domain.earlier import NOTHING_EARLIER, Earlier, beyond
from submissions.domain.fault import Remark
from submissions.problems import ExplanationNeeded


def remarks_of(
    requirement: Requirement,
    answer: Answer,
    before: Before = NOTHING_BEFORE,
    earlier: Earlier = NOTHING_EARLIER,
    below: StatedBelow = NOBODY,
) -> list[Remark]:
    """Return what whoever sends an answer is told: sums that differ, rules that only warn, targets, bounds."""
    accepted = accepted_of(requirement, answer)
    return [*differing(requirement, answer, accepted, below), *_remarks(requirement, accepted, before, earlier)]


def _remarks(requirement: Requirement, accepted: Accepted, before: Before, earlier: Earlier) -> Iterator[Remark]:
    yield from rules_warning(requirement, accepted)
    yield from missed(requirement, accepted, before)
    yield from beyond(requirement, accepted, earlier)


def unexplained(remarks: Sequence[Remark], answer: Answer) -> list[Remark]:
    """Return the remarks that need an explanation and have none."""
    explained = {(each.indicator, each.period) for each in answer.explanations}
    return [each for each in remarks if each.needs_explanation and (each.indicator, each.period) not in explained]


def refuse_unexplained(remarks: Sequence[Remark], answer: Answer) -> None:
    """Raise `ExplanationNeeded` with every figure that needs an explanation and has none."""
    missing = unexplained(remarks, answer)
    if missing:
        raise ExplanationNeeded(
            f"Cần giải trình {len(missing)} số liệu khác thường; xem danh sách «errors».",
            f"{len(missing)} remarkable figure(s) need an explanation; see `errors`.",
            errors=[each._asdict() for each in missing],
        )
