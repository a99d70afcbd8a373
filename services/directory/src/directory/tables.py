"""The directory's tables. Constraints say what is impossible; each index names its query."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    Sequence,
    Table,
    Text,
    Uuid,
    func,
)

metadata = MetaData()

catalogue_versions = Sequence("catalogue_versions", metadata=metadata)
"""Versions of types and of groups. It only goes up, so that what is made again is newer than what was removed."""

unit_types = Table(
    "unit_types",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("levels", ARRAY(Text), nullable=False),
    # 0: nobody was told of it yet.
    Column("version", BigInteger, nullable=False, server_default="0"),
    CheckConstraint(
        "levels <@ ARRAY['preschool', 'primary', 'lower_secondary', 'upper_secondary', 'continuing']",
        name="unit_types_levels_are_known",
    ),
    comment="the catalogue of unit types, with the education levels each teaches, lowest first",
)

units = Table(
    "units",
    metadata,
    Column("unit_id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    CheckConstraint("version > 0", name="units_version_is_positive"),
    comment="units that were ever registered; the version counts the changes of everything dated about one",
)

unit_versions = Table(
    "unit_versions",
    metadata,
    Column("unit_id", Text, ForeignKey("units.unit_id"), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("unit_type", Text, ForeignKey("unit_types.code"), nullable=False),
    Column("name", Text, nullable=False),
    Column("short_name", Text, nullable=False),
    Column("abbreviation", Text),
    Column("levels", ARRAY(Text)),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="unit_versions_days_are_in_order"),
    CheckConstraint(
        "levels <@ ARRAY['preschool', 'primary', 'lower_secondary', 'upper_secondary', 'continuing']",
        name="unit_versions_levels_are_known",
    ),
    comment="what a unit is called and is, from one day up to and including another; a trigger refuses overlaps",
)
# Finds the units of one type, when its levels change or somebody asks for them.
Index("unit_versions_unit_type", unit_versions.c.unit_type)

unit_relations = Table(
    "unit_relations",
    metadata,
    Column("unit_id", Text, ForeignKey("units.unit_id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("parent_id", Text, ForeignKey("units.unit_id"), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    CheckConstraint(
        "kind IN ('administrative', 'professional', 'reporting', 'territory', 'cluster', 'cluster_lead')",
        name="unit_relations_kind_is_known",
    ),
    CheckConstraint("unit_id <> parent_id", name="unit_relations_are_between_two"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="unit_relations_days_are_in_order"),
    comment="dated edges from a unit to one above it, and from a cluster to its lead; a trigger refuses overlaps",
)
# Finds what stands below a unit, when it ends.
Index("unit_relations_parent", unit_relations.c.parent_id)

unit_lineage = Table(
    "unit_lineage",
    metadata,
    Column("unit_id", Text, ForeignKey("units.unit_id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("to_unit_id", Text, ForeignKey("units.unit_id"), primary_key=True),
    Column("effective_date", Date, primary_key=True),
    Column("legal_basis", Text, nullable=False),
    CheckConstraint(
        "kind IN ('merged_into', 'split_into', 'renamed_to', 'converted_to', 'function_transferred_to')",
        name="unit_lineage_kind_is_known",
    ),
    CheckConstraint("unit_id <> to_unit_id", name="unit_lineage_is_between_two"),
    comment="what a unit became, and on what grounds",
)

people = Table(
    "people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("account", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("full_name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("version > 0", name="people_version_is_positive"),
    CheckConstraint("kind IN ('person', 'machine')", name="people_kind_is_known"),
    comment="people and machines who may sign in",
)
# Finds an account by its name, whatever its capital letters, and keeps two from sharing one.
Index("people_account", func.lower(people.c.account), unique=True)

posts = Table(
    "posts",
    metadata,
    Column("person_id", Uuid, ForeignKey("people.person_id"), primary_key=True),
    # No foreign key: `*` is the whole province. Units are never deleted, so a look before writing is enough.
    Column("unit_id", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="posts_days_are_in_order"),
    comment="roles people hold at units, from one day up to and including another",
)

wrong_passwords = Table(
    "wrong_passwords",
    metadata,
    Column("attempt_id", BigInteger, Identity(always=True), primary_key=True),
    Column("account", Text, nullable=False),
    Column("tried_at", DateTime(timezone=True), nullable=False),
    comment="failed sign-ins of the last minutes, by account name, whether or not there is such an account",
)
# Counts the recent attempts of one account at every sign-in.
Index("wrong_passwords_account", wrong_passwords.c.account, wrong_passwords.c.tried_at)
# Finds what is too old to count, to be swept.
Index("wrong_passwords_tried_at", wrong_passwords.c.tried_at)
