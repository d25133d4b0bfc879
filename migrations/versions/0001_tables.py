"""Make the tables of people, cycles, plans, results and the audit chain."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_text",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_text")),
        sa.UniqueConstraint("digest", name=op.f("uq_audit_text_digest")),
    )
    op.create_table(
        "cycle",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "closed", "draft", "open", name="cycle_state", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("priority_share", sa.BigInteger(), nullable=False),
        sa.Column("difficulty_share", sa.BigInteger(), nullable=False),
        sa.Column("credibility_share", sa.BigInteger(), nullable=False),
        sa.Column("weight_step", sa.BigInteger(), nullable=False),
        sa.Column("weight_floor", sa.BigInteger(), nullable=False),
        sa.Column("weight_ceiling", sa.BigInteger(), nullable=False),
        sa.Column("score_floor", sa.BigInteger(), nullable=False),
        sa.Column("score_cap", sa.BigInteger(), nullable=False),
        sa.Column(
            "missing",
            sa.Enum("block", "exclude", "zero", name="missing", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("on_track_from", sa.BigInteger(), nullable=False),
        sa.Column("ahead_from", sa.BigInteger(), nullable=False),
        sa.Column("appeal_days", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_cycle_ends_after_start")),
        sa.CheckConstraint(
            "priority_share + difficulty_share + credibility_share = 10000", name=op.f("ck_cycle_criteria_make_100")
        ),
        sa.CheckConstraint(
            "priority_share >= 0 AND difficulty_share >= 0 AND credibility_share >= 0",
            name=op.f("ck_cycle_criteria_not_negative"),
        ),
        sa.CheckConstraint("score_floor <= score_cap", name=op.f("ck_cycle_score_floor_below_cap")),
        sa.CheckConstraint("weight_ceiling <= 10000", name=op.f("ck_cycle_weight_ceiling_within_100")),
        sa.CheckConstraint(
            "weight_floor >= 0 AND weight_floor <= weight_ceiling", name=op.f("ck_cycle_weight_floor_below_ceiling")
        ),
        sa.CheckConstraint("weight_step IN (1, 50, 100, 500)", name=op.f("ck_cycle_weight_step_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle")),
        sa.UniqueConstraint("code", name=op.f("uq_cycle_code")),
    )
    op.create_table(
        "kpi_definition",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("name_id", sa.String(length=200), nullable=False),
        sa.Column("definition_en", sa.Text(), nullable=False),
        sa.Column("definition_id", sa.Text(), nullable=False),
        sa.Column("formula_en", sa.String(length=500), nullable=False),
        sa.Column("formula_id", sa.String(length=500), nullable=False),
        sa.Column("unit_of_measure_en", sa.String(length=60), nullable=False),
        sa.Column("unit_of_measure_id", sa.String(length=60), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("numerator_en", sa.String(length=500), nullable=False),
        sa.Column("numerator_id", sa.String(length=500), nullable=False),
        sa.Column("denominator_en", sa.String(length=500), nullable=False),
        sa.Column("denominator_id", sa.String(length=500), nullable=False),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scale", sa.String(length=80), nullable=True),
        sa.Column(
            "measure",
            sa.Enum(
                "growth",
                "milestone",
                "rating",
                "ratio",
                "value",
                "yes_no",
                name="measure_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "aggregation",
            sa.Enum(
                "average",
                "last",
                "max",
                "min",
                "sum",
                name="aggregation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "method",
            sa.Enum(
                "exact",
                "higher",
                "lower",
                "lower_inverse",
                "milestone",
                "points",
                "range",
                "rating",
                "steps",
                "yes_no",
                name="method",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "frequency",
            sa.Enum(
                "daily",
                "half_yearly",
                "monthly",
                "quarterly",
                "weekly",
                "yearly",
                name="frequency",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_definition")),
        sa.UniqueConstraint("code", name=op.f("uq_kpi_definition_code")),
    )
    with op.batch_alter_table("kpi_definition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kpi_definition_category"), ["category"], unique=False)

    op.create_table(
        "person",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("left_on IS NULL OR left_on >= joined_on", name=op.f("ck_person_leaves_after_joining")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("number", name=op.f("uq_person_number")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_name"), ["name"], unique=False)

    op.create_table(
        "position",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
        sa.UniqueConstraint("code", name=op.f("uq_position_code")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_failure_email_at", ["email", "at"], unique=False)

    op.create_table(
        "unit",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name=op.f("ck_unit_not_own_parent")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "account",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column(
            "language",
            sa.Enum("en", "id", name="language", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("person_id", name=op.f("uq_account_person_id")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_audit_entry_actor_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["person.id"], name=op.f("fk_audit_entry_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_action"), ["action"], unique=False)
        batch_op.create_index("ix_audit_entry_object", ["object_kind", "object_id"], unique=False)
        batch_op.create_index("ix_audit_entry_subject_at", ["subject_id", "at"], unique=False)

    op.create_table(
        "grade_band",
        sa.Column("cycle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lower", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_id", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_grade_band_cycle_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_band")),
        sa.UniqueConstraint("cycle_id", "code", name=op.f("uq_grade_band_cycle_id_code")),
        sa.UniqueConstraint("cycle_id", "lower", name=op.f("uq_grade_band_cycle_id_lower")),
    )
    op.create_table(
        "period",
        sa.Column("cycle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("closed", "open", name="period_state", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_period_ends_after_start")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_period_cycle_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period")),
        sa.UniqueConstraint("cycle_id", "code", name=op.f("uq_period_cycle_id_code")),
        sa.UniqueConstraint("cycle_id", "starts_on", name=op.f("uq_period_cycle_id_starts_on")),
    )
    op.create_table(
        "placement",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_placement_ends_after_start")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_placement_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_placement_position_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_placement_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
        sa.UniqueConstraint("person_id", "starts_on", name=op.f("uq_placement_person_id_starts_on")),
    )
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_placement_position_id"), ["position_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placement_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "plan",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cycle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active", "draft", "replaced", name="plan_state", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "weighting",
            sa.Enum(
                "computed",
                "direct",
                "ranked",
                name="weighting_method",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("change_reason", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_plan_ends_after_start")),
        sa.CheckConstraint("version_number >= 1", name=op.f("ck_plan_version_number_from_1")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_plan_cycle_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_plan_person_id")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["person.id"], name=op.f("fk_plan_submitted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint(
            "person_id", "cycle_id", "version_number", name=op.f("uq_plan_person_id_cycle_id_version_number")
        ),
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index("ix_plan_cycle_state", ["cycle_id", "state"], unique=False)

    op.create_table(
        "reporting_line",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("manager_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_reporting_line_ends_after_start")),
        sa.CheckConstraint("person_id <> manager_id", name=op.f("ck_reporting_line_not_own_manager")),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_reporting_line_manager_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reporting_line_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporting_line")),
        sa.UniqueConstraint("person_id", "starts_on", name=op.f("uq_reporting_line_person_id_starts_on")),
    )
    with op.batch_alter_table("reporting_line", schema=None) as batch_op:
        batch_op.create_index("ix_reporting_line_manager_dates", ["manager_id", "starts_on", "ends_on"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "role",
            sa.Enum("auditor", "hr", name="role", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("person_id", "role", name=op.f("uq_role_grant_person_id_role")),
    )
    op.create_table(
        "api_token",
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_api_token_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_account_id"), ["account_id"], unique=False)

    op.create_table(
        "appraisal",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "published", name="appraisal_state", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_appraisal_period_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appraisal_person_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_appraisal_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal")),
        sa.UniqueConstraint("person_id", "period_id", name=op.f("uq_appraisal_person_id_period_id")),
    )
    with op.batch_alter_table("appraisal", schema=None) as batch_op:
        batch_op.create_index("ix_appraisal_period_state", ["period_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_appraisal_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "idempotency_key",
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(length=500), nullable=True),
        sa.Column("etag", sa.String(length=80), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_idempotency_key_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_idempotency_key_account_id_key")),
    )
    op.create_table(
        "objective",
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_objective_plan_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objective")),
    )
    with op.batch_alter_table("objective", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objective_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "one_time_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_one_time_link_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_link_token_hash")),
    )
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_link_account_id"), ["account_id"], unique=False)

    op.create_table(
        "web_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("csrf_token", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_web_session_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_web_session_token_hash")),
    )
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_session_account_id"), ["account_id"], unique=False)

    op.create_table(
        "kpi",
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("objective_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("definition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("unit_of_measure", sa.String(length=60), nullable=False),
        sa.Column(
            "source_kind",
            sa.Enum(
                "system_of_record",
                "system_with_log",
                "third_party",
                "employee_with_evidence",
                "employee_declared",
                name="source_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("difficulty", sa.Integer(), nullable=True),
        sa.Column("data_credibility", sa.Integer(), nullable=True),
        sa.Column("computed_weight", sa.BigInteger(), nullable=True),
        sa.Column("weight", sa.BigInteger(), nullable=True),
        sa.Column("weight_reason", sa.Text(), nullable=False),
        sa.Column("weight_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("baseline", sa.String(length=80), nullable=True),
        sa.Column("target", sa.String(length=80), nullable=True),
        sa.Column("low", sa.String(length=80), nullable=True),
        sa.Column("high", sa.String(length=80), nullable=True),
        sa.Column("levels", sa.Integer(), nullable=True),
        sa.Column(
            "below",
            sa.Enum("clamp", "zero", name="below", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column(
            "above",
            sa.Enum("clamp", "zero", name="above", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("floor", sa.String(length=80), nullable=True),
        sa.Column("cap", sa.String(length=80), nullable=True),
        sa.Column("is_target_maximum", sa.Boolean(), nullable=False),
        sa.Column("scale", sa.String(length=80), nullable=True),
        sa.Column(
            "measure",
            sa.Enum(
                "growth",
                "milestone",
                "rating",
                "ratio",
                "value",
                "yes_no",
                name="measure_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "aggregation",
            sa.Enum(
                "average",
                "last",
                "max",
                "min",
                "sum",
                name="aggregation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "method",
            sa.Enum(
                "exact",
                "higher",
                "lower",
                "lower_inverse",
                "milestone",
                "points",
                "range",
                "rating",
                "steps",
                "yes_no",
                name="method",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "frequency",
            sa.Enum(
                "daily",
                "half_yearly",
                "monthly",
                "quarterly",
                "weekly",
                "yearly",
                name="frequency",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "computed_weight >= 0 AND computed_weight <= 10000", name=op.f("ck_kpi_computed_weight_within_100")
        ),
        sa.CheckConstraint("data_credibility BETWEEN 1 AND 5", name=op.f("ck_kpi_data_credibility_1_to_5")),
        sa.CheckConstraint("difficulty BETWEEN 1 AND 5", name=op.f("ck_kpi_difficulty_1_to_5")),
        sa.CheckConstraint("levels >= 2 AND levels <= 100", name=op.f("ck_kpi_levels_2_to_100")),
        sa.CheckConstraint("priority BETWEEN 1 AND 5", name=op.f("ck_kpi_priority_1_to_5")),
        sa.CheckConstraint("weight >= 0 AND weight <= 10000", name=op.f("ck_kpi_weight_within_100")),
        sa.ForeignKeyConstraint(["definition_id"], ["kpi_definition.id"], name=op.f("fk_kpi_definition_id")),
        sa.ForeignKeyConstraint(
            ["objective_id"], ["objective.id"], name=op.f("fk_kpi_objective_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_kpi_plan_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["weight_by_id"], ["person.id"], name=op.f("fk_kpi_weight_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_kpi_plan_id_code")),
    )
    with op.batch_alter_table("kpi", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kpi_objective_id"), ["objective_id"], unique=False)

    op.create_table(
        "published_scorecard",
        sa.Column("appraisal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("verification_code", sa.String(length=20), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("snapshot_digest", sa.String(length=64), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("grade", sa.String(length=40), nullable=True),
        sa.Column("coverage", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(total IS NULL) = (grade IS NULL)", name=op.f("ck_published_scorecard_grade_with_total")),
        sa.ForeignKeyConstraint(["appraisal_id"], ["appraisal.id"], name=op.f("fk_published_scorecard_appraisal_id")),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["person.id"], name=op.f("fk_published_scorecard_published_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_scorecard")),
        sa.UniqueConstraint(
            "appraisal_id", "version_number", name=op.f("uq_published_scorecard_appraisal_id_version_number")
        ),
        sa.UniqueConstraint("verification_code", name=op.f("uq_published_scorecard_verification_code")),
    )
    op.create_table(
        "entry",
        sa.Column("kpi_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on", sa.String(length=10), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=True),
        sa.Column(
            "source_kind",
            sa.Enum(
                "system_of_record",
                "system_with_log",
                "third_party",
                "employee_with_evidence",
                "employee_declared",
                name="source_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence_link", sa.String(length=500), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_entry_ends_after_start")),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_entry_kpi_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_entry_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("kpi_id", "on", name=op.f("uq_entry_kpi_id_on")),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index("ix_entry_kpi_ends", ["kpi_id", "ends_on"], unique=False)

    op.create_table(
        "issued_pdf",
        sa.Column("scorecard_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("template_version", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["scorecard_id"], ["published_scorecard.id"], name=op.f("fk_issued_pdf_scorecard_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_pdf")),
        sa.UniqueConstraint(
            "scorecard_id",
            "language",
            "template_version",
            name=op.f("uq_issued_pdf_scorecard_id_language_template_version"),
        ),
    )
    with op.batch_alter_table("issued_pdf", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issued_pdf_digest"), ["digest"], unique=False)

    op.create_table(
        "kpi_input",
        sa.Column("kpi_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("is_denominator", sa.Boolean(), nullable=False),
        sa.Column("is_subtracted", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_kpi_input_kpi_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_input")),
        sa.UniqueConstraint("kpi_id", "is_denominator", "name", name=op.f("uq_kpi_input_kpi_id_is_denominator_name")),
    )
    op.create_table(
        "milestone",
        sa.Column("kpi_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("share", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("share > 0 AND share <= 10000", name=op.f("ck_milestone_share_within_100")),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_milestone_kpi_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("kpi_id", "name", name=op.f("uq_milestone_kpi_id_name")),
    )
    op.create_table(
        "period_target",
        sa.Column("kpi_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target", sa.String(length=80), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_period_target_kpi_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_period_target_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_target")),
        sa.UniqueConstraint("kpi_id", "period_id", name=op.f("uq_period_target_kpi_id_period_id")),
    )
    with op.batch_alter_table("period_target", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_period_target_period_id"), ["period_id"], unique=False)

    op.create_table(
        "score_band",
        sa.Column("kpi_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("start", sa.String(length=80), nullable=False),
        sa.Column("score", sa.String(length=80), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_score_band_kpi_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_band")),
        sa.UniqueConstraint("kpi_id", "place", name=op.f("uq_score_band_kpi_id_place")),
    )
    op.create_table(
        "entry_input",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_entry_input_entry_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_input")),
        sa.UniqueConstraint("entry_id", "name", name=op.f("uq_entry_input_entry_id_name")),
    )
    op.create_table(
        "entry_milestone",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_entry_milestone_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_milestone")),
        sa.UniqueConstraint("entry_id", "name", name=op.f("uq_entry_milestone_entry_id_name")),
    )


def downgrade() -> None:
    op.drop_table("entry_milestone")
    op.drop_table("entry_input")
    op.drop_table("score_band")
    with op.batch_alter_table("period_target", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_period_target_period_id"))

    op.drop_table("period_target")
    op.drop_table("milestone")
    op.drop_table("kpi_input")
    with op.batch_alter_table("issued_pdf", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issued_pdf_digest"))

    op.drop_table("issued_pdf")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index("ix_entry_kpi_ends")

    op.drop_table("entry")
    op.drop_table("published_scorecard")
    with op.batch_alter_table("kpi", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kpi_objective_id"))

    op.drop_table("kpi")
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_session_account_id"))

    op.drop_table("web_session")
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_link_account_id"))

    op.drop_table("one_time_link")
    with op.batch_alter_table("objective", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objective_plan_id"))

    op.drop_table("objective")
    op.drop_table("idempotency_key")
    with op.batch_alter_table("appraisal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appraisal_plan_id"))
        batch_op.drop_index("ix_appraisal_period_state")

    op.drop_table("appraisal")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_account_id"))

    op.drop_table("api_token")
    op.drop_table("role_grant")
    with op.batch_alter_table("reporting_line", schema=None) as batch_op:
        batch_op.drop_index("ix_reporting_line_manager_dates")

    op.drop_table("reporting_line")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_cycle_state")

    op.drop_table("plan")
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_placement_unit_id"))
        batch_op.drop_index(batch_op.f("ix_placement_position_id"))

    op.drop_table("placement")
    op.drop_table("period")
    op.drop_table("grade_band")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_subject_at")
        batch_op.drop_index("ix_audit_entry_object")
        batch_op.drop_index(batch_op.f("ix_audit_entry_action"))

    op.drop_table("audit_entry")
    op.drop_table("account")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_parent_id"))

    op.drop_table("unit")
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_failure_email_at")

    op.drop_table("sign_in_failure")
    op.drop_table("position")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_name"))

    op.drop_table("person")
    with op.batch_alter_table("kpi_definition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kpi_definition_category"))

    op.drop_table("kpi_definition")
    op.drop_table("cycle")
    op.drop_table("audit_text")
