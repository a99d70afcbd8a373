"""Runs the revisions of notify; Alembic imports this file."""

from chassis.migrating import run_revisions

run_revisions()
