"""What people ask of reporting: totals with their coverage, who still owes, and whether the totals are true."""

from reporting.operations.behind import Behind, read_behind
from reporting.operations.consolidating import read_consolidation, read_oddities
from reporting.operations.coverage import Coverage, CoveragePage, read_coverage
from reporting.operations.publishing import (
    publish_edition,
    read_differences,
    read_edition,
    read_editions,
    read_sources,
)
from reporting.operations.rebuilding import Correction, rebuild
from reporting.operations.totals import NamedAggregate, Totals, read_totals
from reporting.operations.verifying import Published, Streams, Verification, verify

__all__ = [
    "Behind",
    "Correction",
    "Coverage",
    "CoveragePage",
    "NamedAggregate",
    "Published",
    "Streams",
    "Totals",
    "Verification",
    "publish_edition",
    "read_behind",
    "read_consolidation",
    "read_coverage",
    "read_differences",
    "read_edition",
    "read_editions",
    "read_oddities",
    "read_sources",
    "read_totals",
    "rebuild",
    "verify",
]
