"""What a model needs to know and what it costs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
NUMBERS = ("summed", "topic_from", "agreed")
MONEY = ("spent", "budget")
AGREED = """
UPDATE projects SET agreed = COALESCE((
    SELECT MAX(gates.version) FROM gates
    WHERE gates.project_id = projects.id AND gates.kind = 'VISION_DOC' AND gates.status = 'APPROVED'
), 0) WHERE stage NOT IN ('BRAINSTORMING', 'VISION_REVIEW')
"""


def upgrade() -> None:
    op.add_column("projects", sa.Column("summary", sa.String(), nullable=False, server_default=sa.text("''")))
    for name in NUMBERS:
        op.add_column("projects", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
    for name in MONEY:
        op.add_column("projects", sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.add_column("projects", sa.Column("warned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("gates", sa.Column("amount", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.add_column("projects", sa.Column("change_from", sa.String(24), nullable=True))
    op.execute(AGREED)
    op.create_table(
        "spends",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("phase", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("cached", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.Column("priced", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_runs_builder", "runs", ["builder", "created_at"])
    op.create_index("ix_spends_project", "spends", ["project_id", "at"])


def downgrade() -> None:
    op.drop_table("spends")
    op.drop_index("ix_runs_builder", "runs")
    op.drop_column("gates", "amount")
    for name in ("summary", *NUMBERS, *MONEY, "warned", "change_from"):
        op.drop_column("projects", name)  # in place: a table that others refer to cannot be made anew
