"""Published totals are told, and what of the house itself needs a person."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_8501"
down_revision = "20261125_8002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let more be said, also of what is about no directive."""
    op.drop_constraint("letters_due_kind_known", "letters_due")
    op.create_check_constraint(
        "letters_due_kind_known",
        "letters_due",
        "kind IN ('obligation_opened', 'obligation_transferred', 'submission_submitted', 'submission_returned', "
        "'submission_accepted', 'draft_handed_up', 'draft_approved', 'draft_sent_back', "
        "'submission_withdrawn', 'correction_asked', 'correction_granted', "
        "'correction_refused', 'comment_by_unit', 'comment_by_desk', "
        "'media_rejected', 'extension_asked', 'extension_refused', 'obligation_extended', "
        "'obligation_exempted', 'obligation_reopened', 'obligation_recalled', 'submission_carried', "
        "'obligation_activated', 'obligation_suspended', "
        "'directive_replaced', 'directive_received', 'delivery_refused', 'obligation_assigned', 'question_asked', "
        "'question_answered', 'directive_amended', 'directive_recalled', 'media_withdrawn', 'media_hidden', "
        "'reminder_near', 'reminder_today', 'reminder_overdue', 'reminder_desk', 'reminder_receipt', 'nudge', "
        "'edition_published', 'subscription_stopped', 'messages_parked')",
    )
    op.drop_constraint("letters_due_about_something", "letters_due")
    op.create_check_constraint(
        "letters_due_about_something",
        "letters_due",
        "obligation_id IS NOT NULL OR directive_id IS NOT NULL OR kind IN ('subscription_stopped', 'messages_parked')",
    )
    op.alter_column("letters", "directive_id", nullable=True)
    op.create_index(
        "letters_due_edition_idx",
        "letters_due",
        ["directive_id"],
        postgresql_where=sa.text("kind = 'edition_published'"),
    )
    op.create_table(
        "watched_services",
        sa.Column("service", sa.Text, primary_key=True),
        sa.Column("parked", sa.Integer, nullable=False),
        sa.Column("told", sa.Integer, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        comment="how many parked messages each service had when it was last asked, how often the operators were told, "
        "and when",
    )
