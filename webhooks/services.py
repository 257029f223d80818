"""Understanding deliveries: claimed in batches, each becomes a question to its provider; `answers` closes them."""

import random
import traceback
from datetime import datetime, timedelta
from time import monotonic

import structlog
from django.db import transaction
from django.db.models import Q

from backoffice.accounts.registry import receiver_for
from backoffice.core import clock
from backoffice.core.bell import Bell
from backoffice.core.crash import crash_point
from backoffice.core.transactions import retried
from backoffice.mirror.watches import ask
from backoffice.providers.errors import BadMessage
from backoffice.providers.redaction import scrub
from webhooks.models import Delivery
from webhooks.routing import OBJECT_ID, watch_for

logger = structlog.get_logger(__name__)
bell = Bell()
replay_bell = Bell()

BATCH = 50
LEASE = timedelta(seconds=90)
MOST_TRIES = 8
LONGEST_PAUSE = 900  # seconds
ASK_AGAIN = timedelta(minutes=15)  # an answer that was lost on the way to its delivery
LONGEST_TRACE = 4_000


def process_deliveries(seconds: float = 50) -> int:
    """Work through what is due until time is up; safe in any number of workers."""
    worked, until = 0, monotonic() + seconds
    while monotonic() < until and (batch := _claim()):
        crash_point("after_delivery_claim")
        _work(batch)
        worked += len(batch)
    return worked


def backlog() -> tuple[int, datetime | None]:
    """How many deliveries have not been read yet, and since when the oldest waits."""
    unread = Delivery.objects.filter(state__in=[Delivery.State.RECEIVED, Delivery.State.PROCESSING])
    oldest = unread.order_by("due_at", "id").values_list("received_at", flat=True).first()
    return unread.count(), oldest


@retried
@transaction.atomic(durable=True)
def _claim() -> list[Delivery]:
    """Up to a batch of rows for LEASE; a row whose worker died comes again, but not for ever."""
    now = clock.now()
    due = Q(state__in=[Delivery.State.RECEIVED, Delivery.State.WAITING], due_at__lte=now)
    abandoned = Q(state=Delivery.State.PROCESSING, leased_until__lt=now)
    rows = list(
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(due | abandoned)
        .order_by("due_at", "id")
        .select_related("account")[:BATCH]
    )
    lease = now + LEASE
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(state=Delivery.State.PROCESSING, leased_until=lease)
    for row in rows:
        row.was_abandoned = row.state == Delivery.State.PROCESSING  # type: ignore[attr-defined]
        row.state, row.leased_until = Delivery.State.PROCESSING, lease
    return rows


def _work(batch: list[Delivery]) -> None:
    """One delivery that cannot be read must not stop the others."""
    understood = []
    for row in batch:
        try:
            if row.was_abandoned:  # type: ignore[attr-defined]
                row.tries += 1
            if row.tries >= MOST_TRIES:
                _bury(row, "every try ended with its worker")
            elif _understand(row):
                understood.append(row)
        except BadMessage as exc:  # no later try reads it better
            _bury(row, str(exc))
        except Exception as exc:  # our own bug, or an account that is not set up: later, and in the end a person
            _again(row, exc)
    if understood:
        _ask_about(understood)


def _understand(row: Delivery) -> bool:
    """Whether there is something to ask; where not, the delivery is at its end."""
    if read_anew(row):
        return True
    _ignore(row)
    return False


def read_anew(row: Delivery) -> bool:
    """Read the stored body again by today's tables, into the row and unsaved; whether there is something to ask."""
    message = receiver_for(row.account).read(bytes(row.body))
    hint, watch = message.hint, watch_for(message.hint)
    row.known, row.ours = message.known, message.ours
    if not (watch and message.known and message.ours):
        return False
    if hint is None or not OBJECT_ID.fullmatch(hint.object_id):
        raise BadMessage("the object's id is none")
    row.hint_kind, row.hint_by, row.object_id = hint.kind, hint.by, hint.object_id
    row.watch_kind, row.word, row.ignored = watch, scrub(message.word)[:40], ""
    return True


def _ask_about(rows: list[Delivery]) -> None:
    """One question per object, in one transaction, in a fixed order so that two workers never wait for each other."""
    questions = {(row.account_id, row.watch_kind, row.object_id): row for row in rows}
    now = clock.now()
    with transaction.atomic(durable=True):
        for _key, row in sorted(questions.items()):
            ask(row.account, row.watch_kind, row.object_id, why="callback")
        for row in rows:
            _write(
                row,
                Delivery.State.WAITING,
                due_at=now + ASK_AGAIN,
                tries=0,
                problem="",
                traceback="",
                **{name: getattr(row, name) for name in READ_ANEW},
            )


READ_ANEW = ("hint_kind", "hint_by", "object_id", "watch_kind", "word", "known", "ours", "ignored")


def _ignore(row: Delivery) -> None:
    said = {"ignored": why_ignored(row), "known": row.known, "ours": row.ours}
    _write(row, Delivery.State.IGNORED, **said, due_at=None, done_at=clock.now())


def why_ignored(row: Delivery) -> Delivery.Ignored:
    reasons = Delivery.Ignored
    return reasons.UNKNOWN_TOPIC if not row.known else reasons.NOT_OURS if not row.ours else reasons.NOT_HANDLED


def _again(row: Delivery, exc: Exception) -> None:
    row.tries += 1
    trace = scrub("".join(traceback.format_exception(exc)))[-LONGEST_TRACE:]
    problem = scrub(f"{type(exc).__name__}: {exc}")
    if row.tries >= MOST_TRIES:
        return _bury(row, problem, trace)
    logger.warning("delivery_broke", delivery=row.public_id, tries=row.tries, problem=problem[:200])
    longest = min(2.0 * 2**row.tries, LONGEST_PAUSE)
    pause = timedelta(seconds=random.uniform(0, longest))  # noqa: S311 (full jitter)
    _write(
        row,
        Delivery.State.RECEIVED,
        tries=row.tries,
        due_at=clock.now() + pause,
        problem=problem[:300],
        traceback=trace,
    )
    return None


def _bury(row: Delivery, problem: str, trace: str = "") -> None:
    """Only a person goes on from here."""
    _write(
        row,
        Delivery.State.DEAD,
        tries=row.tries,
        due_at=None,
        problem=problem[:300],
        traceback=trace,
        done_at=clock.now(),
    )
    logger.error(
        "delivery_dead", delivery=row.public_id, account=row.account.slug, topic=row.topic, problem=problem[:200]
    )


def _write(row: Delivery, state: str, **fields: object) -> bool:
    """A late worker, whose lease another took over, writes nothing."""
    mine = Delivery.objects.filter(pk=row.pk, state=Delivery.State.PROCESSING, leased_until=row.leased_until)
    return bool(mine.update(state=state, leased_until=None, **fields))
