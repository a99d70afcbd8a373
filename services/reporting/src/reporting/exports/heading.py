"""What stands above the figures of a requirement, as its directive said it."""

from collections.abc import Mapping
from datetime import date

from chassis.transaction import Transaction
from reporting.domain import Requirement
from reporting.exports import sheet, store
from reporting.exports.sheet import Figure, Heading


async def heading_of(
    tx: Transaction, requirement: Requirement, period: str, day: date, names: Mapping[str, str]
) -> Heading:
    """Return what stands above the figures of a requirement for one period."""
    told = await store.find_wording(tx, requirement.requirement_id)
    issuer = names.get(requirement.issuer_unit_id, requirement.issuer_unit_id)
    if told is None:
        # Issued before this was kept: the figures have their codes for names.
        figures = tuple(Figure(each, each, "") for each in requirement.indicators)
        return Heading(issuer, "", "", None, "Biểu tổng hợp số liệu", period, day, None, None, figures)
    figures = sheet.ordered(
        [
            Figure(
                each["code"],
                each["name"],
                each["unit_of_measure"],
                each["of_which"],
                each["numerator"],
                each["denominator"],
                tuple(each["levels"]),
            )
            for each in told.indicators
        ]
    )
    return Heading(
        issuer,
        told.code,
        told.subject,
        told.issued_on,
        told.title,
        period,
        day,
        told.due_at,
        told.cut_off_at,
        figures,
    )
