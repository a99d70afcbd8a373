"""A process carries what it needs, and no more: the whole platform fits a small machine."""

import subprocess
import sys

import pytest

HEAVY = ("authlib", "joserfc", "httpx", "rich", "openpyxl", "alembic")
"""What stands behind the province's provider, workbooks and migrations: loaded where one of these comes."""


@pytest.mark.parametrize("module", ["directory.main", "directory.settings"])
def test_a_directory_that_only_serves_does_not_load_what_it_may_never_need(module):
    code = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"

    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert loaded.stdout.strip() == "[]"
