"""Runs migrations on the connection that store.migrate hands over."""

from alembic import context

from orchestrator.store.tables import ProjectRow

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ProjectRow.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
