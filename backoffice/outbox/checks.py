from django.conf import settings
from django.core import checks

from backoffice.accounts import registry
from backoffice.outbox.lease import LEASE
from backoffice.providers.config import ConfigError


@checks.register("accounts")
def lease_outlives_timeouts(**_kwargs) -> list[checks.CheckMessage]:
    """A worker that only waits must not lose its call: connect plus read, twice over, is shorter than the lease."""
    try:
        found = registry.configs()
    except ConfigError:
        return []
    return [
        checks.Error(
            f"{settings.ACCOUNTS_FILE}: account {config.slug}, field timeout_s: connect plus read, twice over, "
            f"must be shorter than a call's lease of {LEASE.total_seconds():.0f} s",
            id="outbox.E001",
        )
        for config in found.values()
        if 2 * sum(config.timeout_s) + registry.PATIENCE >= LEASE.total_seconds()
    ]
