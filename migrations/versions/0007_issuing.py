"""Make the tables of branding and of issuing in bulk."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brand_logo",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_logo")),
        sa.UniqueConstraint("digest", name=op.f("uq_brand_logo_digest")),
    )
    op.create_table(
        "issuing_policy",
        sa.Column(
            "file_names",
            sa.Enum(
                "number_period",
                "number_name_period",
                "unit_folder",
                name="file_names",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuing_policy")),
    )
    op.create_table(
        "branding_version",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("in_force_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("logo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["logo_id"], ["brand_logo.id"], name=op.f("fk_branding_version_logo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branding_version")),
        sa.UniqueConstraint("number", name=op.f("uq_branding_version_number")),
    )
    op.create_table(
        "second_person",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deputy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("deputy_id <> person_id", name=op.f("ck_second_person_somebody_else")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_second_person_ends_after_start")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_second_person_by_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_second_person_deputy_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_second_person_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_person")),
    )
    op.create_index("ix_second_person_deputy", "second_person", ["deputy_id", "ends_on"], unique=False)
    op.create_index(op.f("ix_second_person_person_id"), "second_person", ["person_id"], unique=False)
    op.create_table(
        "pdf_batch",
        sa.Column("started_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "language",
            sa.Enum("en", "id", name="language", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("manager_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_pdf_batch_manager_id")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_pdf_batch_period_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["person.id"], name=op.f("fk_pdf_batch_started_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_pdf_batch_unit_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pdf_batch")),
    )
    op.create_index(op.f("ix_pdf_batch_started_by_id"), "pdf_batch", ["started_by_id"], unique=False)
    op.create_table(
        "pdf_batch_item",
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scorecard_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "working",
                "ready",
                "failed",
                name="pdf_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=64), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(length=40), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["pdf_batch.id"], name=op.f("fk_pdf_batch_item_batch_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["published_scorecard.id"], name=op.f("fk_pdf_batch_item_scorecard_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pdf_batch_item")),
        sa.UniqueConstraint("batch_id", "scorecard_id", name=op.f("uq_pdf_batch_item_batch_id_scorecard_id")),
    )
    op.create_index(op.f("ix_pdf_batch_item_scorecard_id"), "pdf_batch_item", ["scorecard_id"], unique=False)
    op.create_index("ix_pdf_batch_item_state", "pdf_batch_item", ["batch_id", "state"], unique=False)
    op.add_column("position", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("published_scorecard", sa.Column("branding_version", sa.Integer(), nullable=True))
    op.add_column("unit", sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("unit", "version")
    op.drop_column("published_scorecard", "branding_version")
    op.drop_column("position", "version")
    op.drop_index("ix_pdf_batch_item_state", table_name="pdf_batch_item")
    op.drop_index(op.f("ix_pdf_batch_item_scorecard_id"), table_name="pdf_batch_item")
    op.drop_table("pdf_batch_item")
    op.drop_index(op.f("ix_pdf_batch_started_by_id"), table_name="pdf_batch")
    op.drop_table("pdf_batch")
    op.drop_index(op.f("ix_second_person_person_id"), table_name="second_person")
    op.drop_index("ix_second_person_deputy", table_name="second_person")
    op.drop_table("second_person")
    op.drop_table("branding_version")
    op.drop_table("issuing_policy")
    op.drop_table("brand_logo")
