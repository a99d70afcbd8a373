"""Alembic's entrance; all of it is in the chassis."""

from chassis.migrating import run_revisions

run_revisions()
