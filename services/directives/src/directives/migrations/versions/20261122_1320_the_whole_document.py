"""A directive carries its form, is submitted and returned, is numbered as its issuer decides, corrected and closed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261122_1320"
down_revision = "20261122_1300"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Leave what exists as it was: its form is empty, and its register is that of its type."""
    op.add_column("directives", sa.Column("form", JSONB, nullable=False, server_default="{}"))
    op.add_column("directives", sa.Column("revision", sa.Integer, nullable=False, server_default="1"))
    for step, reason in (("edited", None), ("submitted", None), ("returned", "return"), ("closed", "close")):
        op.add_column("directives", sa.Column(f"{step}_by", sa.Uuid))
        op.add_column("directives", sa.Column(f"{step}_at", MOMENT))
        columns = [f"{step}_by", f"{step}_at"]
        if reason:
            op.add_column("directives", sa.Column(f"{reason}_reason", sa.Text))
            columns.append(f"{reason}_reason")
        op.create_check_constraint(
            f"directives_{step}_whole", "directives", f"num_nulls({', '.join(columns)}) IN (0, {len(columns)})"
        )
    op.create_check_constraint(
        "directives_issued_before_closed", "directives", "closed_at IS NULL OR issued_at IS NOT NULL"
    )
    op.add_column("directives", sa.Column("corrections", JSONB, nullable=False, server_default="[]"))
    _let_registers_be_shared()
    op.create_table(
        "numbering_schemes",
        sa.Column("issuer_unit_id", sa.Text, primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("scheme", JSONB, nullable=False),
        sa.Column("entered_by", sa.Uuid, nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        comment="how an issuer numbers its documents, from a year on until a later year says otherwise",
    )


def _let_registers_be_shared() -> None:
    op.add_column("directives", sa.Column("register", sa.Text))
    op.execute("UPDATE directives SET register = document_type WHERE number IS NOT NULL")
    for gone in ("directives_numbered_whole", "directives_signed_before_numbered", "directives_number_once"):
        op.drop_constraint(gone, "directives")
    op.create_check_constraint(
        "directives_numbered_whole",
        "directives",
        "num_nulls(number, number_year, notation, numbered_by, numbered_at, register) IN (0, 6)",
    )
    op.create_check_constraint(
        "directives_signed_before_issued", "directives", "issued_at IS NULL OR signed_at IS NOT NULL"
    )
    op.create_unique_constraint(
        "directives_number_once", "directives", ["issuer_unit_id", "register", "number_year", "number"]
    )
    op.create_index("directives_by_code", "directives", ["notation", "number"])
