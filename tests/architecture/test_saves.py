"""Mirrored rows are saved by the mirror engine, or created by a command; nothing deletes one."""

import ast
from pathlib import Path

from django.apps import apps

from tests.architecture.sources import SOURCES, called, name_of, nowhere, places, root_name
from tests.architecture.test_state_writes import MIRRORED

ENGINE = "backoffice/mirror/engine.py"
MIRROR_APPS = tuple({model.__module__.split(".")[0] for model in MIRRORED.values()})
CREATES = {"create", "get_or_create", "bulk_create"}
CHANGES = {"update", "bulk_update", "update_or_create", "delete", "raw_delete"}


@nowhere
def test_no_row_of_a_mirroring_app_is_saved_outside_the_engine(path: Path):
    """These apps hold mirrored models alone, so any `save` there is one of a mirrored row."""
    if not name_of(path).startswith(tuple(f"{app}/" for app in MIRROR_APPS)):
        return []
    return [str(place) for place in places(path) if called(place.node) in {"save", "asave", "save_base"}]


def test_the_mirroring_apps_hold_mirrored_models_alone():
    others = {model._meta.label for app in MIRROR_APPS for model in apps.get_app_config(app).get_models()}
    assert others - {model._meta.label for model in MIRRORED.values()} == set()


@nowhere
def test_a_mirrored_row_is_created_by_a_command_or_by_the_engine(path: Path):
    made = [place for place in places(path) if _is_about_mirrored(place.node) and _creates(place.node)]
    free = _is_command(path) or "emulator" in path.parts  # the emulated provider's own things are no rows
    return [] if free else [str(place) for place in made]


@nowhere
def test_a_query_changes_no_fact_of_a_mirrored_row(path: Path):
    """What `apply` may write by a query is a link between two of our own rows, found out after both were born."""
    changes = [place for place in places(path) if _is_about_mirrored(place.node) and called(place.node) in CHANGES]
    links = [place for place in changes if "apply" in {path.stem, path.parent.name} and _only_links(place.node)]
    return [str(place) for place in changes if place not in links]


def test_the_engine_is_where_rows_are_saved():
    engine = next(path for path in SOURCES if name_of(path) == ENGINE)
    savers = {place.inside for place in places(engine) if called(place.node) == "save"}
    assert savers == {"retire", "_bear", "_take", "_refuse"}


def _is_about_mirrored(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and root_name(node) in MIRRORED


def _creates(node: ast.Call) -> bool:
    return called(node) in CREATES or (isinstance(node.func, ast.Name) and node.func.id in MIRRORED)


def _is_command(path: Path) -> bool:
    return path.stem == "commands" or path.parent.name == "commands"


def _only_links(node: ast.Call) -> bool:
    fields = {field.name for field in MIRRORED[root_name(node)]._meta.fields if field.is_relation}
    return called(node) == "update" and {keyword.arg for keyword in node.keywords} <= fields | {"version"}
