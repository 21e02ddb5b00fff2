"""The tables of core that tasks need, and the letters."""

import sqlalchemy as sa
from alembic import op

from terapin.runtime.core.idempotency import keys
from terapin.runtime.core.tasks.table import runs

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    keys.create(op.get_bind())
    runs.create(op.get_bind())
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
