"""Runs the migrations on the connection that gateway/adapters/storage/migrate.py opened.

The caller owns the transaction, so that a failed migration leaves nothing half-done.
"""

from alembic import context

from gateway.adapters.storage.tables import METADATA

connection = context.config.attributes["connection"]
if connection is None:
    raise RuntimeError("migrations run through `fehaciente db upgrade`")
context.configure(connection=connection, target_metadata=METADATA, transactional_ddl=True)
context.run_migrations()
