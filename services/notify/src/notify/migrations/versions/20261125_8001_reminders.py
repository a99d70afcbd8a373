"""Reminders: what is owed, which days are worked, by which steps, and who was told what.

What was noted before is owed too: answers are taken from the letters about them, under version 0, which any event of
theirs overwrites. Whose desk waits for an old obligation is known once an event of it comes.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261125_8001"
down_revision = "20261123_3003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and look at everything that is owed."""
    op.add_column("directives", sa.Column("priority", sa.Text, nullable=False, server_default="normal"))
    op.add_column("requirements", sa.Column("reviewing_unit_id", sa.Text))
    op.add_column("requirements", sa.Column("closes_at", MOMENT))
    op.add_column("obligations", sa.Column("issuer_unit_id", sa.Text))
    op.add_column("obligations", sa.Column("closes_at", MOMENT))
    _make_known_units()
    _make_rules()
    _make_reminders()
    _make_digests()
    _let_more_be_said()
    _note_what_is_owed()


def _make_known_units() -> None:
    op.create_table(
        "known_units",
        sa.Column("unit_id", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("state", JSONB, nullable=False),
        comment="a copy of the newest `directory.unit.changed` of each unit; can be thrown away and rebuilt",
    )


def _make_rules() -> None:
    op.create_table(
        "working_years",
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("days", JSONB, nullable=False),
        comment="the special days of each year as directives last told them, [[day, kind], …]",
    )
    op.create_table(
        "ladders",
        sa.Column("awaited", sa.Text, primary_key=True),
        sa.Column("steps", JSONB, nullable=False),
        sa.Column("changed_by", sa.Uuid, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("awaited IN ('answer', 'acknowledgement')", name="ladders_awaited_known"),
        comment="the steps the province has chosen; no row: those of the code",
    )


def _make_reminders() -> None:
    op.create_table(
        "answers",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due_again_at", MOMENT),
        sa.CheckConstraint("state IN ('submitted', 'returned', 'accepted', 'withdrawn')", name="answers_state_known"),
        comment="what became last of the answer to each obligation; no row: there was none",
    )
    op.create_table(
        "reminders",
        sa.Column("reminder_id", sa.Uuid, primary_key=True),
        sa.Column("awaited", sa.Text, nullable=False),
        sa.Column("directive_id", sa.Uuid, nullable=False),
        sa.Column("requirement_id", sa.Uuid),
        sa.Column("issuer_unit_id", sa.Text),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.Column("answering_unit_id", sa.Text, nullable=False),
        sa.Column("counted_from", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT),
        sa.Column("is_owed", sa.Boolean, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("reached", sa.SmallInteger),
        sa.Column("next_at", MOMENT),
        sa.CheckConstraint("awaited IN ('answer', 'acknowledgement')", name="reminders_awaited_known"),
        sa.CheckConstraint("is_owed OR next_at IS NULL", name="reminders_only_of_what_is_owed"),
        comment="what is owed, one row per obligation (reminder_id is its id) and per delivery a word is waited for; "
        "next_at only says when to look: what is told then follows from the rest of the row, the ladder and the "
        "calendar",
    )
    op.create_index("reminders_next_at_idx", "reminders", ["next_at"], postgresql_where=sa.text("next_at IS NOT NULL"))
    op.create_index("reminders_directive_id_idx", "reminders", ["directive_id"])


def _make_digests() -> None:
    op.create_table(
        "digests",
        sa.Column("digest_id", sa.Uuid, primary_key=True),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("alone", sa.Uuid, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("written_at", MOMENT),
        sa.UniqueConstraint("person_id", "step", "on_day", "alone", name="digests_one_a_day_to_a_person"),
        comment="at most one letter to a person for one step on one day; digest_id is the id of the letter. `alone` is "
        "the reminder where it is urgent, the nudge where it is one, else nil",
    )
    unwritten = sa.text("written_at IS NULL")
    op.create_index(
        "digests_waiting_idx", "digests", ["person_id", "step", "alone"], unique=True, postgresql_where=unwritten
    )
    op.create_index("digests_unwritten_idx", "digests", ["not_before"], postgresql_where=unwritten)
    op.create_table(
        "digest_lines",
        sa.Column("digest_id", sa.Uuid, sa.ForeignKey("digests.digest_id"), primary_key=True),
        sa.Column("reminder_id", sa.Uuid, sa.ForeignKey("reminders.reminder_id"), primary_key=True),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("counted_from", MOMENT, nullable=False),
        sa.Column("answering_unit_id", sa.Text, nullable=False),
        comment="what each of them is about, as it was when it was decided: with another deadline or another unit that "
        "answers, the line stands no more",
    )
    op.create_index("digest_lines_reminder_id_idx", "digest_lines", ["reminder_id"])


def _let_more_be_said() -> None:
    op.drop_constraint("deliveries_state_known", "deliveries")
    op.create_check_constraint(
        "deliveries_state_known", "deliveries", "state IN ('waiting', 'sent', 'failed', 'overtaken')"
    )
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
        "'reminder_near', 'reminder_today', 'reminder_overdue', 'reminder_desk', 'reminder_receipt', 'nudge')",
    )


def _note_what_is_owed() -> None:
    op.execute(
        """
        INSERT INTO answers (obligation_id, version, state, due_again_at)
        SELECT DISTINCT ON (obligation_id) obligation_id, 0,
               CASE kind WHEN 'submission_carried' THEN 'submitted' ELSE replace(kind, 'submission_', '') END,
               (quoted ->> 'due_again')::timestamptz
        FROM letters_due
        WHERE obligation_id IS NOT NULL
          AND kind IN ('submission_submitted', 'submission_carried', 'submission_returned', 'submission_accepted',
                       'submission_withdrawn')
        ORDER BY obligation_id, occurred_at DESC
        """
    )
    op.execute(
        """
        INSERT INTO answers (obligation_id, version, state)
        SELECT obligation_id, 0, 'accepted' FROM acceptances ON CONFLICT (obligation_id) DO NOTHING
        """
    )
    op.execute(
        """
        INSERT INTO reminders (reminder_id, awaited, directive_id, requirement_id, unit_id, answering_unit_id,
                               counted_from, is_owed, since, next_at)
        SELECT obligation_id, 'answer', directive_id, requirement_id, unit_id, answering_unit_id,
               CASE WHEN state = 'returned' THEN coalesce(due_again_at, due_at) ELSE due_at END, is_owed, now(),
               CASE WHEN is_owed THEN now() END
        FROM (
            SELECT obligations.*, answers.state, answers.due_again_at,
                   ended_at IS NULL AND coalesce(answers.state IN ('returned', 'withdrawn'), true) AS is_owed
            FROM obligations LEFT JOIN answers USING (obligation_id)
        ) AS known
        """
    )
