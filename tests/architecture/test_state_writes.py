"""`state` of a mirrored row has one writer: `Mirrored.follow`."""

import ast
from pathlib import Path

from django.apps import apps

from backoffice.mirror.models import Mirrored
from tests.architecture.sources import SOURCES, called, imported, name_of, nowhere, places, root_name

MIRRORED = {model.__name__: model for model in apps.get_models() if issubclass(model, Mirrored)}
WRITERS = {
    "backoffice/mirror/models.py": {"Mirrored.follow"},
    "backoffice/mirror/engine.py": {"_bear"},  # a row that is born has a state from its first moment
}
# Rooms whose own rows have a state and are not mirrored: calls, deliveries, walks, the emulated provider's things.
OWN_STATES = ("backoffice/outbox/", "backoffice/mirror/syncs.py", "webhooks/", "backoffice/providers/emulator/")


def test_the_mirrored_models_are_the_ones_we_know():
    """A new one is welcome; it comes under these rules by being listed here."""
    assert set(MIRRORED) == {"Bin", "Card", "CardOrder", "Holder", "Wallet"}


@nowhere
def test_state_is_assigned_in_follow_alone(path: Path):
    if name_of(path).startswith(OWN_STATES):
        return [str(place) for place in _writes(path) if _mirrored_names(path)]  # it might mean one of those
    allowed = WRITERS.get(name_of(path), set())
    return [str(place) for place in _writes(path) if place.inside not in allowed]


@nowhere
def test_no_query_writes_a_mirrored_state(path: Path):
    """Neither `update(state=…)`, nor `create(state=…)`, nor a bulk write that lists it."""
    asked = [place for place in places(path) if isinstance(place.node, ast.Call)]
    return [str(place) for place in asked if root_name(place.node) in MIRRORED and _names_state(place.node)]


def test_the_writers_that_are_allowed_still_write():
    by_name = {name_of(path): path for path in SOURCES}
    assert {name: {place.inside for place in _writes(by_name[name])} for name in WRITERS} == WRITERS


def _writes(path: Path):
    for place in places(path):
        node = place.node
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            flat = [part for target in targets for part in getattr(target, "elts", [target])]
            if any(isinstance(part, ast.Attribute) and part.attr == "state" for part in flat):
                yield place
        elif _sets_by_name(node) or (isinstance(node, ast.Call) and _constructs(node) and _names_state(node)):
            yield place


def _sets_by_name(node: ast.AST) -> bool:
    return called(node) == "setattr" and _says_state(node.args[1])


def _constructs(node: ast.Call) -> bool:
    """Calls of a model class: by its name, or by a parameter that holds one."""
    return root_name(node) in MIRRORED or (isinstance(node.func, ast.Name) and node.func.id == "model")


def _names_state(node: ast.Call) -> bool:
    writes = {"update", "create", "get_or_create", "update_or_create", "bulk_update", "bulk_create"}
    if called(node) not in writes and not isinstance(node.func, ast.Name):
        return False
    spread = [keyword.value for keyword in node.keywords if keyword.arg in {None, "defaults", "create_defaults"}]
    return any(keyword.arg == "state" for keyword in node.keywords) or any(
        _says_state(part) for value in [*spread, *node.args[1:]] for part in ast.walk(value)
    )


def _says_state(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == "state"


def _mirrored_names(path: Path) -> set[str]:
    models = {f"{model.__module__}.{name}" for name, model in MIRRORED.items()}
    return imported(path) & models
