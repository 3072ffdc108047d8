"""What people allow builders, and say to them while they work."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("projects", sa.Column("network", sa.String(24), nullable=False, server_default=sa.text("'listed'")))
    op.add_column("projects", sa.Column("ask", sa.JSON(), nullable=True))
    op.create_table(
        "rules",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("wish", sa.String(24), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("phase", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_rules_project_id", "rules", ["project_id"])
    op.create_table(
        "asides",
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["message"], ["messages.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"]),
        sa.PrimaryKeyConstraint("message"),
    )
    op.create_index("ix_asides_project_id", "asides", ["project_id"])


def downgrade() -> None:
    op.drop_table("asides")
    op.drop_table("rules")
    for name in ("network", "ask"):
        op.drop_column("projects", name)
