"""A draft: what the colleagues of a unit have written down so far, field by field, and how their changes meet.

A field is named by where it stands in the answer: `values/<indicator>/<period>` (and `/<level>` of a figure that is
stated per education level), `explanations/<indicator>/<period>`, `narrative/<section>`, `media_ids`, `nil`. Each
carries the version of the draft it was last changed at, so that whoever has seen a newer version may change it and
whoever has not is shown what they would have overwritten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from submissions.domain import consolidated
from submissions.domain.answer import (
    Answer,
    Explanation,
    Stated,
    faults_of,
)
from submissions.domain.asked import UNDIVIDED, Requirement
from submissions.domain.consolidated import Consolidated
from submissions.domain.document import Official
from submissions.domain.draft_kinds import (
    DELEGATES,
    DOCUMENT,
    delegates_of,
    lines_of,
    official_of,
    parts_of,
)
from submissions.domain.evidence import with_evidence
from submissions.domain.fault import Fault
from submissions.domain.registration import Registered
from submissions.domain.submission import SubmissionVersion
from submissions.problems import DraftConflict, NotHandedUp, draft_moved_on

Content = bool | int | str | list[str] | None
"""What a field holds. Null: it was cleared."""
NIL = "nil"
MEDIA = "media_ids"


@dataclass(frozen=True, slots=True)
class DraftField:
    """What a field holds, who wrote it, and the version of the draft that made it so."""

    name: str
    content: Content
    version: int
    saved_by: UUID
    saved_at: datetime


StepKind = Literal["handed_up", "approved", "sent_back"]


@dataclass(frozen=True, slots=True)
class Step:
    """What the unit itself did with one version of a draft before it is sent."""

    kind: StepKind
    version: int
    by: UUID
    at: datetime
    reason: str | None = None
    """Why it was sent back."""
    handed_up_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The one draft of an obligation. Version 0: nobody has saved anything yet."""

    obligation_id: UUID
    version: int
    fields: Mapping[str, DraftField]
    last_step: Step | None = None

    @property
    def step(self) -> Step | None:
        """Return what was done with this very version; whatever is changed afterwards must be approved anew."""
        step = self.last_step
        return step if step is not None and step.version == self.version else None

    @property
    def is_approved(self) -> bool:
        """Say whether the head of the unit agreed to this very version."""
        return self.step is not None and self.step.kind == "approved"

    def stepped(self, kind: StepKind, *, seen: int, by: UUID, at: datetime, reason: str | None = None) -> "Draft":
        """Return the draft handed up, approved or sent back by somebody who has seen it; itself when it was already.

        Raises `DraftMovedOn` when it was changed since, `NotHandedUp` when it is sent back and waits for nobody.
        """
        if seen != self.version or not self.fields:
            raise draft_moved_on(self.version)
        step = self.step
        if step is not None and (step.kind, step.reason) == (kind, reason):
            return self
        if step is not None and (step.kind, kind) == ("approved", "handed_up"):
            return self
        if kind == "sent_back" and step is None:
            raise NotHandedUp(
                "Bản nháp này chưa được trình, không có gì để trả lại.",
                "This draft was not handed up; there is nothing to send back.",
            )
        handed_up_by = by if kind == "handed_up" else (step.handed_up_by if step is not None else None)
        return replace(self, last_step=Step(kind, self.version, by, at, reason, handed_up_by))

    def changed(self, changes: Mapping[str, Content], *, seen: int, by: UUID, at: datetime) -> "Draft":
        """Return the draft with these fields changed by somebody who has seen its version `seen`.

        What others have changed since stays, and nobody notices, unless it is one of these fields and says something
        else: then nothing is changed and `DraftConflict` shows both, field by field. The same words are no conflict,
        so a change may be sent again.
        """
        differing = {name: content for name, content in changes.items() if not _same(self.content(name), content)}
        conflicts = [
            _conflict(self.fields[name], content)
            for name, content in differing.items()
            if name in self.fields and self.fields[name].version > seen
        ]
        if conflicts:
            raise DraftConflict(
                f"Đồng nghiệp vừa sửa {len(conflicts)} mục mà Thầy/Cô cũng sửa; xem danh sách «conflicts».",
                f"A colleague has changed {len(conflicts)} of these fields meanwhile; see `conflicts`.",
                version=self.version,
                conflicts=conflicts,
            )
        if not differing:
            return self
        version = self.version + 1
        written = {name: DraftField(name, content, version, by, at) for name, content in differing.items()}
        return replace(self, version=version, fields={**self.fields, **written})

    def content(self, name: str) -> Content:
        """Return what a field holds; null where nobody wrote anything."""
        field = self.fields.get(name)
        return None if field is None else field.content

    def since(self, version: int) -> dict[str, DraftField]:
        """Return the fields that were changed after a version."""
        return {name: field for name, field in self.fields.items() if field.version > version}


def _same(one: Content, other: Content) -> bool:
    # To Python True is 1; to a form it is not.
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _conflict(theirs: DraftField, yours: Content) -> dict[str, Any]:
    return {
        "field": theirs.name,
        "yours": yours,
        "theirs": theirs.content,
        "version": theirs.version,
        "saved_by": str(theirs.saved_by),
        "saved_at": theirs.saved_at.isoformat(),
    }


def value_field(indicator: str, period: str, level: str = UNDIVIDED) -> str:
    """Return the name of a figure's field: with its education level, where it is stated per level."""
    return "/".join(("values", indicator, period, *filter(None, [level])))


def _field_of(stated: Stated) -> str:
    return value_field(stated.indicator, stated.period, stated.level)


def fields_of(answer: Answer, *, saved_by: UUID, saved_at: datetime) -> dict[str, DraftField]:
    """Return an answer that was sent as the fields of a draft, which begins with it."""
    contents: dict[str, Content] = {
        value_field(each.indicator, each.period, each.level): each.value for each in answer.values
    }
    contents |= {
        f"consolidates/{each.indicator}/{each.period}": consolidated.lines_of(each.parts)
        for each in answer.consolidates
    }
    contents |= {f"explanations/{each.indicator}/{each.period}": each.words for each in answer.explanations}
    contents |= {f"narrative/{code}": written for code, written in answer.narrative.items()}
    if answer.media_ids:
        contents[MEDIA] = [str(each) for each in answer.media_ids]
    if answer.is_nil:
        contents[NIL] = True
    if answer.delegates:
        contents[DELEGATES] = lines_of(answer.delegates)
    if answer.document is not None:
        contents |= parts_of(answer.document)
    return {name: DraftField(name, content, 0, saved_by, saved_at) for name, content in contents.items()}


def fields_of_version(
    version: SubmissionVersion, registered: Sequence[Registered] = (), document: Official | None = None
) -> dict[str, DraftField]:
    """Return a version that was sent as the fields of a draft, with whom it registers and which document it is."""
    answer = Answer(
        # What counts who is registered is stated by nobody.
        values=() if registered else tuple(version.values),
        narrative=version.narrative,
        media_ids=tuple(version.media_ids),
        is_nil=version.is_nil,
        explanations=tuple(version.explanations),
        consolidates=tuple(version.consolidates),
        delegates=tuple(each.delegate for each in registered if each.delegate is not None),
        document=document,
    )
    return fields_of(answer, saved_by=version.submitted_by, saved_at=version.submitted_at)


def answer_of(draft: Draft) -> Answer:
    """Return what would be sent now. A nil report leaves out the figures, which the draft keeps."""
    values: list[Stated] = []
    narrative: dict[str, str | list[str]] = {}
    explanations: list[Explanation] = []
    written: dict[str, str] = {}
    behind: list[Consolidated] = []
    for name, field in draft.fields.items():
        kind, _, rest = name.partition("/")
        content = field.content
        if kind == "values" and isinstance(content, int):
            indicator, period, *level = rest.split("/")
            values.append(Stated(indicator, period, content, *level))
        elif kind == "narrative" and isinstance(content, str | list):
            narrative[rest] = content
        elif kind == "explanations" and isinstance(content, str) and content:
            explained, _, period = rest.partition("/")
            explanations.append(Explanation(explained, period, content))
        elif kind == "consolidates" and isinstance(content, list) and content:
            added, _, period = rest.partition("/")
            behind.append(Consolidated(added, period, consolidated.parts_of(content)))
        elif kind == DOCUMENT and isinstance(content, str):
            written[rest] = content
    media, lines = draft.content(MEDIA), draft.content(DELEGATES)
    is_nil = draft.content(NIL) is True
    return Answer(
        values=() if is_nil else tuple(sorted(values, key=lambda each: (each.indicator, each.period, each.level))),
        narrative=dict(sorted(narrative.items())),
        media_ids=tuple(map(UUID, media)) if isinstance(media, list) else (),
        is_nil=is_nil,
        explanations=() if is_nil else tuple(sorted(explanations)),
        delegates=delegates_of(lines) if isinstance(lines, list) and not is_nil else (),
        document=None if is_nil else official_of(written),
        consolidates=() if is_nil else tuple(sorted(behind)),
    )


def faults_in(requirement: Requirement, draft: Draft) -> list[tuple[str | None, Fault]]:
    """Return everything that keeps the draft from being sent, each with its field; null: no single one."""
    answer = with_evidence(requirement, answer_of(draft))
    names = places_in(answer)
    return [(names.get(fault.where), fault) for fault in faults_of(requirement, answer)]


def places_in(answer: Answer) -> dict[str, str]:
    """Return which field of the draft an answer was taken from stands at which place in the body of a request."""
    names = {
        f"values[{place}]": value_field(each.indicator, each.period, each.level)
        for place, each in enumerate(answer.values)
    } | {f"narrative.{code}": f"narrative/{code}" for code in answer.narrative}
    for place, each in enumerate(answer.consolidates):
        field = f"consolidates/{each.indicator}/{each.period}"
        names[f"consolidates[{place}]"] = field
        names |= {f"consolidates[{place}].parts[{at}]": field for at in range(len(each.parts))}
    return names | {MEDIA: MEDIA, DELEGATES: DELEGATES, DOCUMENT: DOCUMENT}


def differences(before: Mapping[str, DraftField], now: Mapping[str, DraftField]) -> dict[str, tuple[Content, Content]]:
    """Return what two answers, as fields, say differently: by field, what it was and what it is."""
    names = sorted(before.keys() | now.keys())
    pairs = {
        name: (before[name].content if name in before else None, now[name].content if name in now else None)
        for name in names
    }
    return {name: pair for name, pair in pairs.items() if not _same(*pair)}
