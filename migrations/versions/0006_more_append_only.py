"""Let the database itself refuse to change adjustments, acceptances of plans and receipts; erasing a person stays."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IS_ERASED = {
    "adjustment": (
        "EXISTS (SELECT 1 FROM erasure JOIN appraisal ON appraisal.person_id = erasure.person_id"
        " WHERE appraisal.id = OLD.appraisal_id AND erasure.erased_at IS NOT NULL)"
    ),
    "plan_acceptance": (
        "EXISTS (SELECT 1 FROM erasure WHERE erasure.person_id = OLD.person_id AND erasure.erased_at IS NOT NULL)"
    ),
    "acknowledgement": (
        "EXISTS (SELECT 1 FROM erasure JOIN appraisal ON appraisal.person_id = erasure.person_id"
        " JOIN published_scorecard ON published_scorecard.appraisal_id = appraisal.id"
        " WHERE published_scorecard.id = OLD.scorecard_id AND erasure.erased_at IS NOT NULL)"
    ),
}
"""For each table, whether the row is of somebody whose erasure is on record."""


def upgrade() -> None:
    guard = _guard_postgresql if op.get_bind().dialect.name == "postgresql" else _guard_sqlite
    for table, is_erased in IS_ERASED.items():
        guard(table, is_erased)


def downgrade() -> None:
    for table in IS_ERASED:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {table}_kept ON {table}")
            op.execute(f"DROP TRIGGER {table}_not_emptied ON {table}")
            op.execute(f"DROP FUNCTION refuse_change_of_{table}()")
        else:
            op.execute(f"DROP TRIGGER {table}_not_changed")
            op.execute(f"DROP TRIGGER {table}_not_deleted")


def _guard_postgresql(table: str, is_erased: str) -> None:
    op.execute(
        f"CREATE FUNCTION refuse_change_of_{table}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'DELETE' AND {is_erased} THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_change_of_{table}()"
    )
    # Row triggers do not see TRUNCATE.
    op.execute(
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _guard_sqlite(table: str, is_erased: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_not_changed BEFORE UPDATE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )
    op.execute(
        f"CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table} WHEN NOT {is_erased} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )
