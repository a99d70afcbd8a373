"""An answer may be withdrawn, returned field by field, corrected by permission, and talked about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261123_5020"
down_revision = "20261123_5010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """What was submitted so far is neither due again nor reopened."""
    op.add_column("submissions", sa.Column("due_again_at", MOMENT))
    op.add_column("submissions", sa.Column("was_late", sa.Boolean, nullable=False, server_default="false"))
    op.add_column("submissions", sa.Column("reopened_until", MOMENT))
    op.drop_constraint("submissions_state_known", "submissions")
    op.create_check_constraint(
        "submissions_state_known", "submissions", "state IN ('submitted', 'returned', 'accepted', 'withdrawn')"
    )
    op.drop_constraint("submissions_returned_are_not_carried", "submissions")
    op.create_check_constraint(
        "submissions_returned_are_not_carried",
        "submissions",
        "carried_to IS NULL OR state NOT IN ('returned', 'withdrawn')",
    )
    op.add_column("submission_versions", sa.Column("reasons", JSONB))
    op.create_index("obligations_of_requirement", "obligations", ["requirement_id"])
    _corrections()
    _talk()


def _corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("correction_id", sa.Uuid, primary_key=True),
        sa.Column("submission_id", sa.Uuid, sa.ForeignKey("submissions.submission_id"), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("answer", sa.Text),
        sa.Column("granted_until", MOMENT),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("decided_at", MOMENT),
        sa.CheckConstraint("outcome IN ('granted', 'refused')", name="corrections_outcome_known"),
        sa.CheckConstraint("num_nulls(outcome, decided_by, decided_at) IN (0, 3)", name="corrections_decided_whole"),
        sa.CheckConstraint(
            "(outcome IS NOT DISTINCT FROM 'granted') = (granted_until IS NOT NULL)",
            name="corrections_granted_say_until",
        ),
        comment="what a unit asked to correct after it was accepted or closed, and what was decided",
    )
    op.create_index(
        "corrections_undecided",
        "corrections",
        ["submission_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_index("corrections_of_submission", "corrections", ["submission_id"])


def _talk() -> None:
    op.create_table(
        "comments",
        sa.Column("comment_id", sa.Uuid, primary_key=True),
        sa.Column("submission_id", sa.Uuid, sa.ForeignKey("submissions.submission_id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("field", sa.Text),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("written_by", sa.Uuid, nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.CheckConstraint("side IN ('unit', 'desk')", name="comments_side_known"),
        comment="what the unit and its reviewers said to each other about a submission",
    )
    op.create_index("comments_of_submission", "comments", ["submission_id", "written_at"])
    op.create_table(
        "readings",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("submission_id", sa.Uuid, sa.ForeignKey("submissions.submission_id"), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
        comment="up to which version, and until when, somebody has read a submission; what is newer is unread",
    )
