"""Cards and their orders: the lists, one card, one order, and asking the provider about them now."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backoffice.core.htmx import render_page, wants_partial
from backoffice.core.parts import Action, View
from backoffice.journal.record import Actor
from backoffice.mirror.commands import ask_now
from backoffice.outbox.journal_events import Words
from backoffice.outbox.timeline import GROUPS, MORE, MOST, timeline
from backoffice.people.listings import Listing, shown_listing
from cards import lists, order_facts, order_page, order_steps, presenting, queries
from cards.bulk.preview import deeds_for
from cards.bulk.views import shown_deeds
from cards.card_page import card_page
from cards.columns import CARDS, ORDERS
from cards.forms import CardFilter, OrderFilter
from cards.models import Card, CardOrder, Holder
from cards.presenting import CardRow, OrderRow
from cards.terms import BinTerms, term_facts
from cards.turns import dialogs

UNCHANGED = 204


# --- lists ------------------------------------------------------------------------------------------------------------


@require_safe
@permission_required("cards.view_card", raise_exception=True)
def card_list(request: HttpRequest) -> HttpResponse:
    form = CardFilter(request)
    rows = _cards(request, form)
    page = lists.page_of(request, rows)
    told = [(card.pk, card.version, card.observed_at) for card in page]
    context = list_context(request, rows, page, lists.CARD_TABS, form, pause=presenting.pause_of(page.rows), told=told)
    if context is None:
        return HttpResponse(status=UNCHANGED)
    context |= {
        "rows": [CardRow(card) for card in page],
        "totals_url": reverse("cards:card_totals"),
        "actions": _issue_action(request),
        **kept_context(request, CARDS, context["views"]),
        **fresh_context("cards.card"),
    }
    return render_page(request, "cards/cards.html", context, partial="cards/_cards.html")


@require_safe
@permission_required("cards.view_card", raise_exception=True)
def card_totals(request: HttpRequest) -> HttpResponse:
    """Count and sums of the whole filter, asked for after the rows: they take as long as there are rows."""
    totals = queries.totals(_cards(request, CardFilter(request)), "balance")
    return _totals(request, lists.card_count(totals), totals, "cards:cards")


@require_safe
@permission_required("cards.view_cardorder", raise_exception=True)
def order_list(request: HttpRequest) -> HttpResponse:
    form = OrderFilter(request)
    rows = _orders(request, form)
    page = lists.page_of(request, rows)
    calls = queries.open_calls(page)
    told = [(order.pk, order.version, order.card_id, _call_mark(calls.get(order.pk))) for order in page]
    context = list_context(request, rows, page, lists.ORDER_TABS, form, pause=presenting.pause_of(page.rows), told=told)
    if context is None:
        return HttpResponse(status=UNCHANGED)
    context |= {
        "rows": [OrderRow(order, calls.get(order.pk)) for order in page],
        "totals_url": reverse("cards:order_totals"),
        "actions": _issue_action(request),
        **kept_context(request, ORDERS, context["views"]),
        **fresh_context("cards.order"),
    }
    return render_page(request, "cards/orders.html", context, partial="cards/_orders.html")


@require_safe
@permission_required("cards.view_cardorder", raise_exception=True)
def order_totals(request: HttpRequest) -> HttpResponse:
    totals = queries.totals(_orders(request, OrderFilter(request)), "amount")
    return _totals(request, lists.order_count(totals), totals, "cards:orders")


@require_safe
@permission_required("cards.view_bin", raise_exception=True)
def bin_list(request: HttpRequest) -> HttpResponse:
    bins = list(queries.bins().order_by("account", "currency", "network", "digits"))
    context = {
        "rows": [(bin, presenting.bin_badge(bin), BinTerms(bin)) for bin in bins],
        "as_of": timezone.now(),
        "actions": _issue_action(request),
        **fresh_context("cards.bin"),
    }
    return render(request, "cards/bins.html", context)


def _cards(request: HttpRequest, form: CardFilter) -> QuerySet[Card]:
    return queries.cards(view=lists.view_of(request, lists.CARD_TABS), **lists.asked_of(form))


def _orders(request: HttpRequest, form: OrderFilter) -> QuerySet[CardOrder]:
    return queries.orders(view=lists.view_of(request, lists.ORDER_TABS), **lists.asked_of(form))


def list_context(
    request, rows, page, tabs: Mapping[str, Any], form, *, pause: str, told: list
) -> dict[str, Any] | None:
    """What every list shows; None where a poll finds everything as it was."""
    new = lists.newer_rows(request, rows, page)
    live = lists.live(request, page, pause=pause, told=[told, new])
    if wants_partial(request) and request.GET.get("mark") == live.mark:
        return None
    return {
        "page": page,
        "form": form,
        "views": lists.tabs_of(request, tabs),
        "is_filtered": form.is_on or bool(lists.view_of(request, tabs)),
        "unread": [str(form.fields[name].label or _("Search")) for name in form.errors if name in form.fields],
        "live": live,
        "new": new,
        "as_of": timezone.now(),
    }


def kept_context(request: HttpRequest, listing: Listing, tabs: list[View]) -> dict[str, Any]:
    """What this person keeps of a list, and may do with many of its rows."""
    shown = shown_listing(request, listing, tabs)
    deeds = shown_deeds(request, deeds_for(request.user, listing.slug))
    return {"shown": shown, "views": shown.views, "deeds": deeds}


def fresh_context(kind: str) -> dict[str, Any]:
    runs = queries.last_syncs(kind)
    return {"fresh": lists.sync_words(runs), "walk": lists.first_walk(runs)}


def _totals(request: HttpRequest, count: str, totals: queries.Totals, back: str) -> HttpResponse:
    """The foot's part for a script; a page of its own without one."""
    context = {"count": count, "sums": totals.sums, "back": f"{reverse(back)}?{request.GET.urlencode()}"}
    return render_page(request, "cards/totals.html", context, partial="cards/_totals.html")


def _issue_action(request: HttpRequest) -> list[Action]:
    may = request.user.has_perm("cards.issue_card")
    return [Action(label=_("Issue card"), url=reverse("cards:issue_card"), icon="plus", main=True)] if may else []


def _call_mark(call) -> tuple:
    return (call.state, call.attempts) if call else ()


# --- one card, one order ----------------------------------------------------------------------------------------------


@require_safe
@permission_required("cards.view_card", raise_exception=True)
def card_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    card = get_object_or_404(queries.cards(), public_id=public_id)
    sees_orders = request.user.has_perm("cards.view_cardorder")
    orders = queries.orders_of(card) if sees_orders else []
    asking = queries.is_being_asked(queries.watch_of(card))
    shown = card_page(card)
    told = [card.version, card.observed_at, asking, shown.told, *((order.pk, order.version) for order in orders)]
    mark = lists.mark_of(told)
    if wants_partial(request) and request.GET.get("mark") == mark:
        return HttpResponse(status=UNCHANGED)
    issued = next((order for order in reversed(orders) if order.kind == CardOrder.Kind.ISSUE), None)
    context = {
        "card": card,
        "row": CardRow(card),
        "shown": shown,
        "crumbs": [View(label=_("Cards"), url=reverse("cards:cards")), View(label=str(card), url="")],
        "actions": [*ask_action(request, "cards:ask_card", card), *shown.actions(request.user)],
        "dialogs": dialogs(shown, request.user, lambda: str(uuid4())),
        "pending": shown.pending(request.user),
        "facts": presenting.card_facts(card),
        "numbers": presenting.card_numbers(card),
        "terms": term_facts(card.bin) if card.bin else [],
        "orders": [OrderRow(order) for order in orders],
        "issued": issued,
        "mark": mark,
        "pause": presenting.QUICK if asking else shown.pause,
        "raw": presenting.raw(card.upstream),
        **timeline_context(request, [card.ref, *([issued.ref] if issued else [])]),
    }
    return render_page(request, "cards/card.html", context, partial="cards/_card.html")


@require_safe
@permission_required("cards.view_cardorder", raise_exception=True)
def order_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    order = get_object_or_404(queries.orders(), public_id=public_id)
    page = order_page.order_page(order)
    if wants_partial(request) and request.GET.get("mark") == page.mark:
        return HttpResponse(status=UNCHANGED)
    context = {
        "order": order,
        "shown": page,
        "actions": _card_action(request, order),
        "crumbs": [View(label=_("Orders"), url=reverse("cards:orders")), View(label=page.title, url="")],
        "steps": order_steps.steps(page),
        "pending": order_page.pending(page, request.user),
        "money": order_facts.money_facts(order),
        "facts": order_facts.order_facts(page),
        "numbers": order_facts.number_facts(page, with_call=request.user.has_perm("outbox.view_call")),
        "bills": order_facts.bill_facts(order),
        "raw": presenting.raw(order.upstream),
        **timeline_context(request, [order.ref]),
    }
    return render_page(request, "cards/order.html", context, partial="cards/_order.html")


def _card_action(request: HttpRequest, order: CardOrder) -> list[Action]:
    if order.card is None or not request.user.has_perm("cards.view_card"):
        return []
    return [
        Action(
            label=_("Open card %(card)s") % {"card": order.card},
            url=order.card.get_absolute_url(),
            icon="credit-card",
            main=True,
        )
    ]


def timeline_context(request: HttpRequest, refs: list[str], words: Words = presenting.WORDS) -> dict[str, Any]:
    show = request.GET.get("show", "") if request.GET.get("show", "") in GROUPS else ""
    most = MORE if request.GET.get("older") else MOST
    told = timeline(refs, words, show=show, most=most, raw=request.user.has_perm("outbox.view_exchange"))
    everything = View(label=_("Everything"), url=request.path, current=not show)
    groups = [
        View(label=str(words), url=f"{request.path}?show={name}", current=name == show)
        for name, (words, _kinds) in GROUPS.items()
    ]
    older = f"{request.path}?show={show}&older=1" if told.has_older and most == MOST else ""
    return {"events": told.events, "kinds": [everything, *groups], "older_url": older, "show": show}


# --- asking now -------------------------------------------------------------------------------------------------------


@require_POST
@permission_required(["cards.view_card", "mirror.ask_now"], raise_exception=True)
def ask_card(request: HttpRequest, public_id: str) -> HttpResponse:
    card = get_object_or_404(queries.cards(), public_id=public_id)
    ask_now(actor=Actor.of(request), row=card, kind="cards.card", object_id=card.provider_id)
    messages.success(
        request,
        _("%(provider)s is being asked. The answer shows here.") % {"provider": presenting.provider(card.account)},
    )
    return redirect(card)


@require_POST
@permission_required(["cards.view_cardorder", "mirror.ask_now"], raise_exception=True)
def ask_order(request: HttpRequest, public_id: str) -> HttpResponse:
    order = get_object_or_404(queries.orders(), public_id=public_id)
    kind, number = ("cards.order", order.provider_id) if order.provider_id else ("cards.order_ref", order.merchant_ref)
    ask_now(actor=Actor.of(request), row=order, kind=kind, object_id=number)
    messages.success(
        request,
        _("%(provider)s is being asked. The answer shows here.") % {"provider": presenting.provider(order.account)},
    )
    return redirect(order)


def ask_action(request: HttpRequest, name: str, row: Card | Holder) -> list[Action]:
    if not request.user.has_perm("mirror.ask_now"):
        return []
    label = _("Ask %(provider)s now") % {"provider": presenting.provider(row.account)}
    return [Action(label=label, url=reverse(name, args=[row.public_id]), icon="refresh-cw", post=True)]
