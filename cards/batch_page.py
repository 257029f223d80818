"""What the page of a batch tells: how each of its orders goes, and what all of them come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from backoffice.core.parts import Badge, Fact
from backoffice.core.refs import ref_pk
from backoffice.outbox.models import Batch, Call
from cards.lists import mark_of
from cards.models import CardOrder
from cards.presenting import OrderRow, bin_words, own_badge, pause_of, person_name, provider
from cards.states import OrderState

ENDED_BADLY = frozenset({OrderState.FAILED, OrderState.WITHDRAWN})


def batch_address(batch: Batch) -> str:
    return reverse("cards:batch", args=[batch.public_id])


@dataclass(frozen=True)
class BatchRow(OrderRow):
    """One order of a batch, with its call."""

    number: int = 0

    @property
    def own(self) -> Badge | None:
        return own_badge(self.order, self.call if self.call and self.call.is_open else None)

    @property
    def no_card(self) -> str:
        return _("none") if self.order.state in ENDED_BADLY else _("none yet")

    @property
    def told(self) -> str:
        """Why it failed, or what is wrong with its call."""
        if self.order.reason:
            return capfirst(self.order.reason)
        return capfirst(self.call.problem) if self.call and not self.order.provider_id else ""


@dataclass(frozen=True)
class BatchPage:
    batch: Batch
    rows: Sequence[BatchRow]

    @property
    def title(self) -> str:
        count = len(self.rows)
        return ngettext("%(n)d card at once", "%(n)d cards at once", count) % {"n": count}

    @property
    def orders(self) -> list[CardOrder]:
        return [row.order for row in self.rows]

    @property
    def done(self) -> list[CardOrder]:
        return [order for order in self.orders if order.state == OrderState.SUCCEEDED]

    @property
    def failed(self) -> list[CardOrder]:
        return [order for order in self.orders if order.state in ENDED_BADLY]

    @property
    def under_way(self) -> int:
        return len(self.rows) - len(self.done) - len(self.failed)

    @property
    def figure(self) -> str:
        return _("%(done)d of %(all)d") % {"done": len(self.done), "all": len(self.rows)}

    @property
    def progress(self) -> str:
        told = [pgettext("cards", "issued")]
        if self.under_way:
            told.append(_("%(n)d under way") % {"n": self.under_way})
        if self.failed:
            told.append(_("%(n)d not issued") % {"n": len(self.failed)})
        return ", ".join(told)

    @property
    def failure(self) -> str:
        """What the notice says once something went wrong."""
        count = len(self.failed)
        return (
            ngettext("%(n)d card was not issued", "%(n)d cards were not issued", count) % {"n": count} if count else ""
        )

    @property
    def failure_text(self) -> str:
        reasons = sorted({row.told for row in self.rows if row.order in self.failed and row.told})
        return " · ".join([*reasons, _("What they would have cost is free again in the wallet.")])

    @property
    def pause(self) -> str:
        """How soon the page asks again; "" once each has ended and has its card."""
        waits = [order for order in self.orders if not order.is_settled]
        return pause_of(waits) or ("3s" if any(order.card is None for order in self.done) else "")

    @property
    def mark(self) -> str:
        return mark_of(
            [
                (row.order.version, row.order.card_id, row.call and (row.call.state, row.call.looks, row.call.problem))
                for row in self.rows
            ]
        )


def batch_page(batch: Batch) -> BatchPage:
    """All orders of a batch with their calls, in the order in which they were asked for."""
    calls: dict[int, Call] = {ref_pk(call.target): call for call in batch.calls.select_related("account")}
    orders = CardOrder.objects.filter(pk__in=calls).select_related("account", "bin", "card", "wallet__account", "maker")
    return BatchPage(
        batch, [BatchRow(order, calls[order.pk], number) for number, order in enumerate(orders.order_by("pk"), 1)]
    )


def money_facts(page: BatchPage) -> list[Fact]:
    """What was promised for all, and what has been charged so far."""
    first = page.orders[0]
    code = first.currency
    charged = [order.total for order in page.done if order.total is not None]
    return [
        Fact(label=_("Each card receives"), amount=first.amount, currency=code),
        Fact(label=_("Quoted for all"), amount=_sum(page.orders, "quoted_total"), currency=code),
        Fact(label=_("Paid so far"), amount=sum(charged, Decimal(0)), currency=code, total=True),
        *(
            [Fact(label=_("Wallet"), value=str(first.wallet), url=first.wallet.get_absolute_url())]
            if first.wallet
            else []
        ),
    ]


def wallet_facts(order: CardOrder) -> list[Fact]:
    wallet = order.wallet
    return [Fact(label=_("Wallet"), value=str(wallet), url=wallet.get_absolute_url())] if wallet else []


def facts(page: BatchPage) -> list[Fact]:
    first = page.orders[0]
    return [
        Fact(label=_("Product"), value=bin_words(first.bin) or first.bin_provider_id),
        Fact(label=_("Label"), value=first.note),
        Fact(label=_("Account"), value=f"{first.account}, {provider(first.account)}"),
        Fact(label=_("Maker"), value=person_name(page.batch.actor) if page.batch.actor else ""),
        Fact(label=_("Created"), at=page.batch.created_at),
        Fact(label=_("Our id"), id=page.batch.public_id),
    ]


def _sum(orders: Sequence[CardOrder], name: str) -> Decimal:
    found: list[Any] = [getattr(order, name) for order in orders]
    return sum((amount for amount in found if amount is not None), Decimal(0))
