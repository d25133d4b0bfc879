"""Make the tables of the whole appraisal year."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.String(length=64), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("name", name=op.f("uq_job_name")),
    )
    op.create_table(
        "organisation_profile",
        sa.Column("vision", sa.Text(), nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_profile")),
    )
    op.create_table(
        "behaviour",
        sa.Column("cycle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("name_id", sa.String(length=100), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_behaviour_cycle_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour")),
        sa.UniqueConstraint("cycle_id", "place", name=op.f("uq_behaviour_cycle_id_place")),
    )
    op.create_table(
        "data_request",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "correction",
                "erasure",
                "objection",
                name="data_request_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_granted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_data_request_answered_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_data_request_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
    )
    op.create_index("ix_data_request_answered_at", "data_request", ["answered_at"], unique=False)
    op.create_index(op.f("ix_data_request_person_id"), "data_request", ["person_id"], unique=False)
    op.create_table(
        "development_item",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kpi_code", sa.String(length=40), nullable=False),
        sa.Column("gap", sa.Text(), nullable=False),
        sa.Column("development_action", sa.Text(), nullable=False),
        sa.Column("support", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "done",
                "dropped",
                "open",
                "running",
                name="development_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_development_item_changed_by_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["person.id"], name=op.f("fk_development_item_entered_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_development_item_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_development_item")),
    )
    op.create_index("ix_development_item_person_state", "development_item", ["person_id", "state"], unique=False)
    op.create_table(
        "erasure",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_erasure_asked_by_id")),
        sa.ForeignKeyConstraint(["erased_by_id"], ["person.id"], name=op.f("fk_erasure_erased_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("person_id", name=op.f("uq_erasure_person_id")),
    )
    op.create_table(
        "goal",
        sa.Column("cycle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("figure", sa.String(length=80), nullable=True),
        sa.Column("unit_of_measure", sa.String(length=60), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name=op.f("ck_goal_not_own_parent")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_goal_cycle_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_goal_owner_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["goal.id"], name=op.f("fk_goal_parent_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_goal_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
    )
    op.create_index(op.f("ix_goal_cycle_id"), "goal", ["cycle_id"], unique=False)
    op.create_index(op.f("ix_goal_owner_id"), "goal", ["owner_id"], unique=False)
    op.create_index(op.f("ix_goal_parent_id"), "goal", ["parent_id"], unique=False)
    op.create_index(op.f("ix_goal_unit_id"), "goal", ["unit_id"], unique=False)
    op.create_table(
        "incentive_band",
        sa.Column("cycle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lower", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("percent >= 0", name=op.f("ck_incentive_band_percent_not_negative")),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_incentive_band_cycle_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incentive_band")),
        sa.UniqueConstraint("cycle_id", "lower", name=op.f("uq_incentive_band_cycle_id_lower")),
    )
    op.create_table(
        "legal_hold",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["person.id"], name=op.f("fk_legal_hold_lifted_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_legal_hold_person_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_legal_hold_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index(op.f("ix_legal_hold_person_id"), "legal_hold", ["person_id"], unique=False)
    op.create_table(
        "mail",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "refused",
                "sending",
                "sent",
                "unclear",
                "waiting",
                name="mail_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("fault", sa.String(length=200), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("token", name=op.f("uq_mail_token")),
    )
    op.create_index(op.f("ix_mail_person_id"), "mail", ["person_id"], unique=False)
    op.create_index("ix_mail_state_next", "mail", ["state", "next_try_at"], unique=False)
    op.create_table(
        "notice_preference",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "wish",
            sa.Enum(
                "soon", "daily", "necessary", name="mail_wish", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_preference_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_preference")),
        sa.UniqueConstraint("person_id", name=op.f("uq_notice_preference_person_id")),
    )
    op.create_table(
        "plan_acceptance",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cycle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_plan_acceptance_cycle_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_plan_acceptance_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_acceptance")),
    )
    op.create_index("ix_plan_acceptance_person_cycle", "plan_acceptance", ["person_id", "cycle_id"], unique=False)
    op.create_table(
        "plan_remark",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cycle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "accepted",
                "answered",
                "approved",
                "proposed",
                "remark",
                "returned",
                "taken",
                name="remark_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("kpi_code", sa.String(length=40), nullable=False),
        sa.Column("objective_number", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=300), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("target", sa.String(length=80), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("difficulty", sa.Integer(), nullable=True),
        sa.Column("data_credibility", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("data_credibility BETWEEN 1 AND 5", name=op.f("ck_plan_remark_data_credibility_1_to_5")),
        sa.CheckConstraint("difficulty BETWEEN 1 AND 5", name=op.f("ck_plan_remark_difficulty_1_to_5")),
        sa.CheckConstraint("priority BETWEEN 1 AND 5", name=op.f("ck_plan_remark_priority_1_to_5")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_plan_remark_author_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_plan_remark_cycle_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_plan_remark_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_remark")),
    )
    op.create_index("ix_plan_remark_person_cycle", "plan_remark", ["person_id", "cycle_id"], unique=False)
    op.create_table(
        "responsibility",
        sa.Column("position_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(length=300), nullable=False),
        sa.Column("expectation", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name=op.f("fk_responsibility_position_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responsibility")),
        sa.UniqueConstraint("position_id", "place", name=op.f("uq_responsibility_position_id_place")),
    )
    op.create_table(
        "appraiser_assignment",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("appraiser_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("appraiser_id <> person_id", name=op.f("ck_appraiser_assignment_somebody_else")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_appraiser_assignment_ends_after_start")),
        sa.ForeignKeyConstraint(["appraiser_id"], ["person.id"], name=op.f("fk_appraiser_assignment_appraiser_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_appraiser_assignment_by_id")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_appraiser_assignment_period_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appraiser_assignment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraiser_assignment")),
        sa.UniqueConstraint("person_id", "period_id", name=op.f("uq_appraiser_assignment_person_id_period_id")),
    )
    op.create_index(
        "ix_appraiser_assignment_appraiser", "appraiser_assignment", ["appraiser_id", "ends_on"], unique=False
    )
    op.create_table(
        "behaviour_level",
        sa.Column("behaviour_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("anchor_en", sa.String(length=500), nullable=False),
        sa.Column("anchor_id", sa.String(length=500), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_behaviour_level_level_known")),
        sa.ForeignKeyConstraint(
            ["behaviour_id"], ["behaviour.id"], name=op.f("fk_behaviour_level_behaviour_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_level")),
        sa.UniqueConstraint("behaviour_id", "level", name=op.f("uq_behaviour_level_behaviour_id_level")),
    )
    op.create_table(
        "kpi_cause",
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kpi_code", sa.String(length=40), nullable=False),
        sa.Column("period_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("corrective_action", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["done_by_id"], ["person.id"], name=op.f("fk_kpi_cause_done_by_id")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_kpi_cause_period_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_kpi_cause_plan_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_kpi_cause_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_cause")),
    )
    op.create_index(op.f("ix_kpi_cause_period_id"), "kpi_cause", ["period_id"], unique=False)
    op.create_index("ix_kpi_cause_plan_kpi", "kpi_cause", ["plan_id", "kpi_code"], unique=False)
    op.create_table(
        "kpi_note",
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kpi_code", sa.String(length=40), nullable=False),
        sa.Column("period_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("comment", "recognition", name="note_kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_kpi_note_author_id")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_kpi_note_period_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_kpi_note_plan_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_note")),
    )
    op.create_index(op.f("ix_kpi_note_period_id"), "kpi_note", ["period_id"], unique=False)
    op.create_index("ix_kpi_note_plan_kpi", "kpi_note", ["plan_id", "kpi_code"], unique=False)
    op.create_table(
        "notice",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
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
                name="notice_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("concerns_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("about_kind", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_for_mail", sa.Boolean(), nullable=False),
        sa.Column("mail_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["concerns_id"], ["person.id"], name=op.f("fk_notice_concerns_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_notice_mail_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("person_id", "kind", "key", name=op.f("uq_notice_person_id_kind_key")),
    )
    op.create_index(op.f("ix_notice_concerns_id"), "notice", ["concerns_id"], unique=False)
    op.create_index("ix_notice_for_mail", "notice", ["is_for_mail", "told_at"], unique=False)
    op.create_index(op.f("ix_notice_mail_id"), "notice", ["mail_id"], unique=False)
    op.create_index("ix_notice_person_read", "notice", ["person_id", "read_at"], unique=False)
    op.create_table(
        "action_step",
        sa.Column("objective_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("activity", sa.String(length=300), nullable=False),
        sa.Column("resource", sa.String(length=300), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("is_done", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["objective_id"], ["objective.id"], name=op.f("fk_action_step_objective_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_step")),
    )
    op.create_index(op.f("ix_action_step_objective_id"), "action_step", ["objective_id"], unique=False)
    op.create_table(
        "adjustment",
        sa.Column("appraisal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "appeal",
                "calibration",
                "manager",
                name="adjustment_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("computed_total", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_adjustment_appraisal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_adjustment_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustment")),
    )
    op.create_index(op.f("ix_adjustment_appraisal_id"), "adjustment", ["appraisal_id"], unique=False)
    op.create_table(
        "appraisal_step",
        sa.Column("appraisal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_appraisal_step_appraisal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_appraisal_step_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_step")),
    )
    op.create_index(op.f("ix_appraisal_step_appraisal_id"), "appraisal_step", ["appraisal_id"], unique=False)
    op.create_table(
        "behaviour_rating",
        sa.Column("appraisal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("behaviour_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_behaviour_rating_level_known")),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_behaviour_rating_appraisal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["behaviour_id"], ["behaviour.id"], name=op.f("fk_behaviour_rating_behaviour_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_rating")),
        sa.UniqueConstraint("appraisal_id", "behaviour_id", name=op.f("uq_behaviour_rating_appraisal_id_behaviour_id")),
    )
    op.create_index(op.f("ix_behaviour_rating_behaviour_id"), "behaviour_rating", ["behaviour_id"], unique=False)
    op.create_table(
        "case_request",
        sa.Column("appraisal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "correct",
                "exclude_kpi",
                "include_kpi",
                name="case_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("kpi_code", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_accepted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)", name=op.f("ck_case_request_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (is_accepted IS NULL)", name=op.f("ck_case_request_answer_when_decided")
        ),
        sa.CheckConstraint("decided_by_id <> asked_by_id", name=op.f("ck_case_request_two_people")),
        sa.ForeignKeyConstraint(["appraisal_id"], ["appraisal.id"], name=op.f("fk_case_request_appraisal_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_case_request_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_case_request_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_request")),
    )
    op.create_index("ix_case_request_appraisal", "case_request", ["appraisal_id", "kind"], unique=False)
    op.create_table(
        "feedback_request",
        sa.Column("appraisal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("colleague_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "answered",
                "asked",
                "declined",
                "proposed",
                name="feedback_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_feedback_request_appraisal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_feedback_request_asked_by_id")),
        sa.ForeignKeyConstraint(["colleague_id"], ["person.id"], name=op.f("fk_feedback_request_colleague_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_request")),
        sa.UniqueConstraint("appraisal_id", "colleague_id", name=op.f("uq_feedback_request_appraisal_id_colleague_id")),
    )
    op.create_index(op.f("ix_feedback_request_colleague_id"), "feedback_request", ["colleague_id"], unique=False)
    op.create_table(
        "kpi_comment",
        sa.Column("appraisal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kpi_code", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_kpi_comment_appraisal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_comment")),
        sa.UniqueConstraint("appraisal_id", "kpi_code", name=op.f("uq_kpi_comment_appraisal_id_kpi_code")),
    )
    op.create_table(
        "objective_goal",
        sa.Column("objective_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("goal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_objective_goal_goal_id")),
        sa.ForeignKeyConstraint(
            ["objective_id"], ["objective.id"], name=op.f("fk_objective_goal_objective_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objective_goal")),
        sa.UniqueConstraint("objective_id", name=op.f("uq_objective_goal_objective_id")),
    )
    op.create_index(op.f("ix_objective_goal_goal_id"), "objective_goal", ["goal_id"], unique=False)
    op.create_table(
        "self_assessment",
        sa.Column("appraisal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_self_assessment_appraisal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_assessment")),
        sa.UniqueConstraint("appraisal_id", name=op.f("uq_self_assessment_appraisal_id")),
    )
    op.create_table(
        "acknowledgement",
        sa.Column("scorecard_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["published_scorecard.id"], name=op.f("fk_acknowledgement_scorecard_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgement")),
        sa.UniqueConstraint("scorecard_id", name=op.f("uq_acknowledgement_scorecard_id")),
    )
    op.create_table(
        "appeal",
        sa.Column("appraisal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scorecard_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "partly",
                "rejected",
                "upheld",
                name="appeal_outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)", name=op.f("ck_appeal_decided_by_somebody")
        ),
        sa.CheckConstraint("(decided_at IS NULL) = (outcome IS NULL)", name=op.f("ck_appeal_outcome_when_decided")),
        sa.ForeignKeyConstraint(["appraisal_id"], ["appraisal.id"], name=op.f("fk_appeal_appraisal_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_appeal_decided_by_id")),
        sa.ForeignKeyConstraint(["scorecard_id"], ["published_scorecard.id"], name=op.f("fk_appeal_scorecard_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("appraisal_id", name=op.f("uq_appeal_appraisal_id")),
    )
    op.create_index(op.f("ix_appeal_scorecard_id"), "appeal", ["scorecard_id"], unique=False)
    op.create_table(
        "feedback_answer",
        sa.Column("request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("strengths", sa.Text(), nullable=False),
        sa.Column("improvements", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["feedback_request.id"], name=op.f("fk_feedback_answer_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_answer")),
        sa.UniqueConstraint("request_id", name=op.f("uq_feedback_answer_request_id")),
    )
    op.create_table(
        "kpi_recorder",
        sa.Column("kpi_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "rule",
            sa.Enum(
                "employee",
                "manager",
                "third_party",
                name="recorder_rule",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(rule = 'third_party') = (person_id IS NOT NULL)", name=op.f("ck_kpi_recorder_person_of_third_party")
        ),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_kpi_recorder_kpi_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_kpi_recorder_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_recorder")),
        sa.UniqueConstraint("kpi_id", name=op.f("uq_kpi_recorder_kpi_id")),
    )
    op.create_index(op.f("ix_kpi_recorder_person_id"), "kpi_recorder", ["person_id"], unique=False)
    op.create_table(
        "self_assessment_kpi",
        sa.Column("self_assessment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kpi_code", sa.String(length=40), nullable=False),
        sa.Column("achievement", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["self_assessment_id"],
            ["self_assessment.id"],
            name=op.f("fk_self_assessment_kpi_self_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_assessment_kpi")),
        sa.UniqueConstraint(
            "self_assessment_id", "kpi_code", name=op.f("uq_self_assessment_kpi_self_assessment_id_kpi_code")
        ),
    )
    op.create_table(
        "appeal_point",
        sa.Column("appeal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kpi_code", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_point_appeal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_point")),
        sa.UniqueConstraint("appeal_id", "kpi_code", name=op.f("uq_appeal_point_appeal_id_kpi_code")),
    )
    op.create_table(
        "entry_check",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_version", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("ok", "questioned", name="check_verdict", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["checked_by_id"], ["person.id"], name=op.f("fk_entry_check_checked_by_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_entry_check_entry_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_check")),
    )
    op.create_index(op.f("ix_entry_check_entry_id"), "entry_check", ["entry_id"], unique=False)
    op.create_table(
        "evidence_file",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "csv",
                "docx",
                "jpeg",
                "pdf",
                "png",
                "txt",
                "xlsx",
                name="evidence_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_evidence_file_size_above_0")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_evidence_file_entry_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["person.id"], name=op.f("fk_evidence_file_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_file")),
    )
    op.create_index(op.f("ix_evidence_file_digest"), "evidence_file", ["digest"], unique=False)
    op.create_index(op.f("ix_evidence_file_entry_id"), "evidence_file", ["entry_id"], unique=False)
    op.add_column("cycle", sa.Column("asks_agreement", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("cycle", sa.Column("entry_grace_days", sa.Integer(), server_default="7", nullable=False))
    op.add_column("cycle", sa.Column("asks_self_assessment", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("cycle", sa.Column("asks_approval", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("cycle", sa.Column("behaviour_share", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("cycle", sa.Column("max_adjustment", sa.BigInteger(), server_default="1000", nullable=False))
    op.add_column("cycle", sa.Column("shows_feedback", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("cycle", sa.Column("names_feedback", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("cycle", sa.Column("shows_incentives", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("entry", sa.Column("first_recorded_on", sa.Date(), nullable=True))
    op.add_column("entry", sa.Column("channel", sa.String(length=10), server_default="", nullable=False))
    op.add_column("kpi", sa.Column("relevance", sa.String(length=500), server_default="", nullable=False))
    op.add_column("kpi_definition", sa.Column("department", sa.String(length=60), server_default="", nullable=False))
    op.add_column("kpi_definition", sa.Column("industry", sa.String(length=60), server_default="", nullable=False))
    op.add_column("objective", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("objective", sa.Column("success", sa.Text(), server_default="", nullable=False))
    op.add_column("objective", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("objective", sa.Column("training_needed", sa.String(length=500), server_default="", nullable=False))
    op.add_column("objective", sa.Column("budget_needed", sa.String(length=500), server_default="", nullable=False))
    op.add_column("objective", sa.Column("help_needed", sa.String(length=500), server_default="", nullable=False))
    op.add_column("period", sa.Column("asks_review", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("plan", sa.Column("agreed_until", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("plan", "agreed_until")
    op.drop_column("period", "asks_review")
    op.drop_column("objective", "help_needed")
    op.drop_column("objective", "budget_needed")
    op.drop_column("objective", "training_needed")
    op.drop_column("objective", "due_on")
    op.drop_column("objective", "success")
    op.drop_column("objective", "number")
    op.drop_column("kpi_definition", "industry")
    op.drop_column("kpi_definition", "department")
    op.drop_column("kpi", "relevance")
    op.drop_column("entry", "channel")
    op.drop_column("entry", "first_recorded_on")
    op.drop_column("cycle", "shows_incentives")
    op.drop_column("cycle", "names_feedback")
    op.drop_column("cycle", "shows_feedback")
    op.drop_column("cycle", "max_adjustment")
    op.drop_column("cycle", "behaviour_share")
    op.drop_column("cycle", "asks_approval")
    op.drop_column("cycle", "asks_self_assessment")
    op.drop_column("cycle", "entry_grace_days")
    op.drop_column("cycle", "asks_agreement")
    op.drop_index(op.f("ix_evidence_file_entry_id"), table_name="evidence_file")
    op.drop_index(op.f("ix_evidence_file_digest"), table_name="evidence_file")
    op.drop_table("evidence_file")
    op.drop_index(op.f("ix_entry_check_entry_id"), table_name="entry_check")
    op.drop_table("entry_check")
    op.drop_table("appeal_point")
    op.drop_table("self_assessment_kpi")
    op.drop_index(op.f("ix_kpi_recorder_person_id"), table_name="kpi_recorder")
    op.drop_table("kpi_recorder")
    op.drop_table("feedback_answer")
    op.drop_index(op.f("ix_appeal_scorecard_id"), table_name="appeal")
    op.drop_table("appeal")
    op.drop_table("acknowledgement")
    op.drop_table("self_assessment")
    op.drop_index(op.f("ix_objective_goal_goal_id"), table_name="objective_goal")
    op.drop_table("objective_goal")
    op.drop_table("kpi_comment")
    op.drop_index(op.f("ix_feedback_request_colleague_id"), table_name="feedback_request")
    op.drop_table("feedback_request")
    op.drop_index("ix_case_request_appraisal", table_name="case_request")
    op.drop_table("case_request")
    op.drop_index(op.f("ix_behaviour_rating_behaviour_id"), table_name="behaviour_rating")
    op.drop_table("behaviour_rating")
    op.drop_index(op.f("ix_appraisal_step_appraisal_id"), table_name="appraisal_step")
    op.drop_table("appraisal_step")
    op.drop_index(op.f("ix_adjustment_appraisal_id"), table_name="adjustment")
    op.drop_table("adjustment")
    op.drop_index(op.f("ix_action_step_objective_id"), table_name="action_step")
    op.drop_table("action_step")
    op.drop_index("ix_notice_person_read", table_name="notice")
    op.drop_index(op.f("ix_notice_mail_id"), table_name="notice")
    op.drop_index("ix_notice_for_mail", table_name="notice")
    op.drop_index(op.f("ix_notice_concerns_id"), table_name="notice")
    op.drop_table("notice")
    op.drop_index("ix_kpi_note_plan_kpi", table_name="kpi_note")
    op.drop_index(op.f("ix_kpi_note_period_id"), table_name="kpi_note")
    op.drop_table("kpi_note")
    op.drop_index("ix_kpi_cause_plan_kpi", table_name="kpi_cause")
    op.drop_index(op.f("ix_kpi_cause_period_id"), table_name="kpi_cause")
    op.drop_table("kpi_cause")
    op.drop_table("behaviour_level")
    op.drop_index("ix_appraiser_assignment_appraiser", table_name="appraiser_assignment")
    op.drop_table("appraiser_assignment")
    op.drop_table("responsibility")
    op.drop_index("ix_plan_remark_person_cycle", table_name="plan_remark")
    op.drop_table("plan_remark")
    op.drop_index("ix_plan_acceptance_person_cycle", table_name="plan_acceptance")
    op.drop_table("plan_acceptance")
    op.drop_table("notice_preference")
    op.drop_index("ix_mail_state_next", table_name="mail")
    op.drop_index(op.f("ix_mail_person_id"), table_name="mail")
    op.drop_table("mail")
    op.drop_index(op.f("ix_legal_hold_person_id"), table_name="legal_hold")
    op.drop_table("legal_hold")
    op.drop_table("incentive_band")
    op.drop_index(op.f("ix_goal_unit_id"), table_name="goal")
    op.drop_index(op.f("ix_goal_parent_id"), table_name="goal")
    op.drop_index(op.f("ix_goal_owner_id"), table_name="goal")
    op.drop_index(op.f("ix_goal_cycle_id"), table_name="goal")
    op.drop_table("goal")
    op.drop_table("erasure")
    op.drop_index("ix_development_item_person_state", table_name="development_item")
    op.drop_table("development_item")
    op.drop_index(op.f("ix_data_request_person_id"), table_name="data_request")
    op.drop_index("ix_data_request_answered_at", table_name="data_request")
    op.drop_table("data_request")
    op.drop_table("behaviour")
    op.drop_table("organisation_profile")
    op.drop_table("job")
