"""Every exchange with a provider becomes a row, whatever became of it."""

from backoffice.accounts.registry import account_of
from backoffice.core.middleware import current_request_id
from backoffice.journal import about
from backoffice.outbox.models import Exchange
from backoffice.providers.http import ExchangeRecord


def write_exchange(seen: ExchangeRecord) -> None:
    """The outbox's observer of all exchanges; no transaction is open, so the row stays whatever follows."""
    now = about.current()
    Exchange.objects.create(
        account=account_of(seen.account),
        call_id=now.call,
        ref=now.ref,
        source=now.source,
        path=seen.path[:120],
        is_write=seen.write,
        status=seen.status,
        outcome=seen.outcome,
        code=seen.provider_code[:40],
        problem=seen.problem[:200],
        seconds=seen.seconds,
        request=seen.request,
        answer=seen.response,
        request_id=current_request_id(),
        created_at=seen.asked_at,
    )
