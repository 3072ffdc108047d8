"""What a finding found out beside its sentence, such as which tests speak of which promise."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("findings", sa.Column("details", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("findings", "details")
