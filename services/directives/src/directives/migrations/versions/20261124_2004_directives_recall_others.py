"""A directive may recall another one."""

from alembic import op

revision = "20261124_2004"
down_revision = "20261124_2003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was named so far stays as it is."""
    op.drop_constraint("directive_relations_kind_known", "directive_relations")
    op.create_check_constraint(
        "directive_relations_kind_known",
        "directive_relations",
        "kind IN ('replaces', 'amends', 'corrects', 'recalls', 'cascades', 'implements', 'refers_to')",
    )
