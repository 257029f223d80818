"""The home screen: what waits for a person, what is in doubt, stuck, failed or short, and how fresh all of it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.accounts.models import Account
from backoffice.call_queues import call_counts, call_queues
from backoffice.core.parts import Queue
from backoffice.core.templatetags.ui import duration
from backoffice.home_charts import Activity, activity
from backoffice.mirror.presenting import ShownSync, shown_syncs
from backoffice.mirror.queries import latest_syncs
from backoffice.order_queues import order_numbers, order_queues
from backoffice.outbox import queries as calls
from backoffice.outbox.models import Call
from backoffice.wallet_queues import low_wallets
from cards.models import CardOrder
from wallets import queries as wallets
from wallets.presenting import ShownWallet, shown_wallets
from webhooks.models import Delivery, Refusal

SOON = "every 5s"


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
    queues: Sequence[Queue] = ()
    checks: Sequence[Check] = ()
    wallets: Sequence[ShownWallet] = ()
    syncs: Sequence[ShownSync] = ()
    first_steps: Sequence[FirstStep] = ()
    is_moving: bool = False  # something may change without anybody, so the page asks again by itself
    queued: int = 0  # callbacks that came and are not read yet
    may_sync: bool = False
    waiting: int = 0  # how many things ask for somebody
    activity: Activity | None = None

    @property
    def address(self) -> str:
        """Where the page asks for itself: the period that is shown stays."""
        return f"{reverse('home')}?days={self.activity.days}" if self.activity else reverse("home")

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
        return ngettext("%(count)d waits for someone", "%(count)d wait for someone", self.waiting) % {
            "count": self.waiting
        }


def work_queue(user: Any, days: int) -> WorkQueue:
    """All of it for one person: a fixed number of queries, each bounded, only of what this person may see."""
    may = user.has_perm
    blocks: list[Queue] = []
    moving, waiting = False, 0
    if may("outbox.view_call"):
        counts = call_counts()
        blocks += call_queues(counts, may)
        waiting += counts[Call.State.DEAD].count
        moving |= any(counts[state].count for state in (Call.State.UNCERTAIN, *calls.ON_ITS_WAY))
    if may("cards.view_cardorder"):
        numbers = order_numbers()
        blocks += order_queues(numbers)
        moving |= bool(numbers["processing"])
        waiting += numbers["stuck"]
    shown: list[ShownWallet] = []
    if may("wallets.view_wallet"):
        shown = shown_wallets(wallets.wallets().order_by("account", "currency", "id")[:50])
        low = low_wallets(shown)
        blocks += low
        waiting += sum(block.count for block in low)
    deliveries = _delivery_numbers() if may("webhooks.view_delivery") else {}
    waiting += deliveries.get("dead", 0)
    syncs = shown_syncs(latest_syncs())
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
        activity=activity(days) if may("cards.view_cardorder") else None,
    )


# --- callbacks, first steps -------------------------------------------------------------------------------------------


def _delivery_numbers() -> dict[str, Any]:
    open_or_dead = Delivery.objects.filter(state__in=[*Delivery.OPEN, Delivery.State.DEAD]).aggregate(
        queued=Count("pk", filter=Q(state__in=[Delivery.State.RECEIVED, Delivery.State.PROCESSING])),
        dead=Count("pk", filter=Q(state=Delivery.State.DEAD)),
        oldest=Min("received_at", filter=Q(state__in=Delivery.OPEN)),
    )
    refused = Refusal.objects.filter(on=timezone.now().date()).aggregate(refused=Sum("count"))
    return open_or_dead | {"refused": refused["refused"] or 0}


def _checks(numbers: dict[str, Any], syncs: Sequence[ShownSync]) -> list[Check]:
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


def _first_steps(syncs: Sequence[ShownSync], may: Any) -> list[FirstStep]:
    """What is left to do on a new installation; nothing once there is an order."""
    if CardOrder.objects.exists():
        return []
    accounts = Account.objects.filter(listed=True).count()
    synced = bool(syncs) and not any(sync.is_running or sync.has_failed for sync in syncs)
    issue = reverse("cards:issue_card") if may("cards.issue_card") else ""
    return [
        FirstStep(
            title=_("Connect a provider"),
            text=ngettext("%(count)d account is set up", "%(count)d accounts are set up", accounts)
            % {"count": accounts}
            if accounts
            else _("Write its account into the accounts file and start again"),
            done=bool(accounts),
        ),
        FirstStep(
            title=_("Fetch what is there"),
            text=_("BINs, wallets, cards and orders are copied from the provider"),
            done=synced,
            url=reverse("mirror:accounts") if may("mirror.start_sync") and may("accounts.view_account") else "",
        ),
        FirstStep(
            title=_("Issue the first card"),
            text=_("From a BIN that is on sale, paid by a wallet"),
            done=False,
            url=issue,
        ),
    ]


def _age(moment: datetime) -> str:
    return duration(timezone.now() - moment)
