"""Let people be told that the PDFs for which they asked are prepared: two more kinds of notice."""

from alembic import op
from sqlalchemy import text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLE = "notice"
CHECK = "ck_notice_notice_kind"
BEFORE = (
    "acknowledgement_missing",
    "appeal_closing",
    "appeal_decided",
    "appeal_raised",
    "appeal_undecided",
    "appraisal_approved",
    "appraisal_returned",
    "appraisal_scored",
    "correction_asked",
    "correction_decided",
    "entries_escalated",
    "entries_overdue",
    "entries_soon",
    "feedback_asked",
    "plan_accepted",
    "plan_answer_escalated",
    "plan_answer_overdue",
    "plan_approved",
    "plan_countered",
    "plan_missing",
    "plan_proposed",
    "plan_returned",
    "scorecard_acknowledged",
    "scorecard_published",
    "scoring_escalated",
    "scoring_overdue",
    "self_assessment_asked",
    "self_assessment_overdue",
)
ADDED = ("pdfs_prepared", "pdfs_stopped")


def upgrade() -> None:
    _allow(BEFORE, BEFORE + ADDED)


def downgrade() -> None:
    op.execute(f"DELETE FROM {TABLE} WHERE kind IN ({_listed(ADDED)})")  # noqa: S608 - words of our own
    _allow(BEFORE + ADDED, BEFORE)


def _allow(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(CHECK), TABLE, type_="check")
        op.create_check_constraint(op.f(CHECK), TABLE, f"kind IN ({_listed(after)})")
    else:
        _rewrite(f"kind IN ({_listed(before)})", f"kind IN ({_listed(after)})")


def _listed(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)


def _rewrite(old: str, new: str) -> None:
    """Change the words of the table in SQLite, which knows no other way than a new table with the rows of the old."""
    bind = op.get_bind()
    known = bind.execute(
        text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL"), {"table": TABLE}
    ).all()
    (made,) = (row.sql for row in known if row.type == "table")
    if old not in made:
        raise RuntimeError(f"the table {TABLE} is not as expected: {made}")
    head, _, body = made.partition("(")
    for step in (
        f"{head.replace(TABLE, TABLE + '_new')}({body.replace(old, new)}",
        f"INSERT INTO {TABLE}_new SELECT * FROM {TABLE}",  # noqa: S608 - names of our own
        f"DROP TABLE {TABLE}",
        f"ALTER TABLE {TABLE}_new RENAME TO {TABLE}",
        *(row.sql for row in known if row.type != "table"),
    ):
        bind.exec_driver_sql(step)
