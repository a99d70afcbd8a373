"""An audience is a selector; what selectors go by is known here; obligations say why."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1300"
down_revision = "20261122_1250"
branch_labels = None
depends_on = None

_AS_SELECTOR = """
UPDATE requirements SET audience =
    CASE WHEN jsonb_array_length(audience->'unit_types') > 0
         THEN jsonb_build_object('any_of', jsonb_build_array(jsonb_build_object('types', audience->'unit_types')))
         ELSE '{}'::jsonb END
    || jsonb_build_object('include', audience->'include', 'exclude', audience->'exclude')
"""
_AS_TYPES = """
UPDATE requirements SET audience = jsonb_build_object(
    'unit_types', coalesce(audience->'any_of'->0->'types', '[]'),
    'include', coalesce(audience->'include', '[]'),
    'exclude', coalesce(audience->'exclude', '[]'))
"""


def upgrade() -> None:
    op.execute(_AS_SELECTOR)
    for name in ("why_vi", "why_en"):
        op.add_column("obligations", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.create_table(
        "known_groups",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("selector", postgresql.JSONB),
        comment="a copy of the newest `directory.group.changed` of each group; can be thrown away and rebuilt",
    )
    op.create_table(
        "known_unit_types",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("is_removed", sa.Boolean, nullable=False),
        comment="a copy of the newest `directory.type.changed` of each type; can be thrown away and rebuilt",
    )
    op.create_table(
        "known_people",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("posts", postgresql.JSONB, nullable=False),
        comment="a copy of the newest `directory.person.changed` of each person; can be thrown away and rebuilt",
    )


def downgrade() -> None:
    for table in ("known_people", "known_unit_types", "known_groups"):
        op.drop_table(table)
    for name in ("why_en", "why_vi"):
        op.drop_column("obligations", name)
    op.execute(_AS_TYPES)
