"""What the news of cards, orders and holders share."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from backoffice.accounts.models import Account
from backoffice.mirror.models import Mirrored

M = TypeVar("M", bound=Mirrored)
FIRST_LOOK = 3  # seconds: a callback is usually quicker than our first question


def known(model: type[M], account: Account, provider_ids: Iterable[str | None]) -> Mapping[str | None, M]:
    """Our rows of their numbers, as far as we have heard of them; a page of news needs one query."""
    wanted = {provider_id for provider_id in provider_ids if provider_id}
    if not wanted:
        return {}
    rows = model._default_manager.filter(account=account, provider_id__in=wanted)
    return {row.provider_id: row for row in rows}
