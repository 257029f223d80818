"""How a wallet is shown: its badge, its money, how fresh the figure is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.parts import Badge, Event, Fact, Queue, QueueRow, Sum
from backoffice.core.templatetags.ui import duration, relative, short_id
from backoffice.outbox.journal_events import Words
from backoffice.outbox.models import Call
from backoffice.outbox.presenting import operation_words
from backoffice.outbox.timeline import timeline
from wallets.models import Wallet
from wallets.queries import Funds, funds_of
from wallets.states import TONES, WalletState

ICONS = {
    WalletState.UNKNOWN: "circle-question-mark",
    WalletState.NORMAL: "circle-check",
    WalletState.FROZEN: "snowflake",
    WalletState.CLOSED: "circle-slash",
}


@dataclass(frozen=True)
class ShownWallet:
    """A wallet with its funds."""

    wallet: Wallet
    funds: Funds

    @property
    def badge(self) -> Badge:
        return replace(_badge(self.wallet.ref, self.wallet.state), title=self.wallet.word)

    @property
    def title(self) -> str:
        return _("%(currency)s wallet") % {"currency": self.wallet.currency}

    @property
    def is_usable(self) -> bool:
        return self.wallet.state == WalletState.NORMAL

    @property
    def is_closed(self) -> bool:
        return self.wallet.state == WalletState.CLOSED

    @property
    def is_short(self) -> bool:
        """Nothing is there, or our own calls hold all of it."""
        return self.funds.free is not None and self.funds.free <= 0

    @property
    def can_pay(self) -> bool:
        return self.is_usable and not self.is_short


def shown_wallets(rows: Iterable[Wallet]) -> list[ShownWallet]:
    found = list(rows)
    funds = funds_of(found)
    return [ShownWallet(wallet, funds[wallet.pk]) for wallet in found]


def sums(balances: Iterable[tuple[str, Decimal | None]]) -> list[Sum]:
    return [Sum(amount=amount, currency=currency) for currency, amount in balances if amount is not None]


def money_facts(shown: ShownWallet) -> list[Fact]:
    wallet, funds = shown.wallet, shown.funds
    return [
        Fact(
            label=_("Balance"),
            note=_("what the provider calls available"),
            amount=wallet.balance,
            currency=wallet.currency,
        ),
        Fact(
            label=_("Held by our open calls"),
            amount=-funds.reserved if funds.reserved else funds.reserved,
            currency=wallet.currency,
        ),
        Fact(label=_("Free"), amount=funds.free, currency=wallet.currency, total=True),
        Fact(
            label=_("Frozen at the provider"),
            note=_("not part of the balance"),
            amount=wallet.frozen_balance,
            currency=wallet.currency,
        ),
    ]


def facts(shown: ShownWallet) -> list[Fact]:
    wallet = shown.wallet
    return [
        Fact(label=_("Account"), value=str(wallet.account)),
        Fact(label=_("Currency"), value=wallet.currency),
        Fact(label=_("Asked for last"), at=wallet.observed_at),
        Fact(label=_("Opened"), at=wallet.created_at),
        Fact(label=_("Provider's id"), id=wallet.provider_id),
        Fact(label=_("Wallet"), id=wallet.public_id),
    ]


def holding(shown: ShownWallet, calls: QuerySet[Call], most: int = 20) -> Queue:
    """The calls that hold its money, as a block of rows; the count and the sum are of all of them."""
    listed = list(calls[:most])
    count = len(listed) if len(listed) < most else calls.count()
    more = _("the oldest %(most)d are listed") % {"most": most} if count > most else ""
    return Queue(
        title=_("Held by calls"),
        icon="lock",
        tone="busy" if listed else "",
        count=count,
        note=more,
        sums=[Sum(amount=shown.funds.reserved, currency=shown.wallet.currency)] if listed else [],
        rows=[
            QueueRow(
                title=operation_words(call.operation),
                url=call.get_absolute_url(),
                text=_("%(state)s, the balance was not seen since") % {"state": call.get_state_display()}
                if call.left_at
                else call.get_state_display(),
                amount=call.reserved_amount,
                currency=call.reserved_currency,
                age=duration(timezone.now() - call.created_at),
                action=_("Open"),
            )
            for call in listed
        ],
    )


def paid_for(orders: Sequence[Any]) -> Queue:
    """The latest orders that it pays for, whatever they are orders of."""
    return Queue(
        title=_("Latest orders"),
        icon="repeat",
        count=len(orders),
        rows=[
            QueueRow(
                title=order.get_kind_display(),
                url=order.get_absolute_url(),
                text=f"{order.get_state_display()}, {short_id(order)}",
                amount=order.quoted_total if order.total is None else order.total,
                currency=order.currency,
                age=relative(order.created_at),
                action=_("Open"),
            )
            for order in orders
        ],
    )


def events(wallet: Wallet, *, raw: bool) -> list[Event]:
    """The latest that happened to it, newest first; `raw` adds what was exchanged."""
    return list(timeline([wallet.ref], WORDS, most=EVENTS, raw=raw).events)


def _badge(_ref: str, state: str) -> Badge:
    known = WalletState(state)
    return Badge(tone=TONES[known], icon=ICONS[known], label=str(known.label))


EVENTS = 40
WORDS = Words(
    badge=_badge, facts={"balance": gettext_lazy("balance"), "frozen_balance": gettext_lazy("frozen balance")}
)
