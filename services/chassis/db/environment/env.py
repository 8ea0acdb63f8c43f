"""What Alembic runs: on the connection that `chassis.db.migrations` gives, in its transaction, with our constraint names."""

from alembic import context

from services.chassis.db.tables import service_metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=service_metadata(), transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
