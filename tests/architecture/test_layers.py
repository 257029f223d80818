"""Imports point down, and a few modules have doors that only some may use."""

import ast
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings

from tests.architecture.sources import DOMAIN_APPS, ROOT, SOURCES, dotted_name, imported, name_of, nowhere, places

TOP = "backoffice"  # what lies directly in the project package, and the programs that start everything
LAYERS = [  # top first; what shares a line may not import each other
    {TOP},
    {"webhooks", "backoffice.reconcile"},
    {"cards", "payments"},
    {"wallets", "payees"},
    {"backoffice.outbox", "backoffice.mirror"},
    {"backoffice.exports"},
    {"backoffice.people"},
    {"backoffice.accounts"},
    {"backoffice.journal"},
    {"backoffice.providers"},
    {"backoffice.core"},
]
DEPTH = {package: depth for depth, layer in enumerate(LAYERS) for package in layer}
ON_TOP = {"backoffice.styleguide"}  # packages that know everybody, as the modules beside them do
PROGRAMS = ("backoffice.core.management.",)  # entry points: they know everybody, nobody imports them

# A module of this first name may be imported only by files that one of the patterns fits.
DOORS = {
    "requests": ("backoffice/providers/**/*.py",),
    "urllib3": ("backoffice/providers/**/*.py",),
    "celery": ("**/tasks.py", "backoffice/celery.py"),
    "kombu": ("backoffice/celery.py", "backoffice/broker.py"),
    "rest_framework": ("**/api.py", "**/api/*.py"),
    "environ": ("backoffice/settings.py",),
}
ACROSS_APPS = {"models", "queries", "apply", "states"}
PRIVATE = {"handlers", "views", "forms"}
NOT_ON_TOP = {
    "backoffice/start.py": "whether settings can be read is only known by reading them",
}


def layer_of(dotted: str) -> str | None:
    """The layer that a module belongs to; None for what is not ours."""
    inner = [layer for layer in DEPTH if layer != TOP and (dotted == layer or dotted.startswith(f"{layer}."))]
    if inner and not dotted.startswith(PROGRAMS):
        return inner[0]
    return TOP if dotted.split(".")[0] == TOP else None


def test_every_package_has_its_layer():
    packages = {f"backoffice.{path.parent.name}" for path in (ROOT / "backoffice").glob("*/__init__.py")}
    assert (packages | set(DOMAIN_APPS)) - DEPTH.keys() == ON_TOP


@nowhere
def test_imports_point_down(path: Path):
    me = layer_of(dotted_name(path))
    used = {layer_of(name) for name in imported(path)} - {None, me}
    return [other for other in used if DEPTH[other] <= DEPTH[me]]


def test_programs_are_imported_by_programs_alone():
    users = {name_of(path) for path in SOURCES for name in imported(path) if name.startswith(PROGRAMS)}
    assert {user for user in users if not user.startswith("backoffice/core/management/")} == set()


@pytest.mark.parametrize(("module", "allowed"), DOORS.items())
def test_a_library_with_a_door_is_imported_behind_it(module: str, allowed: tuple[str, ...]):
    users = {
        path for path in SOURCES if any(name == module or name.startswith(f"{module}.") for name in imported(path))
    }
    behind = {path for pattern in allowed for path in ROOT.glob(pattern)}
    assert {name_of(path) for path in users - behind} == set()


@nowhere
def test_no_import_hides_inside_a_function(path: Path):
    if name_of(path) in NOT_ON_TOP:
        return []
    return [
        str(place)
        for place in places(path)
        if (isinstance(place.node, ast.Import | ast.ImportFrom) or _imports_by_name(place.node))
        and _in_function(place.inside)
        and not (path.name == "apps.py" and place.inside.endswith(".ready"))
    ]


def test_the_exceptions_to_imports_on_top_are_still_needed():
    assert all(any(_imports_by_name(place.node) for place in places(ROOT / name)) for name in NOT_ON_TOP)


def _imports_by_name(node: ast.AST) -> bool:
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "attr", getattr(function, "id", "")) in {"import_module", "__import__"}


def _in_function(inside: str) -> bool:
    return bool(inside) and not inside.split(".")[-1][:1].isupper()


@nowhere
def test_an_app_takes_of_another_only_what_is_meant_for_others(path: Path):
    """Of a domain app: its models, queries, apply and states. Of a room below: all but its handlers and screens."""
    me = layer_of(dotted_name(path))
    if me == TOP:
        return  # addresses, screens of the whole and start-up know everybody
    for name in imported(path):
        other = layer_of(name)
        if other is None or other == me:
            continue
        part = name.removeprefix(f"{other}.").split(".")[0]
        if (other in DOMAIN_APPS and part not in ACROSS_APPS) or part in PRIVATE:
            yield name


@nowhere
def test_the_emulator_reads_the_contract_and_not_our_client(path: Path):
    ours = {"openapi", "wasabicard", "freewalker", "http", "signing", "registry", "snapshots", "ports"}
    if "emulator" in path.parts:
        yield from (n for n in imported(path) if n.startswith("backoffice.providers.") and n.split(".")[2] in ours)
        yield from (name for name in imported(path) if name.split(".")[0] == "django")


@nowhere
def test_the_wire_reads_neither_settings_nor_models(path: Path):
    if "providers" in path.parts:
        yield from (name for name in imported(path) if name.split(".")[0] in {"django", "rest_framework", "celery"})


def test_what_settings_name_by_dotted_path_exists():
    """Django and Celery read these late; a wrong one would only show at night."""
    late = [settings.CSRF_FAILURE_VIEW, settings.REST_FRAMEWORK["EXCEPTION_HANDLER"], settings.ACCOUNT_ADAPTER]
    late += [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    missing = [
        dotted for dotted in late if not hasattr(import_module(dotted.rpartition(".")[0]), dotted.rpartition(".")[2])
    ]
    assert missing == []
