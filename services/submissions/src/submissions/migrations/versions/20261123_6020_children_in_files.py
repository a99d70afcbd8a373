"""Units declare about the children in their files, files can be withdrawn, and who looks at one is written down."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_6020"
down_revision = "20261123_4010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Files that came in before are for internal review only, as nothing was declared about them."""
    op.add_column("media", sa.Column("withdrawn_at", sa.DateTime(timezone=True)))
    op.add_column("media", sa.Column("withdrawn_by", sa.Uuid))
    op.add_column("media", sa.Column("withdrawal_reason", sa.Text))
    for name in ("media_state_known", "media_ready_is_measured", "media_rejected_says_why"):
        op.drop_constraint(name, "media")
    op.create_check_constraint(
        "media_state_known",
        "media",
        "state IN ('uploading', 'completing', 'received', 'inspecting', 'ready', 'rejected', 'abandoned', 'withdrawn')",
    )
    op.create_check_constraint("media_ready_is_inspected", "media", "state <> 'ready' OR inspected_at IS NOT NULL")
    op.create_check_constraint("media_rejected_says_why", "media", "state <> 'rejected' OR refusal IS NOT NULL")
    op.create_check_constraint(
        "media_withdrawn_says_why",
        "media",
        "(state = 'withdrawn') = (withdrawn_at IS NOT NULL AND withdrawn_by IS NOT NULL"
        " AND withdrawal_reason IS NOT NULL)",
    )
    op.create_index("media_withdrawn", "media", ["withdrawn_at"], postgresql_where=sa.text("state = 'withdrawn'"))
    op.create_table(
        "media_declarations",
        sa.Column("media_id", sa.Uuid, sa.ForeignKey("media.media_id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("declared_by", sa.Uuid, nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_pupil_identifiable", sa.Boolean, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("has_consent_of_pupils", sa.Boolean, nullable=False),
        sa.Column("has_consent_of_representatives", sa.Boolean, nullable=False),
        sa.Column("obtained_on", sa.Date),
        sa.Column("evidence", sa.Text),
        sa.CheckConstraint("scope IN ('internal_review', 'workshop', 'public')", name="media_declarations_scope_known"),
        sa.CheckConstraint(
            "NOT is_pupil_identifiable OR scope = 'internal_review' OR (has_consent_of_pupils"
            " AND has_consent_of_representatives AND obtained_on IS NOT NULL AND evidence IS NOT NULL)",
            name="media_declarations_shown_with_consent",
        ),
        comment="what units declared about the children in their files; the newest counts, none is ever changed",
    )
    op.create_table(
        "media_views",
        sa.Column("view_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("media_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("viewed_at", sa.DateTime(timezone=True), nullable=False),
        comment="who was let look at which file, and when; only ever added to",
    )
    op.create_index("media_views_by_media", "media_views", ["media_id", "view_id"])
