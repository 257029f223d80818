"""What an API key may be given: names of commands, of view permissions, and `<app>.view` for all views of an app."""

from collections.abc import Iterable

from backoffice.core.errors import DomainError
from backoffice.people.roles import ROLES

# what has an endpoint or will have one; people, keys and roles are never a key's business
KNOWN = frozenset().union(*ROLES.values())
SCOPES = frozenset(name for name in KNOWN if name.partition(".")[0] not in {"auth", "people"})


def expanded(scopes: Iterable[str]) -> list[str]:
    """The permissions that these scopes mean, sorted; DomainError names the first that is unknown."""
    found: set[str] = set()
    for scope in scopes:
        app, _, word = scope.partition(".")
        means = {name for name in SCOPES if name.startswith(f"{app}.view_")} if word == "view" else {scope} & SCOPES
        if not means:
            raise DomainError(f"There is no scope {scope!r}. Known: {', '.join(known())}.")
        found |= means
    return sorted(found)


def known() -> list[str]:
    """Every scope, with the short ones first."""
    short = {f"{name.partition('.')[0]}.view" for name in SCOPES if ".view_" in name}
    return sorted(short) + sorted(SCOPES)
