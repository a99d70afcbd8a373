"""Runs the directory's revisions; Alembic imports this file."""

from chassis.migrating import run_revisions

run_revisions()
