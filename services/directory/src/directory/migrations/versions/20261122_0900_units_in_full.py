"""Units in full: codes of others, abbreviations, own levels, named groups, reorganisations, records taken over.

Overlaps are refused by triggers that look at a whole statement: two GiST indexes on relations cost more than everything
else when a large province is imported.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_0900"
down_revision = "20261122_0600"
branch_labels = None
depends_on = None

# The lock is that of whoever changes units. Taken here as well, so that two transactions that have forgotten it cannot
# each overlook what the other has not committed yet.
_NO_OVERLAP = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE units IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (
        SELECT FROM changed c JOIN {table} o ON o.unit_id = c.unit_id {and_same}
        WHERE ({key_of_o}) <> ({key_of_c})
            AND c.valid_from <= coalesce(o.valid_to, 'infinity') AND o.valid_from <= coalesce(c.valid_to, 'infinity')
    ) THEN
        RAISE EXCEPTION '{name}' USING ERRCODE = 'exclusion_violation', CONSTRAINT = '{name}', TABLE = '{table}';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER {name}_when_entered AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION {name}();
CREATE TRIGGER {name}_when_changed AFTER UPDATE ON {table}
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION {name}();
"""
# Deferred to the commit: a code may pass from one unit to another in any order.
_ONE_HOLDER = """
CREATE FUNCTION unit_identifiers_have_one_holder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE units IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (
        SELECT FROM unit_identifiers c
        JOIN unit_identifiers o ON o.scheme = c.scheme AND o.code = c.code
        WHERE c.scheme = NEW.scheme AND c.code = NEW.code
            AND c.unit_id = NEW.unit_id AND c.valid_from = NEW.valid_from
            AND (o.unit_id, o.valid_from) <> (c.unit_id, c.valid_from)
            AND c.valid_from <= coalesce(o.valid_to, 'infinity') AND o.valid_from <= coalesce(c.valid_to, 'infinity')
    ) THEN
        RAISE EXCEPTION 'unit_identifiers_have_one_holder' USING ERRCODE = 'exclusion_violation',
            CONSTRAINT = 'unit_identifiers_have_one_holder', TABLE = 'unit_identifiers';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER unit_identifiers_have_one_holder AFTER INSERT OR UPDATE ON unit_identifiers
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION unit_identifiers_have_one_holder();
"""
_OVERLAPS = (
    {
        "name": "unit_versions_do_not_overlap",
        "table": "unit_versions",
        "and_same": "",
        "key_of_o": "o.valid_from",
        "key_of_c": "c.valid_from",
    },
    {
        "name": "unit_relations_do_not_overlap",
        "table": "unit_relations",
        "and_same": "AND o.kind = c.kind AND (o.parent_id = c.parent_id"
        " OR c.kind IN ('administrative', 'reporting', 'cluster_lead'))",
        "key_of_o": "o.parent_id, o.valid_from",
        "key_of_c": "c.parent_id, c.valid_from",
    },
)
_SAID = (
    ("unit_versions", "what a unit is called and is, from one day up to and including another"),
    ("unit_relations", "dated edges from a unit to one above it, and from a cluster to its lead"),
)
_SPANS = (
    ("unit_versions", "unit_versions_do_not_overlap", ("unit_id",), ""),
    ("unit_relations", "unit_relations_do_not_overlap", ("unit_id", "kind", "parent_id"), ""),
    (
        "unit_relations",
        "unit_relations_have_one_parent",
        ("unit_id", "kind"),
        " WHERE (kind IN ('administrative', 'reporting', 'cluster_lead'))",
    ),
)


def upgrade() -> None:
    _widen_versions()
    _create_identifiers()
    _create_the_rest()
    for table, constraint, _same, _where in _SPANS:
        op.drop_constraint(constraint, table)
    op.execute("DROP TYPE text_span")
    for each in _OVERLAPS:
        for statement in _statements(_NO_OVERLAP.format(**each)):
            op.execute(statement)
    for statement in _statements(_ONE_HOLDER):
        op.execute(statement)


def downgrade() -> None:
    for table in ("taken_records", "reorganisations", "unit_groups", "unit_identifiers"):
        op.drop_table(table)
    op.execute("DROP FUNCTION unit_identifiers_have_one_holder()")
    for each in _OVERLAPS:
        op.execute(f"DROP FUNCTION {each['name']}() CASCADE")
    op.execute('CREATE TYPE text_span AS RANGE (subtype = text, collation = "C")')
    for table, constraint, same, where in _SPANS:
        spans = ", ".join(f"text_span({column}, {column}, '[]') WITH &&" for column in same)
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {constraint} EXCLUDE USING gist"
            f" ({spans}, daterange(valid_from, valid_to, '[]') WITH &&){where}"
        )
    for table, says in _SAID:
        op.create_table_comment(table, says)
    op.drop_index("unit_relations_parent", "unit_relations")
    op.drop_index("unit_versions_unit_type", "unit_versions")
    op.drop_constraint("unit_versions_levels_are_known", "unit_versions")
    op.drop_column("unit_versions", "levels")
    op.drop_column("unit_versions", "abbreviation")


def _statements(script: str) -> list[str]:
    # The driver takes one statement at a time; within a function, only its last line ends with `$$;`.
    body, _, triggers = script.partition("END $$;")
    return [f"{body}END $$", *(each for each in triggers.split(";") if each.strip())]


def _widen_versions() -> None:
    op.add_column("unit_versions", sa.Column("abbreviation", sa.Text))
    op.add_column("unit_versions", sa.Column("levels", sa.ARRAY(sa.Text)))
    op.create_check_constraint(
        "unit_versions_levels_are_known",
        "unit_versions",
        "levels <@ ARRAY['primary', 'lower_secondary', 'upper_secondary', 'continuing']",
    )
    op.create_index("unit_versions_unit_type", "unit_versions", ["unit_type"])
    op.create_index("unit_relations_parent", "unit_relations", ["parent_id"])
    for table, says in _SAID:
        op.create_table_comment(table, f"{says}; a trigger refuses overlaps", existing_comment=says)


def _create_identifiers() -> None:
    op.create_table(
        "unit_identifiers",
        sa.Column("unit_id", sa.Text, sa.ForeignKey("units.unit_id"), primary_key=True),
        sa.Column("scheme", sa.Text, primary_key=True),
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("valid_to", sa.Date),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="unit_identifiers_days_are_in_order"),
        comment="codes others know a unit by; a trigger refuses, at commit, one code of a scheme for two units at once",
    )
    op.create_index("unit_identifiers_code", "unit_identifiers", ["scheme", "code"])


def _create_the_rest() -> None:
    op.create_table(
        "unit_groups",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("selector", postgresql.JSONB, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("version > 0", name="unit_groups_version_is_positive"),
        comment="selections of units people have given a name",
    )
    op.create_table(
        "reorganisations",
        sa.Column("reorganisation_id", sa.Uuid, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("legal_basis", sa.Text, nullable=False),
        sa.Column("effective_date", sa.Date, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("draft", postgresql.JSONB, nullable=False),
        sa.Column("prepared_by", sa.Uuid, nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_by", sa.Uuid),
        sa.Column("applied_at", sa.DateTime(timezone=True)),
        sa.Column("digest", sa.Text),
        sa.Column("plan", postgresql.JSONB),
        sa.CheckConstraint("state IN ('draft', 'applied')", name="reorganisations_state_is_known"),
        sa.CheckConstraint(
            "(state = 'applied') = (applied_by IS NOT NULL AND applied_at IS NOT NULL"
            " AND digest IS NOT NULL AND plan IS NOT NULL)",
            name="reorganisations_are_applied_by_somebody",
        ),
        comment="many changes of units, prepared, reviewed and applied as one; the plan is what was applied",
    )
    op.create_table(
        "taken_records",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("record_id", sa.Text, primary_key=True),
        sa.Column("unit_id", sa.Text, sa.ForeignKey("units.unit_id"), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.CheckConstraint("event IN ('NEW', 'UPDATE', 'CANCEL')", name="taken_records_event_is_known"),
        comment="the newest version of each record taken over from a national database, and the unit it is about",
    )
