"""Let an organisation offer copies of PDFs with a password: a switch, off."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("issuing_policy", sa.Column("offers_locked", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("issuing_policy", "offers_locked")
