"""Let the words of a published scorecard be taken out when its person's data is erased, and nothing else."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEPT = (
    "id", "appraisal_id", "version_number", "verification_code", "snapshot_digest", "total", "grade", "coverage",
    "published_at", "published_by_id",
)  # fmt: skip
IS_ERASED = (
    "EXISTS (SELECT 1 FROM erasure JOIN appraisal ON appraisal.person_id = erasure.person_id"
    " WHERE appraisal.id = OLD.appraisal_id AND erasure.erased_at IS NOT NULL)"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in KEPT)
        op.execute(
            "CREATE FUNCTION refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF TG_OP = 'UPDATE' AND NEW.snapshot = '' AND {same} AND {IS_ERASED} THEN RETURN NEW; END IF; "
            "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
        op.execute("DROP TRIGGER published_scorecard_kept ON published_scorecard")
        op.execute(
            "CREATE TRIGGER published_scorecard_kept BEFORE UPDATE OR DELETE ON published_scorecard "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasure()"
        )
    else:
        same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in KEPT)
        op.execute("DROP TRIGGER published_scorecard_not_changed")
        op.execute(
            "CREATE TRIGGER published_scorecard_not_changed BEFORE UPDATE ON published_scorecard "
            f"WHEN NOT (NEW.snapshot = '' AND {same} AND {IS_ERASED}) "
            "BEGIN SELECT RAISE(ABORT, 'published_scorecard is append-only'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER published_scorecard_kept ON published_scorecard")
        op.execute(
            "CREATE TRIGGER published_scorecard_kept BEFORE UPDATE OR DELETE ON published_scorecard "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute("DROP FUNCTION refuse_change_but_erasure()")
    else:
        op.execute("DROP TRIGGER published_scorecard_not_changed")
        op.execute(
            "CREATE TRIGGER published_scorecard_not_changed BEFORE UPDATE ON published_scorecard "
            "BEGIN SELECT RAISE(ABORT, 'published_scorecard is append-only'); END"
        )
