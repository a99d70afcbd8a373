"""Accounts that are disabled or must change their password, and posts that are lent."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1020"
down_revision = "20261122_1010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.person_id"), primary_key=True),
        sa.Column("must_change_password", sa.Boolean, nullable=False),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_signed_in_at", sa.DateTime(timezone=True)),
        sa.Column("disabled_at", sa.DateTime(timezone=True)),
        sa.Column("disabled_why", sa.Text),
        sa.CheckConstraint("(disabled_at IS NULL) = (disabled_why IS NULL)", name="accounts_are_disabled_for_a_reason"),
        comment="of each person and machine, whether and how they may sign in",
    )
    # Nobody is shut out by an upgrade: those who have an account keep their password, and have been here just now.
    op.execute(
        "INSERT INTO accounts (person_id, must_change_password, password_set_at, active_since)"
        " SELECT person_id, false, now(), now() FROM people"
    )
    op.create_table(
        "past_passwords",
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.person_id"), primary_key=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("password_hash", sa.Text, nullable=False),
        comment="the last passwords of each person, as hashes: an administrator does not take one of them again",
    )
    op.create_table(
        "delegations",
        sa.Column("delegation_id", sa.Uuid, primary_key=True),
        sa.Column("from_person_id", sa.Uuid, sa.ForeignKey("people.person_id"), nullable=False),
        sa.Column("to_person_id", sa.Uuid, sa.ForeignKey("people.person_id"), nullable=False),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("from_person_id <> to_person_id", name="delegations_are_between_two"),
        sa.CheckConstraint("valid_to >= valid_from", name="delegations_days_are_in_order"),
        comment="a post that its holder lets somebody else act in, while both the span and the post last",
    )
    op.create_index("delegations_to_person_id", "delegations", ["to_person_id"])
    op.create_index("delegations_from_person_id", "delegations", ["from_person_id"])


def downgrade() -> None:
    for table in ("delegations", "past_passwords", "accounts"):
        op.drop_table(table)
