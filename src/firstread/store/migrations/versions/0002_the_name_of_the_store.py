"""A name that no other store has, ever: the folder of its films bears it as a mark."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Step forward."""
    store_name = op.create_table(
        "store_name",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_store_name")),
    )
    op.bulk_insert(store_name, [{"name": uuid.uuid4().hex}])


def downgrade() -> None:
    """Step back."""
    op.drop_table("store_name")
