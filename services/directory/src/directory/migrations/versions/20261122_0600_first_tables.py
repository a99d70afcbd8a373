"""First tables: units and their catalogue of types, people and their posts; what every service has."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_0600"
down_revision = None
branch_labels = None
depends_on = None

PRIMARY, LOWER, UPPER, CONTINUING = "primary", "lower_secondary", "upper_secondary", "continuing"
UNIT_TYPES: tuple[tuple[str, str, list[str]], ...] = (
    ("ubnd_tinh", "Ủy ban nhân dân tỉnh, thành phố", []),
    ("so_gddt", "Sở Giáo dục và Đào tạo", []),
    ("phong_thuoc_so", "Phòng chuyên môn thuộc Sở", []),
    ("ubnd_xa", "Ủy ban nhân dân xã, phường, đặc khu", []),
    ("phong_vhxh", "Phòng Văn hóa - Xã hội", []),
    ("phong_gddt", "Phòng Giáo dục và Đào tạo (đến 30/6/2025)", []),
    ("cum_chuyen_mon", "Cụm chuyên môn", []),
    ("thcs", "Trường trung học cơ sở", [LOWER]),
    ("th_thcs", "Trường tiểu học và trung học cơ sở", [PRIMARY, LOWER]),
    ("thpt", "Trường trung học phổ thông", [UPPER]),
    ("thpt_chuyen", "Trường trung học phổ thông chuyên", [UPPER]),
    ("thcs_thpt", "Trường trung học cơ sở và trung học phổ thông", [LOWER, UPPER]),
    ("pt_nhieu_cap", "Trường phổ thông nhiều cấp học", [PRIMARY, LOWER, UPPER]),
    ("ptdtnt", "Trường phổ thông dân tộc nội trú", [LOWER, UPPER]),
    ("gdnn_gdtx", "Trung tâm giáo dục nghề nghiệp - giáo dục thường xuyên", [CONTINUING]),
    ("gdtx", "Trung tâm giáo dục thường xuyên", [CONTINUING]),
    ("trung_hoc_nghe", "Trường trung học nghề", [UPPER]),
    ("external", "Cơ quan, tổ chức ngoài ngành", []),
)


def upgrade() -> None:
    _create_units()
    _create_people()
    _create_chassis_tables()


def downgrade() -> None:
    for table in (
        "parked_messages",
        "inbox",
        "outbox",
        "wrong_passwords",
        "posts",
        "people",
        "unit_lineage",
        "unit_relations",
        "unit_versions",
        "units",
        "unit_types",
    ):
        op.drop_table(table)
    op.execute("DROP TYPE text_span")


def _create_units() -> None:
    types = op.create_table(
        "unit_types",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("levels", sa.ARRAY(sa.Text), nullable=False),
        sa.CheckConstraint(
            "levels <@ ARRAY['primary', 'lower_secondary', 'upper_secondary', 'continuing']",
            name="unit_types_levels_are_known",
        ),
        comment="the catalogue of unit types, with the education levels each teaches, lowest first",
    )
    op.bulk_insert(types, [{"code": code, "name": name, "levels": levels} for code, name, levels in UNIT_TYPES])
    op.create_table(
        "units",
        sa.Column("unit_id", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.CheckConstraint("version > 0", name="units_version_is_positive"),
        comment="units that were ever registered; the version counts the changes of everything dated about one",
    )
    op.execute('CREATE TYPE text_span AS RANGE (subtype = text, collation = "C")')
    op.create_table(
        "unit_versions",
        sa.Column("unit_id", sa.Text, sa.ForeignKey("units.unit_id"), primary_key=True),
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("valid_to", sa.Date),
        sa.Column("unit_type", sa.Text, sa.ForeignKey("unit_types.code"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("short_name", sa.Text, nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="unit_versions_days_are_in_order"),
        postgresql.ExcludeConstraint(
            (sa.text("text_span(unit_id, unit_id, '[]')"), "&&"),
            (sa.text("daterange(valid_from, valid_to, '[]')"), "&&"),
            name="unit_versions_do_not_overlap",
            using="gist",
        ),
        comment="what a unit is called and is, from one day up to and including another",
    )
    op.create_table(
        "unit_relations",
        sa.Column("unit_id", sa.Text, sa.ForeignKey("units.unit_id"), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("parent_id", sa.Text, sa.ForeignKey("units.unit_id"), primary_key=True),
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("valid_to", sa.Date),
        sa.CheckConstraint(
            "kind IN ('administrative', 'professional', 'reporting', 'territory', 'cluster', 'cluster_lead')",
            name="unit_relations_kind_is_known",
        ),
        sa.CheckConstraint("unit_id <> parent_id", name="unit_relations_are_between_two"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="unit_relations_days_are_in_order"),
        postgresql.ExcludeConstraint(
            (sa.text("text_span(unit_id, unit_id, '[]')"), "&&"),
            (sa.text("text_span(kind, kind, '[]')"), "&&"),
            (sa.text("text_span(parent_id, parent_id, '[]')"), "&&"),
            (sa.text("daterange(valid_from, valid_to, '[]')"), "&&"),
            name="unit_relations_do_not_overlap",
            using="gist",
        ),
        postgresql.ExcludeConstraint(
            (sa.text("text_span(unit_id, unit_id, '[]')"), "&&"),
            (sa.text("text_span(kind, kind, '[]')"), "&&"),
            (sa.text("daterange(valid_from, valid_to, '[]')"), "&&"),
            name="unit_relations_have_one_parent",
            using="gist",
            where=sa.text("kind IN ('administrative', 'reporting', 'cluster_lead')"),
        ),
        comment="dated edges from a unit to one above it, and from a cluster to its lead",
    )
    op.create_table(
        "unit_lineage",
        sa.Column("unit_id", sa.Text, sa.ForeignKey("units.unit_id"), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("to_unit_id", sa.Text, sa.ForeignKey("units.unit_id"), primary_key=True),
        sa.Column("effective_date", sa.Date, primary_key=True),
        sa.Column("legal_basis", sa.Text, nullable=False),
        sa.CheckConstraint(
            "kind IN ('merged_into', 'split_into', 'renamed_to', 'converted_to', 'function_transferred_to')",
            name="unit_lineage_kind_is_known",
        ),
        sa.CheckConstraint("unit_id <> to_unit_id", name="unit_lineage_is_between_two"),
        comment="what a unit became, and on what grounds",
    )


def _create_people() -> None:
    op.create_table(
        "people",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint("version > 0", name="people_version_is_positive"),
        sa.CheckConstraint("kind IN ('person', 'machine')", name="people_kind_is_known"),
        comment="people and machines who may sign in",
    )
    op.create_index("people_account", "people", [sa.text("lower(account)")], unique=True)
    op.create_table(
        "posts",
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.person_id"), primary_key=True),
        sa.Column("unit_id", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("valid_to", sa.Date),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="posts_days_are_in_order"),
        comment="roles people hold at units, from one day up to and including another",
    )
    op.create_table(
        "wrong_passwords",
        sa.Column("attempt_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        comment="failed sign-ins of the last minutes, by account name, whether or not there is such an account",
    )
    op.create_index("wrong_passwords_account", "wrong_passwords", ["account", "tried_at"])
    op.create_index("wrong_passwords_tried_at", "wrong_passwords", ["tried_at"])


def _create_chassis_tables() -> None:
    op.create_table(
        "outbox",
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("traceparent", sa.Text),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        comment="events waiting to be published, written with the change that caused them",
    )
    op.create_table(
        "inbox",
        sa.Column("durable", sa.Text, primary_key=True),
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        comment="proof that one durable has taken in one event",
    )
    op.create_table(
        "parked_messages",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("durable", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("traceparent", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("deliveries", sa.Integer, nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        comment="messages we gave up on, kept for a person to look at and replay",
    )
