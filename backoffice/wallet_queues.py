"""Wallets on the home screen: those that cannot pay, or not for long at the present pace."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core.parts import Queue, QueueRow
from cards.models import CardOrder
from cards.states import OrderState
from wallets.presenting import ShownWallet

ROWS = 5  # of the block; the rest is behind its heading
LOW_DAYS = 3
PACE_OF = 2_000  # the newest orders tell how fast wallets are spent
PACE_DAYS = 14
PACE_KEPT = 300  # seconds


def low_wallets(shown: Sequence[ShownWallet]) -> list[Queue]:
    """Wallets that cannot pay, or not for long at the present pace."""
    paces: dict = (cache.get_or_set("home:paces", _paces, PACE_KEPT) or {}) if shown else {}
    rows = [row for row in (_low_row(one, paces.get(one.wallet.pk, Decimal(0))) for one in shown) if row]
    return [
        Queue(
            title=_("Low wallets"),
            icon="wallet",
            tone="warn",
            count=len(rows),
            note=_("Less than %(days)d days at the present pace") % {"days": LOW_DAYS},
            url=reverse("wallets:wallets"),
            rows=rows[:ROWS],
        )
    ]


def _low_row(shown: ShownWallet, pace: Decimal) -> QueueRow | None:
    free = shown.funds.free
    left = free / pace if free is not None and pace > 0 else None
    if not _is_low(shown, left):
        return None
    spends = _("spends %(amount)s a day") % {"amount": f"{pace:,.0f} {shown.wallet.currency}"} if pace > 0 else ""
    return QueueRow(
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


def _is_low(shown: ShownWallet, left: Decimal | None) -> bool:
    """A wallet that nobody pays from may be empty; one that is closed is history."""
    if shown.is_closed or (shown.is_usable and left is None and not shown.funds.reserved):
        return False
    return not shown.can_pay or (left is not None and left < LOW_DAYS)


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
