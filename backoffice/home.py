"""The work queue: what waits for a person, what is in doubt, stuck, failed or short, and how fresh all of it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max, Min, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.accounts.models import Account
from backoffice.core import parts
from backoffice.core.money import ExactSum
from backoffice.core.refs import ref_pk
from backoffice.core.templatetags.ui import duration
from backoffice.mirror.models import SyncRun
from backoffice.outbox import presenting as call_words
from backoffice.outbox import queries as calls
from backoffice.outbox.models import Call
from cards import queries as cards
from cards.models import CardOrder
from cards.presenting import OrderRow
from cards.states import OrderState
from wallets import queries as wallets
from wallets.presenting import ShownWallet, shown_wallets
from webhooks.models import Delivery, Refusal

ROWS = 5  # of each block; the rest is behind its heading
AT_PROVIDER = (OrderState.PROCESSING, OrderState.UNKNOWN)
LOW_DAYS = 3
PACE_OF = 2_000  # the newest orders tell how fast wallets are spent
PACE_DAYS = 14
PACE_KEPT = 300  # seconds
SOON = "every 5s"


@dataclass(frozen=True)
class Syncing:
    """The latest walk through one list of one account."""

    title: str
    run: SyncRun

    @property
    def told(self) -> str:
        run = self.run
        if run.state == SyncRun.State.RUNNING:
            return _("%(seen)s of %(total)s") % {"seen": run.seen, "total": "?" if run.total is None else run.total}
        return "" if run.state == SyncRun.State.FINISHED else capfirst(run.problem)

    @property
    def is_running(self) -> bool:
        return self.run.state == SyncRun.State.RUNNING

    @property
    def has_failed(self) -> bool:
        return self.run.state == SyncRun.State.FAILED


@dataclass(frozen=True)
class Check:
    """A line below the blocks: a number and what it counts, or only words."""

    text: str
    count: int | None = None
    url: str = ""


@dataclass(frozen=True)
class FirstStep:
    title: str
    text: str
    done: bool
    url: str = ""


@dataclass(frozen=True)
class WorkQueue:
    as_of: datetime
    queues: Sequence[parts.Queue] = ()
    checks: Sequence[Check] = ()
    wallets: Sequence[ShownWallet] = ()
    syncs: Sequence[Syncing] = ()
    first_steps: Sequence[FirstStep] = ()
    is_moving: bool = False  # something may change without anybody, so the page asks again by itself
    queued: int = 0  # callbacks that came and are not read yet
    may_sync: bool = False
    waiting: int = field(default=0)  # how many things ask for somebody

    @property
    def poll(self) -> str:
        return SOON if self.is_moving else ""

    @property
    def fresh(self) -> str:
        if not self.queued:
            return ""
        return ngettext("%(count)d callback queued", "%(count)d callbacks queued", self.queued) % {"count": self.queued}

    @property
    def headline(self) -> str:
        if not self.waiting:
            return ""
        return ngettext("%(count)d waits for someone", "%(count)d wait for someone", self.waiting) % {"count": self.waiting}


def work_queue(user: Any) -> WorkQueue:
    """All of it for one person: a fixed number of queries, each bounded, only of what this person may see."""
    may = user.has_perm
    blocks: list[parts.Queue] = []
    moving, waiting = False, 0
    if may("outbox.view_call"):
        counts = _call_counts()
        blocks += _call_blocks(counts, may)
        waiting += counts[Call.State.DEAD].count
        moving |= any(counts[state].count for state in (Call.State.UNCERTAIN, *calls.ON_ITS_WAY))
    if may("cards.view_cardorder"):
        numbers = _order_numbers()
        blocks += _order_blocks(numbers)
        moving |= bool(numbers["processing"])
        waiting += numbers["stuck"]
    shown: list[ShownWallet] = []
    if may("wallets.view_wallet"):
        shown = shown_wallets(wallets.wallets().order_by("account", "currency", "id")[:50])
        low = _low_wallets(shown)
        blocks += low
        waiting += sum(block.count for block in low)
    deliveries = _delivery_numbers() if may("webhooks.view_delivery") else {}
    waiting += deliveries.get("dead", 0)
    syncs = _syncs()
    return WorkQueue(
        as_of=timezone.now(),
        queues=[block for block in blocks if block.count],
        checks=_checks(deliveries, syncs) if deliveries else [],
        wallets=shown,
        syncs=syncs,
        first_steps=_first_steps(syncs, may) if may("cards.view_cardorder") else [],
        is_moving=moving or bool(deliveries.get("queued")) or any(sync.is_running for sync in syncs),
        queued=deliveries.get("queued", 0),
        may_sync=may("mirror.start_sync"),
        waiting=waiting,
    )


# --- calls ------------------------------------------------------------------------------------------------------------


@dataclass
class Counted:
    count: int = 0
    sums: list[parts.Sum] = field(default_factory=list)


def _call_counts() -> dict[Call.State, Counted]:
    """How many open calls of each state, and how much money they hold per currency."""
    found = {state: Counted() for state in Call.State}
    open_calls = Call.objects.filter(state__in=Call.OPEN).order_by("state", "reserved_currency")
    for state, currency, count, amount in open_calls.values_list("state", "reserved_currency").annotate(
        Count("pk"), ExactSum("reserved_amount")
    ):
        counted = found[Call.State(state)]
        counted.count += count
        if amount is not None:
            counted.sums.append(parts.Sum(amount=amount, currency=currency))
    return found


def _call_blocks(counts: dict[Call.State, Counted], may: Any) -> list[parts.Queue]:
    address = reverse("outbox:calls")
    rows = {
        state: list(calls.calls().filter(state=state).order_by("created_at", "id")[:ROWS]) if counts[state].count else []
        for state in calls.WAITING
    }
    orders = _orders_of(call for found in rows.values() for call in found)
    decides = may("outbox.send_call_again")
    dead, doubt = counts[Call.State.DEAD], counts[Call.State.UNCERTAIN]
    return [
        parts.Queue(
            title=_("Needs a person"),
            icon="circle-alert",
            tone="bad",
            count=dead.count,
            sums=dead.sums,
            url=f"{address}?view=needs-a-person",
            rows=[_call_row(call, orders, decides=decides) for call in rows[Call.State.DEAD]],
        ),
        parts.Queue(
            title=_("In doubt"),
            icon="circle-question-mark",
            tone="warn",
            count=doubt.count,
            sums=doubt.sums,
            note=_("No clear answer came back, we keep asking"),
            url=f"{address}?view=in-doubt",
            rows=[_call_row(call, orders) for call in rows[Call.State.UNCERTAIN]],
        ),
        _on_its_way(counts, address),
    ]


def _on_its_way(counts: dict[Call.State, Counted], address: str) -> parts.Queue:
    count = sum(counts[state].count for state in calls.ON_ITS_WAY)
    rows = list(calls.calls().filter(state__in=calls.ON_ITS_WAY).order_by("created_at", "id")[:ROWS]) if count else []
    orders = _orders_of(rows)
    return parts.Queue(
        title=_("To be sent"),
        icon="send",
        tone="busy",
        count=count,
        url=f"{address}?view=on-its-way",
        rows=[_call_row(call, orders) for call in rows],
    )


def _orders_of(rows: Iterable[Call]) -> dict[str, CardOrder]:
    label = CardOrder._meta.label_lower
    keys = [ref_pk(call.target) for call in rows if call.target.startswith(f"{label}:")]
    return {order.ref: order for order in cards.orders().filter(pk__in=keys)} if keys else {}


def _call_row(call: Call, orders: dict[str, CardOrder], *, decides: bool = False) -> parts.QueueRow:
    order = orders.get(call.target)
    shown = call_words.ShownCall(call, order)
    return parts.QueueRow(
        title=f"{shown.operation}, {OrderRow(order).card}" if order else shown.operation,
        url=shown.url,
        text=", ".join(part for part in (shown.told, _next_look(shown)) if part),
        amount=call.reserved_amount,
        currency=call.reserved_currency,
        age=_age(call.created_at),
        action=_("Review") if decides else _("Open"),
        decides=decides,
    )


def _next_look(shown: call_words.ShownCall) -> str:
    if shown.next_at is None or shown.next_at <= timezone.now():
        return ""
    return _("next in %(time)s") % {"time": duration(shown.next_at - timezone.now())}


# --- orders -----------------------------------------------------------------------------------------------------------


def _order_numbers() -> dict[str, int]:
    late = timezone.now() - cards.LATE_AFTER
    processing = CardOrder.objects.filter(state__in=AT_PROVIDER).aggregate(
        processing=Count("pk"), stuck=Count("pk", filter=Q(created_at__lt=late))
    )
    return processing | {"failed": cards.orders(view="failed-today").order_by().count()}


def _order_blocks(numbers: dict[str, int]) -> list[parts.Queue]:
    address = reverse("cards:orders")
    late = timezone.now() - cards.LATE_AFTER
    processing = cards.orders(state=AT_PROVIDER)
    states = "".join(f"&state={state}" for state in AT_PROVIDER)
    young = numbers["processing"] - numbers["stuck"]
    return [
        parts.Queue(
            title=_("Stuck"),
            icon="hourglass",
            tone="warn",
            count=numbers["stuck"],
            note=_("The provider took it and did not finish within %(time)s") % {"time": duration(cards.LATE_AFTER)},
            url=f"{address}?view=stuck{states}",
            rows=_order_rows(processing.filter(created_at__lt=late).order_by("created_at", "id"), numbers["stuck"]),
        ),
        parts.Queue(
            title=_("Under way"),
            icon="loader",
            tone="busy",
            count=young,
            note=_("The provider took it and works on it"),
            url=f"{address}?{states[1:]}",
            rows=_order_rows(processing.filter(created_at__gte=late).order_by("created_at", "id"), young),
        ),
        parts.Queue(
            title=_("Failed today"),
            icon="circle-x",
            tone="bad",
            count=numbers["failed"],
            note=_("Nothing was debited"),
            url=f"{address}?view=failed-today",
            rows=_order_rows(cards.orders(view="failed-today").order_by("-created_at", "-id"), numbers["failed"]),
        ),
    ]


def _order_rows(orders: Any, count: int) -> list[parts.QueueRow]:
    return [_order_row(order) for order in orders[:ROWS]] if count else []


def _order_row(order: CardOrder) -> parts.QueueRow:
    row = OrderRow(order)
    return parts.QueueRow(
        title=f"{order.get_kind_display()}, {row.card}",
        url=order.get_absolute_url(),
        text=", ".join(part for part in (row.maker, order.reason or order.note) if part),
        amount=row.total,
        currency=order.currency,
        age=_age(order.created_at),
        action=_("Open"),
    )


# --- wallets ----------------------------------------------------------------------------------------------------------


def _low_wallets(shown: Sequence[ShownWallet]) -> list[parts.Queue]:
    """Wallets that cannot pay, or not for long at the present pace."""
    paces = cache.get_or_set("home:paces", _paces, PACE_KEPT) if shown else {}
    rows = [row for row in (_low_row(one, paces.get(one.wallet.pk, Decimal(0))) for one in shown) if row]
    return [
        parts.Queue(
            title=_("Low wallets"),
            icon="wallet",
            tone="warn",
            count=len(rows),
            note=_("Less than %(days)d days at the present pace") % {"days": LOW_DAYS},
            url=reverse("wallets:wallets"),
            rows=rows[:ROWS],
        )
    ]


def _low_row(shown: ShownWallet, pace: Decimal) -> parts.QueueRow | None:
    free = shown.funds.free
    left = free / pace if free is not None and pace > 0 else None
    if shown.can_pay and (left is None or left >= LOW_DAYS):
        return None
    spends = _("spends %(amount)s a day") % {"amount": f"{pace:,.0f} {shown.wallet.currency}"} if pace > 0 else ""
    return parts.QueueRow(
        title=shown.title,
        url=shown.wallet.get_absolute_url(),
        text=", ".join(part for part in (str(shown.wallet.account), spends) if part),
        tag="" if shown.is_usable else str(shown.badge.label),
        tag_tone="" if shown.is_usable else "warn",
        amount=free,
        currency=shown.wallet.currency,
        age=_("%(days)s days left") % {"days": f"{max(left, Decimal(0)):.1f}"} if left is not None else "",
        action=_("Open"),
    )


def _paces() -> dict[int, Decimal]:
    """What each wallet pays a day, told by the newest orders that succeeded."""
    since = timezone.now() - timedelta(days=PACE_DAYS)
    newest = CardOrder.objects.filter(created_at__gt=since).order_by("-created_at", "-id")
    rows = list(newest.values_list("wallet", "state", "total", "created_at")[:PACE_OF])
    if not rows:
        return {}
    days = Decimal(max((timezone.now() - rows[-1][3]).total_seconds(), 86_400)) / 86_400
    spent: dict[int, Decimal] = {}
    for wallet, state, total, _at in rows:
        if wallet and total and state == OrderState.SUCCEEDED:
            spent[wallet] = spent.get(wallet, Decimal(0)) + total
    return {wallet: total / days for wallet, total in spent.items()}


# --- callbacks, syncs, first steps --------------------------------------------------------------------------------------


def _delivery_numbers() -> dict[str, Any]:
    open_or_dead = Delivery.objects.filter(state__in=[*Delivery.OPEN, Delivery.State.DEAD]).aggregate(
        queued=Count("pk", filter=Q(state__in=[Delivery.State.RECEIVED, Delivery.State.PROCESSING])),
        dead=Count("pk", filter=Q(state=Delivery.State.DEAD)),
        oldest=Min("received_at", filter=Q(state__in=Delivery.OPEN)),
    )
    refused = Refusal.objects.filter(on=timezone.now().date()).aggregate(refused=Sum("count"))
    return open_or_dead | {"refused": refused["refused"] or 0}


def _checks(numbers: dict[str, Any], syncs: Sequence[Syncing]) -> list[Check]:
    inbox = reverse("webhooks:deliveries")
    lines = []
    if numbers["dead"]:
        words = ngettext("callback needs a person", "callbacks need a person", numbers["dead"])
        lines.append(Check(count=numbers["dead"], text=words, url=f"{inbox}?view=needs-a-person"))
    if numbers["refused"]:
        words = ngettext("callback turned away today", "callbacks turned away today", numbers["refused"])
        lines.append(Check(count=numbers["refused"], text=words))
    oldest = numbers["oldest"]
    lines.append(
        Check(text=_("Oldest open callback waits %(time)s") % {"time": _age(oldest)}, url=f"{inbox}?view=open")
        if oldest
        else Check(text=_("All callbacks are done"), url=inbox)
    )
    failed = [sync for sync in syncs if sync.has_failed]
    if failed:
        lines.append(Check(count=len(failed), text=ngettext("sync failed", "syncs failed", len(failed))))
    return lines


def _syncs() -> list[Syncing]:
    """The latest walk of each list of each account."""
    titles = sync_titles()
    latest = SyncRun.objects.order_by().values("account", "kind").annotate(newest=Max("pk")).values("newest")
    runs = SyncRun.objects.filter(pk__in=latest, account__listed=True).select_related("account").order_by("account", "pk")
    return [Syncing(str(titles.get(run.kind, run.kind)), run) for run in runs]


def sync_titles() -> dict[str, str]:
    return {
        "cards.bin": _("BINs"),
        "cards.card": _("Cards"),
        "cards.order": _("Orders"),
        "wallets.wallet": _("Wallets"),
    }


def _first_steps(syncs: Sequence[Syncing], may: Any) -> list[FirstStep]:
    """What is left to do on a new installation; nothing once there is an order."""
    if CardOrder.objects.exists():
        return []
    accounts = Account.objects.filter(listed=True).count()
    synced = bool(syncs) and not any(sync.is_running or sync.has_failed for sync in syncs)
    issue = reverse("cards:issue") if may("cards.issue_card") else ""
    return [
        FirstStep(
            title=_("Connect a provider"),
            text=ngettext("%(count)d account is set up", "%(count)d accounts are set up", accounts) % {"count": accounts}
            if accounts
            else _("Write its account into the accounts file and start again"),
            done=bool(accounts),
        ),
        FirstStep(
            title=_("Fetch what is there"),
            text=_("BINs, wallets, cards and orders are copied from the provider"),
            done=synced,
        ),
        FirstStep(title=_("Issue the first card"), text=_("From a BIN that is on sale, paid by a wallet"), done=False, url=issue),
    ]


def _age(moment: datetime) -> str:
    return duration(timezone.now() - moment)
