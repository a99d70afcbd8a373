"""What people ask of reporting: totals with their coverage, who still owes, and whether the totals are true."""

from reporting.operations.behind import Behind, read_behind
from reporting.operations.coverage import Coverage, read_coverage
from reporting.operations.rebuilding import Correction, rebuild
from reporting.operations.totals import NamedAggregate, Totals, read_totals
from reporting.operations.verifying import Published, Streams, Verification, verify

__all__ = [
    "Behind",
    "Correction",
    "Coverage",
    "NamedAggregate",
    "Published",
    "Streams",
    "Totals",
    "Verification",
    "read_behind",
    "read_coverage",
    "read_totals",
    "rebuild",
    "verify",
]
