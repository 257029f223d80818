"""Walking through a provider's lists, page by page: the cursor is committed with the rows, so a dead walk goes on."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from time import monotonic

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from backoffice.accounts.models import Account
from backoffice.core.bell import Bell
from backoffice.core.errors import DomainError
from backoffice.journal.about import about
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from backoffice.mirror.engine import Applied
from backoffice.mirror.models import SyncRun
from backoffice.providers.errors import ProviderError
from backoffice.providers.snapshots import Page, Snapshot

logger = structlog.get_logger(__name__)

LEASE = timedelta(seconds=90)
MOST_TRIES = 8  # in a row, for one page
EVERY = timedelta(hours=24)

FetchPage = Callable[[Account, int], Page]
Apply = Callable[[Sequence[Snapshot]], Sequence[Applied]]
_syncs: dict[str, tuple[FetchPage, Apply]] = {}
bell = Bell()


def syncs(kind: str, *, fetch: FetchPage, apply: Apply) -> None:
    """Register how the list of a kind is fetched and applied. The order of registration is the order of a full sync."""
    _syncs[kind] = (fetch, apply)


def kinds() -> tuple[str, ...]:
    return tuple(_syncs)


@transaction.atomic
def start_sync(*, account: Account, kind: str, actor: Actor | None = None) -> SyncRun:
    """Begin a walk, or return the one under way."""
    if kind not in _syncs:
        raise DomainError(f"Nothing is known of a sync of {kind}.", code="unknown_sync")
    run, made = SyncRun.objects.get_or_create(account=account, kind=kind, state=SyncRun.State.RUNNING)
    if made and actor:
        record(run, "mirror.start_sync", source=Source.COMMAND, actor=actor, kind=kind)
    transaction.on_commit(bell.ring, robust=True)
    return run


def start_due_syncs() -> int:
    """Start what no run finished in a day has covered."""
    recent = timezone.now() - EVERY
    started = 0
    for account in Account.objects.filter(listed=True, paused_at=None):
        for kind in _syncs:
            if not SyncRun.objects.filter(account=account, kind=kind, created_at__gt=recent).exists():
                start_sync(account=account, kind=kind)
                started += 1
    return started


def continue_syncs(seconds: float = 50) -> int:
    """Do pages of running walks until time is up."""
    pages, until = 0, monotonic() + seconds
    while monotonic() < until and (run := _claim()):
        _walk(run)
        pages += 1
    return pages


@transaction.atomic(durable=True)
def _claim() -> SyncRun | None:
    now = timezone.now()
    run = (
        SyncRun.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(Q(leased_until=None) | Q(leased_until__lt=now), state=SyncRun.State.RUNNING, due_at__lte=now)
        .filter(kind__in=_syncs)
        .order_by("due_at", "id")
        .select_related("account")
        .first()
    )
    if run:
        run.leased_until = now + LEASE
        run.tries += 1
        run.save(update_fields=["leased_until", "tries"])
    return run


def _walk(run: SyncRun) -> None:
    """One page, with no transaction open while we ask."""
    fetch, apply = _syncs[run.kind]
    try:
        with about("", Source.SYNC):
            page = fetch(run.account, run.next_page)
        _keep(run, page, apply)
    except ProviderError as exc:
        _pause(run, str(exc))
    except Exception as exc:  # our own bug: other walks go on
        logger.exception("sync_broke", kind=run.kind, page=run.next_page)
        _pause(run, type(exc).__name__)


@transaction.atomic
def _keep(run: SyncRun, page: Page, apply: Apply) -> None:
    mine = SyncRun.objects.select_for_update().filter(pk=run.pk, tries=run.tries, state=SyncRun.State.RUNNING)
    if not mine.exists():
        return  # another worker took the page over
    became = apply(page.items)
    news = sum(applied not in {Applied.SAME, Applied.STALE} for applied in became)
    ended = page.is_last or not page.items
    mine.update(
        next_page=F("next_page") + 1,
        total=page.total,
        seen=F("seen") + len(page.items),
        changed=F("changed") + news,
        tries=0,
        leased_until=None,
        problem="",
        due_at=timezone.now(),
        **({"state": SyncRun.State.FINISHED, "ended_at": timezone.now()} if ended else {}),
    )


def _pause(run: SyncRun, problem: str) -> None:
    failed = run.tries >= MOST_TRIES
    SyncRun.objects.filter(pk=run.pk, tries=run.tries).update(
        leased_until=None,
        problem=problem[:200],
        due_at=timezone.now() + timedelta(seconds=min(5 * 2**run.tries, 600)),
        **({"state": SyncRun.State.FAILED, "ended_at": timezone.now()} if failed else {}),
    )
