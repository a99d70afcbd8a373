"""The audit records, their chain, and the triggers that keep both as they are."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1000"
down_revision = "20261122_0900"
branch_labels = None
depends_on = None

CHAIN = """
CREATE FUNCTION chain_audit_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head audit_head;
BEGIN
    -- One statement takes the row of the head and moves it on. Deferred, it runs within the commit: the row is held for
    -- as long as the commit takes, whatever the transaction has done before.
    INSERT INTO audit_head AS kept (is_head, count, hash)
        VALUES (true, 1, sha256(decode(repeat('00', 32), 'hex') || NEW.digest))
        ON CONFLICT (is_head) DO UPDATE SET count = kept.count + 1, hash = sha256(kept.hash || NEW.digest)
        RETURNING * INTO head;
    INSERT INTO audit_chain (position, record_id, hash) VALUES (head.count, NEW.record_id, head.hash);
    RETURN NULL;
END
$$
"""
REFUSE = """
CREATE FUNCTION refuse_to_change_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit records are neither changed nor removed' USING ERRCODE = 'restrict_violation';
END
$$
"""
HEAD_MOVES_ON = """
CREATE FUNCTION audit_head_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.count <> OLD.count + 1 THEN
        RAISE EXCEPTION 'the head of the audit chain moves on by one' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "audit_records",
        sa.Column("record_id", sa.Uuid, primary_key=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("by", sa.Uuid),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("client", sa.Text),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("length(digest) = 32", name="audit_records_digest_is_sha256"),
        comment="sign-ins, and changes of rights and units, as they were told; triggers refuse to change or remove any",
    )
    op.create_index("audit_records_about", "audit_records", ["about", "recorded_at"])
    op.create_table(
        "audit_chain",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("record_id", sa.Uuid, sa.ForeignKey("audit_records.record_id"), nullable=False, unique=True),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("position > 0", name="audit_chain_position_counts_from_one"),
        comment="each audit record bound to all before it; written by a trigger when a transaction commits",
    )
    op.create_table(
        "audit_head",
        sa.Column("is_head", sa.Boolean, primary_key=True, autoincrement=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("is_head", name="audit_head_is_one_row"),
        comment="how long the chain is and how it ends; whoever appends holds this row until the commit",
    )
    for function in (CHAIN, REFUSE, HEAD_MOVES_ON):
        op.execute(function)
    op.execute(
        "CREATE CONSTRAINT TRIGGER audit_records_are_chained AFTER INSERT ON audit_records"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chain_audit_record()"
    )
    for table in ("audit_records", "audit_chain"):
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_to_change_audit()"
        )
    op.execute(
        "CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head"
        " FOR EACH ROW EXECUTE FUNCTION refuse_to_change_audit()"
    )
    op.execute(
        "CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head"
        " FOR EACH ROW EXECUTE FUNCTION audit_head_moves_on()"
    )
    for table in ("audit_records", "audit_chain", "audit_head"):
        op.execute(
            f"CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_audit()"
        )


def downgrade() -> None:
    for table in ("audit_head", "audit_chain", "audit_records"):
        op.drop_table(table)
    for function in ("chain_audit_record", "refuse_to_change_audit", "audit_head_moves_on"):
        op.execute(f"DROP FUNCTION {function}()")
