"""What to ask, and when, is a row: hints, unsettled rows and "ask now" write it; the sweep claims it and asks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import structlog
from django.db import transaction
from django.db.models import Q

from backoffice.accounts.models import Account
from backoffice.core import clock
from backoffice.core.bell import Bell
from backoffice.core.transactions import retried
from backoffice.journal.about import about
from backoffice.journal.models import Source
from backoffice.mirror.models import Watch
from backoffice.providers.errors import NotFound, NotSent, ProviderError

logger = structlog.get_logger(__name__)

LEASE = timedelta(seconds=90)
COLLAPSE = timedelta(seconds=5)  # rings for one object in this time are one question
PAUSES = [5, 10, 20, 40, 60, 120, 300, 600]  # seconds between looks at what has not settled; then hourly
HOURLY = 3600
FORGET_AFTER = timedelta(hours=24)  # an object the provider does not know
KEEP_ANSWERED = timedelta(hours=1)


@dataclass(frozen=True)
class Answer:
    """What a look brought: the row it touched ("" if none), whether we may stop asking, what became of the news."""

    ref: str
    settled: bool
    applied: str


Look = Callable[[Account, str], Callable[[], Answer]]  # asks the provider; what it returns lets the answer change rows
_looks: dict[str, Look] = {}
_observers: list[Callable[[Watch, datetime, Answer | None], None]] = []
bell = Bell()


def looks_at(kind: str) -> Callable[[Look], Look]:
    """Register how things of a kind ("cards.order") are asked for."""

    def register(look: Look) -> Look:
        _looks[kind] = look
        return look

    return register


def on_answer(observer: Callable[[Watch, datetime, Answer | None], None]) -> None:
    """Call `observer(watch, asked_at, answer)` after each look that ended; answer None: the provider never knew it."""
    if observer not in _observers:
        _observers.append(observer)


def kinds() -> frozenset[str]:
    return frozenset(_looks)


def look_for(kind: str) -> Look:
    return _looks[kind]


@transaction.atomic
def ask(account: Account, kind: str, object_id: str, *, why: str = "", after: float = 0) -> None:
    """Note in the caller's transaction what to ask for, `after` seconds from now; never later than planned."""
    now = clock.now()
    due = now + timedelta(seconds=after)
    watch, made = Watch.objects.select_for_update().get_or_create(
        account=account,
        kind=kind,
        object_id=object_id,
        defaults={"due_at": due, "why": why, "rang_at": now},
    )
    if not made:
        earliest = watch.asked_at + COLLAPSE if watch.asked_at and not after else due
        due = max(due, earliest)
        watch.due_at = min(due, watch.due_at) if watch.due_at else due
        watch.rang_at, watch.why = now, why or watch.why
        watch.save(update_fields=["due_at", "rang_at", "why"])
    if not after:
        transaction.on_commit(bell.ring, robust=True)


def drain_watches(seconds: float = 50) -> int:
    """Ask for what is due, one by one, until time is up; safe in any number of workers."""
    asked, until = 0, monotonic() + seconds
    while monotonic() < until and (watch := _claim()):
        _look(watch)
        asked += 1
    return asked


def forget_answered() -> int:
    """Drop rows that have nothing left to ask."""
    old = clock.now() - KEEP_ANSWERED
    return Watch.objects.filter(due_at=None, rang_at__lt=old).delete()[0]


def backlog() -> tuple[int, datetime | None]:
    """How many looks are due by now, and since when the oldest."""
    due = Watch.objects.filter(due_at__lte=clock.now())
    oldest = due.order_by("due_at").values_list("due_at", flat=True).first()
    return due.count(), oldest


@retried
@transaction.atomic(durable=True)
def _claim() -> Watch | None:
    now = clock.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    watch = (
        Watch.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(free, due_at__lte=now, kind__in=_looks)
        .order_by("due_at")
        .select_related("account")
        .first()
    )
    if watch:
        watch.leased_until, watch.asked_at = now + LEASE, now
        watch.first_asked_at = watch.first_asked_at or now
        watch.tries += 1
        watch.save(update_fields=["leased_until", "asked_at", "first_asked_at", "tries"])
    return watch


def _look(watch: Watch) -> None:
    """No transaction is open here. Whatever goes wrong, the watch gets its next time."""
    asked_at = watch.asked_at or clock.now()
    try:
        with about("", Source.POLL):
            answer = _looks[watch.kind](watch.account, watch.object_id)()
    except NotFound as exc:
        if asked_at - (watch.first_asked_at or asked_at) > FORGET_AFTER:
            _end(watch, str(exc))
            _tell(watch, asked_at, None)
        else:
            _again(watch, str(exc))
    except NotSent as exc:
        _again(watch, str(exc), at_least=exc.retry_after or 0)
    except ProviderError as exc:
        _again(watch, str(exc))
    except Exception as exc:  # our own bug: one bad answer must not stop the others
        logger.exception("look_broke", kind=watch.kind, object_id=watch.object_id)
        _again(watch, type(exc).__name__)
    else:
        _end(watch, "") if answer.settled else _again(watch, "")
        _tell(watch, asked_at, answer)


def _tell(watch: Watch, asked_at: datetime, answer: Answer | None) -> None:
    for observer in _observers:
        observer(watch, asked_at, answer)


def _end(watch: Watch, problem: str) -> None:
    mine = Watch.objects.filter(pk=watch.pk, tries=watch.tries)
    ended = mine.filter(rang_at__lte=watch.asked_at).update(
        due_at=None, leased_until=None, problem=problem[:200], tries=0, first_asked_at=None
    )
    if not ended:  # it rang while we asked
        mine.update(due_at=(watch.asked_at or clock.now()) + COLLAPSE, leased_until=None)


def _again(watch: Watch, problem: str, *, at_least: float = 0) -> None:
    pause = PAUSES[watch.tries - 1] if watch.tries <= len(PAUSES) else HOURLY
    mine = Watch.objects.filter(pk=watch.pk, tries=watch.tries)
    mine.update(due_at=clock.now() + timedelta(seconds=max(pause, at_least)), leased_until=None, problem=problem[:200])
    if not problem:  # where it rang while we asked, the answer may be older than the ring
        asked_at = watch.asked_at or clock.now()
        mine.filter(rang_at__gt=asked_at).update(due_at=asked_at + COLLAPSE)
