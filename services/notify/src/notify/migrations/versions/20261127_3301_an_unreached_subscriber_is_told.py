"""A subscriber that is not reached is told of before its subscription is stopped."""

from alembic import op

revision = "20261127_3301"
down_revision = "20261126_8001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let one more kind of letter be due, about no directive."""
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
        "'edition_published', 'subscription_unreached', 'subscription_stopped', 'messages_parked')",
    )
    op.drop_constraint("letters_due_about_something", "letters_due")
    op.create_check_constraint(
        "letters_due_about_something",
        "letters_due",
        "obligation_id IS NOT NULL OR directive_id IS NOT NULL "
        "OR kind IN ('subscription_unreached', 'subscription_stopped', 'messages_parked')",
    )
