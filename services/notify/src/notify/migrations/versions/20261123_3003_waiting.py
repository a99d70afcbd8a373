"""Letters tell of what an answer depends on: that it is there again, or was taken back."""

from alembic import op

revision = "20261123_3003"
down_revision = "20261123_5020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let more kinds of news be due."""
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
        "'question_answered', 'directive_amended', 'directive_recalled', 'media_withdrawn', 'media_hidden')",
    )
