"""What must be right before anything starts: the accounts file, its keys, its addresses."""

from django.conf import settings
from django.core import checks

from backoffice.accounts import registry
from backoffice.providers.config import ConfigError


@checks.register("accounts")
def accounts_file(**_kwargs) -> list[checks.CheckMessage]:
    try:
        registry.configs()
    except ConfigError as exc:
        return [checks.Error(str(exc), id="accounts.E001")]
    return []


@checks.register("accounts", deploy=True)
def https_only(**_kwargs) -> list[checks.CheckMessage]:
    try:
        found = registry.configs()
    except ConfigError:
        return []
    return [
        checks.Error(f"{settings.ACCOUNTS_FILE}: account {config.slug}, field base_url: not https", id="accounts.E003")
        for config in found.values()
        if not config.base_url.startswith("https://")
    ]
