"""What an order costs, who made it, which numbers it has."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.parts import Fact
from backoffice.core.templatetags.ui import duration
from backoffice.outbox.models import Call
from cards.batch_page import batch_address, wallet_facts
from cards.models import CardOrder
from cards.order_page import OrderPage
from cards.order_steps import ended_at
from cards.presenting import bin_words, person_name, provider
from cards.states import OrderState


def money_facts(order: CardOrder) -> list[Fact]:
    return MONEY.get(order.kind, _paid)(order)


def _paid(order: CardOrder) -> list[Fact]:
    """Quoted beside charged; a difference is named."""
    code = order.currency
    label = _("Card receives") if order.kind in LOADS else _("Amount")
    lines = [Fact(label=label, amount=order.amount, currency=code)]
    if order.quoted_fee is not None:
        lines.append(Fact(label=_("Fee quoted"), amount=order.quoted_fee, currency=code))
    lines.append(Fact(label=_("Fee charged"), amount=order.fee, currency=code, value=_until_told(order)))
    if order.fee_variance:
        lines.append(
            Fact(label=_("Variance"), note=_("charged minus quoted"), amount=order.fee_variance, currency=code)
        )
    if order.total is not None:
        lines.append(Fact(label=_("Wallet paid"), amount=order.total, currency=code, total=True))
    elif order.quoted_total is not None:
        lines.append(
            Fact(label=_("Wallet pays"), note=_("quoted"), amount=order.quoted_total, currency=code, total=True)
        )
    return [*lines, *wallet_facts(order)]


def _comes_back(order: CardOrder) -> list[Fact]:
    """A closing moves money the other way: off the card, less the fee, into the wallet."""
    code, unknown = order.currency, _until_told(order)
    done = order.state == OrderState.SUCCEEDED
    return [
        Fact(label=_("Left on the card"), amount=order.amount, currency=code, value=unknown),
        Fact(label=_("Closing fee"), amount=order.fee, currency=code, value=unknown),
        Fact(
            label=_("Came back to the wallet") if done else _("Comes back to the wallet"),
            amount=order.total,
            currency=code,
            value=unknown,
            total=True,
        ),
        *wallet_facts(order),
    ]


LOADS = frozenset({CardOrder.Kind.ISSUE, CardOrder.Kind.RECHARGE})
MONEY: Mapping[str, Callable[[CardOrder], list[Fact]]] = {CardOrder.Kind.CLOSE: _comes_back}


def _until_told(order: CardOrder) -> str:
    return _("Not told") if order.is_settled else _("Known when final")


def order_facts(page: OrderPage) -> list[Fact]:
    order, call = page.order, page.call
    took = (ended_at(order) or timezone.now()) - order.created_at
    return [
        Fact(label=_("Card"), value=str(order.card), url=order.card.get_absolute_url())
        if order.card
        else Fact(label=_("Card"), value=_("none yet") if not order.is_settled or page.waits_for_card else _("none")),
        Fact(label=_("Product"), value=bin_words(order.bin) or order.bin_provider_id),
        Fact(label=_("Label"), value=order.note),
        Fact(label=_("Holder at the provider"), id=order.holder_provider_id),
        Fact(label=_("Account"), value=f"{order.account}, {provider(order.account)}"),
        Fact(label=_("Maker"), value=_maker(order, call)),
        Fact(label=_("Created"), at=order.created_at),
        Fact(label=_("Took") if order.is_settled else _("Under way for"), value=duration(took)),
    ]


def _maker(order: CardOrder, call: Call | None) -> str:
    name = person_name(order.maker) if order.maker else _("made at the provider")
    return f"{name}, {call.via}" if call and call.via else name


def number_facts(page: OrderPage, *, with_call: bool) -> list[Fact]:
    order, call = page.order, page.call
    lines = [
        Fact(label=_("Our number"), id=order.merchant_ref),
        Fact(label=_("Their number"), id=order.provider_id),
        Fact(label=_("Our id"), id=order.public_id),
    ]
    if call and with_call:
        lines.append(Fact(label=_("Call"), id=call.public_id, url=call.get_absolute_url()))
    if batch := call.batches.first() if call else None:
        lines.append(Fact(label=_("Batch"), id=batch.public_id, url=batch_address(batch)))
    return lines


def bill_facts(order: CardOrder) -> list[Fact]:
    """What the provider booked for it, line by line; the sign is the wallet's."""
    return [
        Fact(
            label=str(CATEGORIES.get(line["category"], CATEGORIES["unknown"])),
            note=line["id"],
            amount=-Decimal(line["amount"]) if line["direction"] == "out" else Decimal(line["amount"]),
            currency=line["currency"],
        )
        for line in order.bills or []
    ]


CATEGORIES: Mapping[str, Promise] = {
    "principal": gettext_lazy("Amount"),
    "opening": gettext_lazy("Opening fee"),
    "recharge": gettext_lazy("Recharge fee"),
    "monthly": gettext_lazy("Monthly fee"),
    "closing": gettext_lazy("Closing fee"),
    "shipping": gettext_lazy("Shipping"),
    "replacement": gettext_lazy("Replacement fee"),
    "trade": gettext_lazy("Payment fee"),
    "unknown": gettext_lazy("Other"),
}
