from chassis.migrating import run_revisions

run_revisions()
