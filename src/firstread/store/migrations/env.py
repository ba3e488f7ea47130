"""What Alembic runs: the steps, on a connection that it was given."""

from alembic import context

from firstread.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
