"""An answer as it was sent, and everything in it that breaks the rules of its requirement."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from typing import TYPE_CHECKING, NamedTuple, cast
from uuid import UUID

from contracts.directives import IndicatorAsked, SectionAsked
from submissions.domain.asked import UNDIVIDED, Requirement
from submissions.domain.between import LEVELS_VI, Accepted, relations_broken, rules_broken
from submissions.domain.consolidated import Consolidated
from submissions.domain.consolidated import faults_of as consolidation_faults
from submissions.domain.document import Official
from submissions.domain.evidence import faults_of as evidence_faults
from submissions.domain.evidence import files_under
from submissions.domain.fault import Fault
from submissions.domain.registration import Delegate
from submissions.problems import ValuesNotValid

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

TEXT_CHARACTERS = 20_000
"""Some ten printed pages under one heading of the outline."""
LIST_LINES = 500
EXPLANATION_CHARACTERS = 2_000
LARGEST = 2**63 - 1
"""What a 64-bit integer holds; amounts of money are whole đồng."""


class Stated(NamedTuple):
    """One figure as it was sent."""

    indicator: str
    period: str
    value: bool | int
    level: str = UNDIVIDED
    """The education level it is of, where it is asked per level."""

    @property
    def row(self) -> tuple[str | bool | int, ...]:
        """Return it as it is kept: what is not of a level does not say so."""
        return self if self.level else self[:3]


class Explanation(NamedTuple):
    """What whoever sends a remarkable figure says to it: of all its levels."""

    indicator: str
    period: str
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a unit sends: figures, texts by section, files; or the statement that there is nothing to report."""

    values: tuple[Stated, ...]
    narrative: Mapping[str, str | list[str]]
    media_ids: tuple[UUID, ...]
    is_nil: bool
    delegates: tuple[Delegate, ...] = ()
    """Of a registration: who is registered."""
    document: Official | None = None
    """Of a requirement that asks for a document of the unit's own: which one it is."""
    explanations: tuple[Explanation, ...] = ()
    consolidates: tuple[Consolidated, ...] = ()


ONLY_OF_SOME_ANSWERS = ("delegates", "document", "explanations")


def digest_of(obligation_id: UUID, answer: Answer) -> bytes:
    """Return the SHA-256 of an answer: of its canonical JSON, which anybody can write down again.

    In UTF-8, members sorted by name, no blanks, figures in the order they were sent: `{"is_nil":false,
    "media_ids":[],"narrative":{},"obligation_id":"…","values":[["stem.lessons","2025-2026",12]]}`. A figure of an
    education level ends with it; what only some answers have is there where something was said.
    """
    members: dict[str, object] = {
        "is_nil": answer.is_nil,
        "media_ids": answer.media_ids,
        "narrative": answer.narrative,
        "obligation_id": obligation_id,
        "values": [each.row for each in answer.values],
    }
    if answer.consolidates:
        members["consolidates"] = [each.row for each in answer.consolidates]
    members |= {name: said for name in ONLY_OF_SOME_ANSWERS if (said := getattr(answer, name))}
    written = json.dumps(
        members,
        default=_plain,
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )
    return hashlib.sha256(written.encode()).digest()


def _plain(member: object) -> object:
    if not is_dataclass(member):
        return str(member)
    # What is not said is left out, so that what can be said later changes no digest.
    said = asdict(cast("DataclassInstance", member))
    return {name: each for name, each in said.items() if each is not None}


def refuse_faulty(requirement: Requirement, answer: Answer) -> None:
    """Raise `ValuesNotValid` with every fault of the answer, if it has any."""
    refuse_faults(faults_of(requirement, answer))


def refuse_faults(found: Iterable[Fault]) -> None:
    """Raise `ValuesNotValid` with these faults, if there are any."""
    faults = list(found)
    if faults:
        raise ValuesNotValid(
            f"Báo cáo chưa đúng ở {len(faults)} chỗ; xem danh sách «errors».",
            f"The answer breaks the rules in {len(faults)} place(s); see `errors`.",
            errors=[asdict(fault) for fault in faults],
        )


def faults_of(requirement: Requirement, answer: Answer) -> list[Fault]:
    """Return all faults of an answer, in the order of its body."""
    faults: list[Fault] = []
    accepted = _read_values(requirement, answer, faults)
    if requirement.related:
        faults.extend(relations_broken(requirement, accepted))
    if requirement.rules:
        faults.extend(rules_broken(requirement, accepted))
    for code, written in answer.narrative.items():
        faults.extend(_text_faults(requirement.sections.get(code), code, written))
    faults.extend(evidence_faults(requirement, answer.narrative, answer.media_ids, is_nil=answer.is_nil))
    faults.extend(_media_faults(requirement, answer))
    faults.extend(_faults_of_kind(requirement, answer))
    faults.extend(_explanation_faults(requirement, answer))
    if answer.consolidates:
        faults.extend(consolidation_faults(requirement, answer))
    return faults


def _read_values(requirement: Requirement, answer: Answer, faults: list[Fault]) -> Accepted:
    """Return the values that are right in themselves, each with its place in the body."""
    seen: set[tuple[str, str, str]] = set()
    accepted: dict[tuple[str, str, str], tuple[int, bool | int]] = {}
    if answer.is_nil:
        if answer.values:
            faults.append(
                Fault(
                    "values",
                    None,
                    "Đã báo «không phát sinh» thì không được kèm số liệu.",
                    "A nil report states no values.",
                )
            )
        return accepted
    for place, stated in enumerate(answer.values):
        asked = requirement.indicators.get(stated.indicator)
        key = (stated.indicator, stated.period, stated.level)
        if stated.indicator in requirement.ratios:
            wrong = ("Tỉ lệ này do hệ thống tính, không cần khai.", "This ratio is worked out; it is not stated.")
        elif asked is None:
            wrong = ("Văn bản không hỏi chỉ tiêu này.", "This indicator is not asked for.")
        elif stated.period not in requirement.periods:
            wrong = (
                f"Văn bản không hỏi kỳ «{stated.period}».",
                f"The period {stated.period!r} is not asked for.",
            )
        elif stated.level not in requirement.levels_of(stated.indicator):
            wrong = _level_fault(stated.level)
        elif key in seen:
            wrong = ("Chỉ tiêu này đã được khai cho cùng kỳ.", "This indicator is stated twice for the period.")
        else:
            seen.add(key)
            not_right = _value_fault(asked, stated.value)
            if not_right is None:
                accepted[key] = (place, stated.value)
                continue
            wrong = not_right
        faults.append(Fault(f"values[{place}]", stated.indicator, *wrong))
    if len(seen) < sum(map(len, map(requirement.levels_of, requirement.indicators))) * len(requirement.periods):
        faults.extend(_missing(requirement, seen))
    return accepted


def _value_fault(asked: IndicatorAsked, value: bool | int) -> tuple[str, str] | None:
    if asked.type == "bool":
        if isinstance(value, bool):
            return None
        return ("Phải là có hoặc không (true/false).", "The value must be true or false.")
    if isinstance(value, bool):
        return ("Phải là số nguyên.", "The value must be a whole number.")
    if value < 0:
        return ("Không được là số âm.", "The value must not be negative.")
    if value > LARGEST:
        return ("Số quá lớn.", "The value is too large.")
    return None


def _level_fault(level: str) -> tuple[str, str]:
    if level == UNDIVIDED:
        return ("Phải khai riêng cho từng cấp học.", "This indicator is stated per education level.")
    return (
        f"Không hỏi đơn vị chỉ tiêu này ở cấp {LEVELS_VI.get(level, level)}.",
        f"The unit is not asked this indicator at level {level!r}.",
    )


def _missing(requirement: Requirement, seen: set[tuple[str, str, str]]) -> Iterator[Fault]:
    for code, asked in requirement.indicators.items():
        for period in requirement.periods:
            for level in requirement.levels_of(code):
                if (code, period, level) not in seen:
                    at_vi, at_en = (f" cấp {LEVELS_VI.get(level, level)}", f" at level {level}") if level else ("", "")
                    yield Fault(
                        "values",
                        code,
                        f"Chưa khai «{asked.name}»{at_vi} kỳ {period}.",
                        f"{code}{at_en} is not stated for {period}.",
                    )


def _text_faults(asked: SectionAsked | None, code: str, written: str | list[str]) -> Iterator[Fault]:
    where = f"narrative.{code}"
    if asked is None:
        yield Fault(where, None, "Đề cương không có mục này.", "The outline has no such section.")
        return
    if asked.kind == "evidence":
        return
    if asked.kind == "text" and not isinstance(written, str):
        yield Fault(where, None, f"Mục «{asked.title}» là một đoạn văn.", "This section is one text, not a list.")
    if asked.kind == "list" and isinstance(written, str):
        yield Fault(where, None, f"Mục «{asked.title}» là một danh sách.", "This section is a list, not one text.")
    if isinstance(written, list) and len(written) > LIST_LINES:
        yield Fault(where, None, f"Quá {LIST_LINES} dòng.", f"The list has more than {LIST_LINES} lines.")
    length = len(written) if isinstance(written, str) else sum(map(len, written))
    if length > TEXT_CHARACTERS:
        yield Fault(
            where,
            None,
            f"Quá dài: {length} ký tự, tối đa {TEXT_CHARACTERS}.",
            f"The text has {length} characters; at most {TEXT_CHARACTERS} are taken.",
        )


def lacks_files(requirement: Requirement, answer: Answer) -> bool:
    """Say whether files are asked for that the answer does not name; those under its headings are counted there."""
    wanted, sent = _files(requirement, answer)
    return sent < wanted


def _files(requirement: Requirement, answer: Answer) -> tuple[int, int]:
    evidence = files_under(requirement, answer.narrative)
    wanted = requirement.media.count if requirement.media is not None else 0
    return wanted, sum(each not in evidence for each in answer.media_ids)


def _media_faults(requirement: Requirement, answer: Answer) -> Iterator[Fault]:
    wanted, sent = _files(requirement, answer)
    may_follow = requirement.answering.files_follow_days is not None and sent < wanted
    if requirement.document is None and sent != wanted and not may_follow:
        beside = " beside the evidence" if requirement.has_evidence else ""
        yield Fault(
            "media_ids",
            None,
            f"Cần đúng {wanted} tệp ngoài các mục minh chứng, đã gửi {sent}."
            if requirement.has_evidence
            else f"Cần đúng {wanted} tệp, đã gửi {sent}.",
            f"Exactly {wanted} file(s) are asked for{beside}; {sent} were named.",
        )
    if len(set(answer.media_ids)) != len(answer.media_ids):
        yield Fault("media_ids", None, "Một tệp được nêu hai lần.", "A file is named twice.")


def accepted_of(requirement: Requirement, answer: Answer) -> Accepted:
    """Return the figures of an answer that are right in themselves, each with its place in the body."""
    return _read_values(requirement, answer, [])


def _faults_of_kind(requirement: Requirement, answer: Answer) -> Iterator[Fault]:
    """Give what belongs to an answer of another kind."""
    if requirement.registration is None and answer.delegates:
        yield Fault("delegates", None, "Văn bản không yêu cầu cử người.", "Nobody is to be registered.")
    is_official = requirement.document is not None or requirement.answering.is_official
    if not is_official and answer.document is not None:
        yield Fault("document", None, "Văn bản không yêu cầu văn bản của đơn vị.", "No document is asked for.")
    if requirement.kind == "acknowledgement" and answer.is_nil:
        yield Fault("nil", None, "Việc này chỉ cần xác nhận.", "This is only to be acknowledged.")


def _explanation_faults(requirement: Requirement, answer: Answer) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for place, said in enumerate(answer.explanations):
        where = f"explanations[{place}]"
        if not requirement.is_of_figure(said.indicator, said.period):
            yield Fault(
                where, said.indicator, "Không hỏi số liệu được giải trình.", "The figure explained is not asked for."
            )
        elif (said.indicator, said.period) in seen:
            yield Fault(where, said.indicator, "Số liệu này được giải trình hai lần.", "The figure is explained twice.")
        seen.add((said.indicator, said.period))
        if len(said.words) > EXPLANATION_CHARACTERS:
            yield Fault(
                where,
                said.indicator,
                f"Quá dài: {len(said.words)} ký tự, tối đa {EXPLANATION_CHARACTERS}.",
                f"The explanation has {len(said.words)} characters; at most {EXPLANATION_CHARACTERS} are taken.",
            )
