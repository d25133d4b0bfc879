"""Let plans be agreed and appraisals be reviewed: further states of both."""

from alembic import op
from sqlalchemy import text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PLAN = ("active", "draft", "replaced")
APPRAISAL = ("open", "published")
MORE_OF_PLAN = ("accepted", "active", "countered", "draft", "proposed", "replaced")
MORE_OF_APPRAISAL = ("acknowledged", "appealed", "approved", "closed", "open", "published", "scored")


def upgrade() -> None:
    _allow("plan", "plan_state", PLAN, MORE_OF_PLAN)
    _allow("appraisal", "appraisal_state", APPRAISAL, MORE_OF_APPRAISAL)


def downgrade() -> None:
    op.execute("UPDATE plan SET state = 'draft' WHERE state IN ('accepted', 'countered', 'proposed')")
    op.execute("UPDATE appraisal SET state = 'open' WHERE state IN ('approved', 'scored')")
    op.execute("UPDATE appraisal SET state = 'published' WHERE state NOT IN ('open', 'published')")
    _allow("plan", "plan_state", MORE_OF_PLAN, PLAN)
    _allow("appraisal", "appraisal_state", MORE_OF_APPRAISAL, APPRAISAL)


def _allow(table: str, name: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"state IN ({_listed(after)})")
    else:
        _rewrite(table, f"state IN ({_listed(before)})", f"state IN ({_listed(after)})")


def _listed(states: tuple[str, ...]) -> str:
    return ", ".join(f"'{state}'" for state in states)


def _rewrite(table: str, old: str, new: str) -> None:
    """Change the words of a table in SQLite, which knows no other way than a new table with the rows of the old."""
    bind = op.get_bind()
    known = bind.execute(
        text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL"), {"table": table}
    ).all()
    (made,) = (row.sql for row in known if row.type == "table")
    if old not in made:
        raise RuntimeError(f"the table {table} is not as expected: {made}")
    head, _, body = made.partition("(")
    for step in (
        f"{head.replace(table, table + '_new')}({body.replace(old, new)}",
        f"INSERT INTO {table}_new SELECT * FROM {table}",  # noqa: S608 - names of our own
        f"DROP TABLE {table}",
        f"ALTER TABLE {table}_new RENAME TO {table}",
        *(row.sql for row in known if row.type != "table"),
    ):
        bind.exec_driver_sql(step)
