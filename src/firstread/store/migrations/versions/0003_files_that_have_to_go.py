"""The files of removed films, until they are gone: a sweep deletes what the database says, and nothing it guesses."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Step forward."""
    op.create_table(
        "pending_deletion",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("noted_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_pending_deletion")),
    )


def downgrade() -> None:
    """Step back."""
    op.drop_table("pending_deletion")
