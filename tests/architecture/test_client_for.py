"""Who may talk to a provider: the outbox's handlers, the looks, the walks, and a person at a shell."""

from pathlib import Path

from tests.architecture.sources import called, imported, name_of, nowhere, places

DOORS = {"handlers", "poll", "sync", "reveal"}
OTHERS = {
    "webhooks/services.py",
    "backoffice/accounts/registry.py",
    "backoffice/accounts/management/commands/accounts.py",
}


@nowhere
def test_a_provider_client_is_asked_for_in_few_places(path: Path):
    asks = [str(place) for place in places(path) if called(place.node) in {"client_for", "_client"}]
    if path.stem in DOORS or path.parent.name in DOORS or name_of(path) in OTHERS:
        return []
    return [*asks, *(name for name in imported(path) if name.endswith(".client_for"))]


@nowhere
def test_a_provider_client_is_built_by_the_accounts_registry_alone(path: Path):
    if name_of(path).startswith(("backoffice/providers/", "backoffice/accounts/registry.py")):
        return []
    builds = [str(place) for place in places(path) if called(place.node) in {"build_client", "build_receiver"}]
    return [*builds, *(name for name in imported(path) if name.startswith("backoffice.providers.openapi"))]


@nowhere
def test_only_commands_promise_a_call(path: Path):
    """`enqueue` and the operation rows stand in one transaction, and that is a command's."""
    asks = [str(place) for place in places(path) if called(place.node) == "enqueue"]
    return [] if path.stem == "commands" or path.parent.name == "commands" else asks
