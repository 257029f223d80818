"""Migrations are complete, and lead back to an empty database and forth again."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from tests.architecture.sources import PACKAGES


def test_the_models_need_no_migration_that_is_not_written(db):
    said = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=said, no_color=True)
    assert said.getvalue() == "No changes detected\n"


@pytest.fixture
def other_database(tmp_path, django_db_blocker):
    """An empty SQLite file under another alias, so that the suite's own database stays as it is."""
    connections.databases["other"] = connections.databases["default"] | {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(tmp_path / "other.sqlite3"),
        "OPTIONS": {},
    }
    with django_db_blocker.unblock():
        yield connections["other"]
        connections["other"].close()
    del connections["other"]
    del connections.databases["other"]


def test_migrations_lead_back_to_zero_and_forth(other_database):
    ours = [config.label for config in apps.get_app_configs() if config.name.split(".")[0] in PACKAGES]
    leaves = _migrate(other_database)
    made = _tables(other_database)
    MigrationExecutor(other_database).migrate([(label, None) for label in ours if label in leaves])
    assert {table for table in _tables(other_database) if table.split("_")[0] in ours} == set()
    assert {app for app, _name in MigrationRecorder(other_database).applied_migrations()} & set(ours) == set()
    _migrate(other_database)
    assert _tables(other_database) == made


def _migrate(connection) -> set[str]:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    return {app for app, _name in executor.loader.graph.leaf_nodes()}


def _tables(connection) -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))
