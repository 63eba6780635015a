"""Brings a database to the schema of this version by the migrations of the `schemas` folder."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from gateway import resources
from gateway.adapters.storage.engine import POSTGRESQL
from gateway.adapters.storage.failures import translated
from gateway.domain.errors import ErrorKind, GatewayError

# Any number serves, so long as every process that migrates takes the same.
ADVISORY_LOCK = 0x66656861


def upgrade(engine: Engine) -> None:
    """Run every migration that is missing, in one transaction, one process at a time.

    Raises GatewayError: TEMPORARILY_UNAVAILABLE when the database cannot be reached or locked, CONFIGURATION
    when another version of the gateway has migrated it.
    """
    try:
        with engine.begin() as connection:
            if engine.dialect.name == POSTGRESQL:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            command.upgrade(configuration(connection), "head")
    except SQLAlchemyError as error:
        raise translated(error) from error
    except CommandError as error:
        detail = f"the database is at revision {current(engine)}, of another version of the gateway"
        raise GatewayError(ErrorKind.CONFIGURATION, detail) from error


def current(engine: Engine) -> str | None:
    """The revision that the database is at; None when nothing was ever migrated."""
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        raise translated(error) from error


def newest() -> str | None:
    """The revision that this version of the gateway needs."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's settings without an ini file; `connection` is what the migrations run on."""
    config = Config()
    config.set_main_option("script_location", str(resources.folder("schemas")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
