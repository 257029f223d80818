"""A card or an order beside its list: what one wants to know before opening it."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backoffice.core.parts import Fact, Peek, QueueRow
from backoffice.core.templatetags.ui import relative
from cards import presenting, queries
from cards.card_page import card_page
from cards.models import CardOrder
from cards.presenting import CardRow, OrderRow

LATEST = 5


@require_safe
@permission_required("cards.view_card", raise_exception=True)
def card_peek(request: HttpRequest, public_id: str) -> HttpResponse:
    card = get_object_or_404(queries.cards(), public_id=public_id)
    orders = queries.orders_of(card, LATEST) if request.user.has_perm("cards.view_cardorder") else []
    row, page = CardRow(card), card_page(card)
    actions = [action for action in reversed(page.actions(request.user)) if not action.off]
    peek = Peek(
        title=str(card),
        url=card.get_absolute_url(),
        badge=row.badge,
        text=" · ".join(part for part in (row.network, card.note) if part),
        amount=card.balance,
        currency=card.currency,
        amount_label=_("Available"),
        at=card.observed_at,
        notice=card.break_reason or (str(page.own.label) if page.own else ""),
        notice_tone="bad" if card.break_reason else page.own.tone if page.own else "warn",
        actions=actions[:3],
        facts=[*presenting.card_facts(card), Fact(label=_("Our id"), id=card.public_id)],
        latest=[_line(order) for order in orders],
        latest_title=_("Orders"),
    )
    return render(request, "components/_peek.html", {"peek": peek})


@require_safe
@permission_required("cards.view_cardorder", raise_exception=True)
def order_peek(request: HttpRequest, public_id: str) -> HttpResponse:
    order = get_object_or_404(queries.orders(), public_id=public_id)
    row = OrderRow(order, queries.open_calls([order]).get(order.pk))
    told = row.own
    peek = Peek(
        title=order.get_kind_display(),
        url=order.get_absolute_url(),
        badge=row.badge,
        text=" · ".join(part for part in (row.card, order.note) if part),
        amount=order.amount,
        currency=order.currency,
        amount_label=_("Amount"),
        at=order.created_at,
        notice=order.break_reason or (f"{told.label}. {told.title}".strip(". ") if told else "") or order.reason,
        notice_tone="bad" if order.break_reason or order.reason else told.tone if told else "warn",
        facts=_order_facts(order, row),
    )
    return render(request, "components/_peek.html", {"peek": peek})


def _order_facts(order: CardOrder, row: OrderRow) -> list[Fact]:
    return [
        Fact(label=_("Fee quoted"), amount=order.quoted_fee, currency=order.currency),
        Fact(label=_("Fee charged"), amount=order.fee, currency=order.currency),
        Fact(label=_("Total"), amount=row.total, currency=order.currency, total=True),
        Fact(label=_("Wallet"), value=str(order.wallet or "")),
        Fact(label=_("Asked for by"), value=row.maker),
        Fact(label=_("Account"), value=str(order.account)),
        *([Fact(label=_("Ended"), at=order.ended_at)] if order.ended_at else []),
        Fact(label=_("Our number"), id=str(order)),
        Fact(label=_("Their number"), id=order.provider_id),
    ]


def _line(order: CardOrder) -> QueueRow:
    return QueueRow(
        title=order.get_kind_display(),
        url=order.get_absolute_url(),
        text=order.get_state_display(),
        amount=order.amount,
        currency=order.currency,
        age=relative(order.created_at),
    )
