"""Walking through a provider's lists, page by page: the cursor is committed with the rows, so a dead walk goes on.

A full walk sees every row of a list and ends only when it has; then what it did not see is marked. A recent walk, where
the provider's list knows windows, sees what was made since the last walk that ended, and a little more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q

from backoffice.accounts.models import Account
from backoffice.core import clock
from backoffice.core.bell import Bell
from backoffice.core.errors import DomainError
from backoffice.core.transactions import retried
from backoffice.journal.about import about
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from backoffice.mirror.engine import Applied
from backoffice.mirror.missing import Unbelievable, mark_missing
from backoffice.mirror.models import Mirrored, SyncRun
from backoffice.providers.errors import ProviderError
from backoffice.providers.snapshots import Page

logger = structlog.get_logger(__name__)

LEASE = timedelta(seconds=90)
MOST_TRIES = 8  # in a row, for one page
MOST_ROUNDS = 2  # walks of a list that shows fewer rows than it tells of
MOST_REPEATS = 3  # equal pages in a row: the list goes in a circle
EVERY = timedelta(hours=24)
RECENT_EVERY = timedelta(hours=1)
OVERLAP = timedelta(minutes=20)  # twice the ten minutes by which the provider's clock may differ from ours
WIDEST = timedelta(days=89)  # of a window; beyond it only a full walk is of use

FetchPage = Callable[[Account, int, datetime | None], Page]
Apply = Callable[[Sequence[Any]], Sequence[tuple[Mirrored | None, Applied]]]


@dataclass(frozen=True)
class List:
    """A provider's list: what its rows become here, how a page is fetched and applied, whether it knows windows."""

    model: type[Mirrored]
    fetch: FetchPage
    apply: Apply
    has_windows: bool


_syncs: dict[str, List] = {}
bell = Bell()


def syncs(kind: str, *, model: type[Mirrored], fetch: FetchPage, apply: Apply, has_windows: bool = False) -> None:
    """Register the list of a kind. The order of registration is the order of a full sync."""
    _syncs[kind] = List(model, fetch, apply, has_windows)


def kinds() -> tuple[str, ...]:
    return tuple(_syncs)


@transaction.atomic
def start_sync(*, account: Account, kind: str, actor: Actor | None = None, since: datetime | None = None) -> SyncRun:
    """Begin a walk, or return the one under way; with `since` through what was made after it."""
    if kind not in _syncs:
        raise DomainError(f"Nothing is known of a sync of {kind}.", code="unknown_sync")
    run, made = SyncRun.objects.get_or_create(
        account=account,
        kind=kind,
        state=SyncRun.State.RUNNING,
        since__isnull=since is None,
        defaults={"since": since, "created_at": clock.now(), "due_at": clock.now()},
    )
    if made and actor:
        record(run, "mirror.start_sync", source=Source.COMMAND, actor=actor, kind=kind)
    transaction.on_commit(bell.ring, robust=True)
    return run


def start_due_syncs() -> int:
    """Start what no walk begun in a day has covered, and each hour what is new; once, however many ask at a time."""
    return sum(_start_due(account) for account in Account.objects.filter(listed=True, paused_at=None))


@transaction.atomic
def _start_due(account: Account) -> int:
    list(Account.objects.select_for_update(of=("self",)).filter(pk=account.pk))  # one of two beats waits here
    now, started = clock.now(), 0
    for kind, listed in _syncs.items():
        runs = SyncRun.objects.filter(account=account, kind=kind)
        if not runs.filter(since=None, created_at__gt=now - EVERY).exists():
            start_sync(account=account, kind=kind)
            started += 1
        elif listed.has_windows and not runs.filter(created_at__gt=now - RECENT_EVERY).exists():
            last = runs.filter(state=SyncRun.State.FINISHED, created_at__gt=now - WIDEST).order_by("created_at").last()
            if last:
                start_sync(account=account, kind=kind, since=last.created_at - OVERLAP)
                started += 1
    return started


def continue_syncs(seconds: float = 50, *, only: Sequence[SyncRun] | None = None) -> int:
    """Do pages of running walks until time is up; how many."""
    pages, until = 0, monotonic() + seconds
    while monotonic() < until and (run := _claim(only)):
        _walk(run)
        pages += 1
    return pages


@retried
@transaction.atomic(durable=True)
def _claim(only: Sequence[SyncRun] | None) -> SyncRun | None:
    now = clock.now()
    runs = SyncRun.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        Q(leased_until=None) | Q(leased_until__lt=now), state=SyncRun.State.RUNNING, due_at__lte=now, kind__in=_syncs
    )
    if only is not None:
        runs = runs.filter(pk__in=[run.pk for run in only])
    run = runs.order_by("due_at", "id").select_related("account").first()
    if run:
        run.leased_until, run.started_at = now + LEASE, run.started_at or now
        run.tries += 1
        run.save(update_fields=["leased_until", "started_at", "tries"])
    return run


def _walk(run: SyncRun) -> None:
    """One page, with no transaction open while we ask."""
    try:
        with about("", Source.SYNC):
            page = _syncs[run.kind].fetch(run.account, run.next_page, run.since)
        _keep(run, page)
    except ProviderError as exc:
        _pause(run, str(exc))
    except Exception as exc:  # our own bug: other walks go on
        logger.exception("sync_broke", kind=run.kind, page=run.next_page)
        _pause(run, type(exc).__name__)


@retried
@transaction.atomic
def _keep(run: SyncRun, page: Page) -> None:
    mine = SyncRun.objects.select_for_update().filter(pk=run.pk, tries=run.tries, state=SyncRun.State.RUNNING)
    if not mine.exists():
        return  # another worker took the page over
    became = _syncs[run.kind].apply(page.items)
    rows = [row.pk for row, _applied in became if row]
    last = run.pages.order_by("-id").first()
    repeats = run.repeats + 1 if last and last.rows == rows else 0
    run.pages.create(page=run.next_page, total=page.total, rows=rows)
    fields = {
        "total": page.total,
        "seen": F("seen") + len(page.items),
        "changed": F("changed") + sum(applied not in {Applied.SAME, Applied.STALE} for _row, applied in became),
        "repeats": repeats,
        "visits": F("visits") + 1,
        "tries": 0,
        "leased_until": None,
        "problem": "",
        "due_at": clock.now(),
    }
    mine.update(**fields | _onward(run, page, repeats))


def _onward(run: SyncRun, page: Page, repeats: int) -> dict[str, object]:
    """Where the walk goes after a page, as fields of the run."""
    if repeats >= MOST_REPEATS or run.visits > 3 * MOST_ROUNDS * -(-page.total // page.page_size) + 10:
        return _broken(run, f"the list goes in a circle at page {run.next_page}")
    slipped = (run.total or 0) - page.total
    if slipped > 0 and run.next_page > 1:  # rows went away before us, so that others moved up to pages already read
        return {"next_page": max(1, run.next_page - -(-slipped // page.page_size))}
    if not page.is_last:
        return {"next_page": run.next_page + 1}
    if run.since:
        return _ended(run)
    seen, first = run.rows_seen(), run.pages.earliest("id")
    if len(seen) < min(first.total, page.total):  # what came meanwhile stands at the beginning, for the next walk
        if run.round < MOST_ROUNDS:
            return {"next_page": 1, "round": run.round + 1}
        return _broken(run, f"the list tells of {page.total} rows and showed {len(seen)}")
    try:
        missing = mark_missing(_syncs[run.kind].model, run, seen, unseen_since=run.created_at - OVERLAP)
    except Unbelievable as exc:
        return _broken(run, str(exc))
    return _ended(run, missing=missing)


def _ended(run: SyncRun, **fields: object) -> dict[str, object]:
    run.pages.all().delete()
    return {"state": SyncRun.State.FINISHED, "ended_at": clock.now(), "next_page": run.next_page + 1, **fields}


def _broken(run: SyncRun, problem: str) -> dict[str, object]:
    run.pages.all().delete()
    logger.error("sync_failed", kind=run.kind, account=run.account.slug, problem=problem)
    return {"state": SyncRun.State.FAILED, "ended_at": clock.now(), "problem": problem[:200]}


def _pause(run: SyncRun, problem: str) -> None:
    failed = run.tries >= MOST_TRIES
    SyncRun.objects.filter(pk=run.pk, tries=run.tries).update(
        leased_until=None,
        problem=problem[:200],
        due_at=clock.now() + timedelta(seconds=min(5 * 2**run.tries, 600)),
        **({"state": SyncRun.State.FAILED, "ended_at": clock.now()} if failed else {}),
    )
