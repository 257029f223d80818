"""The question before a batch, and its start. Rows are ticked ones, or all that a filter in the address leaves."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backoffice.core.errors import DomainError
from backoffice.core.parts import View
from backoffice.journal.record import Actor
from backoffice.outbox.bulk import MOST_ROWS, start_batch
from backoffice.outbox.models import Ask, Batch
from backoffice.people.listings import listing_of
from cards import lists, queries
from cards.bulk.forms import BulkForm
from cards.bulk.preview import DEEDS, RECHARGE, Deed, Preview, preview
from cards.forms import CardFilter, OrderFilter, form_key
from cards.models import Card, CardOrder
from wallets.queries import wallets

MOST_TICKED = 500


def bulk_view(deed: Deed) -> Callable[[HttpRequest], HttpResponse]:
    sees = "cards.view_card" if deed.listing == "cards" else "cards.view_cardorder"

    @require_http_methods(["GET", "HEAD", "POST"])
    @permission_required([sees, deed.operation], raise_exception=True)
    def view(request: HttpRequest) -> HttpResponse:
        try:
            rows = _rows(request, deed)
        except DomainError as exc:
            messages.error(request, exc.message)
            return redirect(_list_url(request, deed))
        if request.POST.get("key") and not request.POST.get("work_out"):
            return _start(request, deed, rows)
        form = _form(request, deed, rows)
        return _question(request, deed, form, _asked(deed, rows, form))

    return view


def _start(request: HttpRequest, deed: Deed, rows: list[Any]) -> HttpResponse:
    """Promise the batch, if it is still what was shown; the same key again leads to the batch that it made."""
    actor, key = Actor.of(request), form_key(request.POST["key"])
    form = deed.form(request.POST)
    asked = _asked(deed, rows, form)
    if earlier := _earlier(actor, key):
        if form.is_valid() and (earlier.operation, earlier.arguments) == (deed.operation, form.arguments):
            return redirect(earlier)
        messages.error(request, _("This form was already sent with other values. Nothing new was started."))
        return redirect(earlier)
    if not form.is_valid() or not asked.count or asked.off:
        return _question(request, deed, form, asked, status=422)
    if asked.digest(form) != request.POST.get("digest"):
        messages.warning(request, _("Something has changed since you were asked. Nothing was started; look again."))
        return _question(request, deed, form, asked, status=422)
    try:
        refs = [row.ref for row in asked.sorted.fit]
        return redirect(start_batch(actor=actor, key=key, command=deed.operation, rows=refs, arguments=form.arguments))
    except DomainError as exc:
        messages.error(request, exc.message)
        return _question(request, deed, form, asked, status=422)


def _earlier(actor: Actor, key: str) -> Batch | None:
    ask = Ask.objects.filter(scope=actor.scope, key=key).select_related("batch").first()
    return ask.batch if ask else None


def _asked(deed: Deed, rows: list[Any], form: BulkForm) -> Preview:
    """Typed values first, as a price hangs on them; then the form again, as a confirmation hangs on the rows."""
    form.is_valid()
    asked = preview(deed, rows, form)
    form.fit = asked.count
    if form.is_bound:
        form.full_clean()
    return asked


def _question(request: HttpRequest, deed: Deed, form: BulkForm, asked: Preview, *, status: int = 200) -> HttpResponse:
    ready = bool(asked.count) and not asked.off
    context = {
        "deed": deed,
        "asked": asked,
        "form": form,
        "crumbs": _crumbs(request, deed),
        "cancel_url": _list_url(request, deed),
        "key": form_key(None),
        "digest": asked.digest(form) if ready else "",
        "ready": ready,
        "works_out": deed.sort is None,
        "picks": [] if _is_all(request) else request.POST.getlist("pick"),
        "is_all": _is_all(request),
    }
    return render(request, "cards/bulk.html", context, status=status)


def _form(request: HttpRequest, deed: Deed, rows: list[Any]) -> BulkForm:
    """Drawn empty, with a wallet that fits; bound once something of it was sent, or where nothing is typed."""
    if not deed.form.base_fields or any(name in request.POST for name in deed.form.base_fields):
        return deed.form(request.POST)
    return deed.form(initial={"wallet": _likely_wallet(rows)} if deed is RECHARGE else None)


def _likely_wallet(rows: list[Card]) -> str | None:
    payers = wallets().filter(account=rows[0].account_id, currency=rows[0].currency) if rows else wallets().none()
    return payers.order_by("id").values_list("public_id", flat=True).first()


# --- which rows -------------------------------------------------------------------------------------------------------


def _is_all(request: HttpRequest) -> bool:
    return request.method != "POST" or bool(request.POST.get("all"))


def _rows(request: HttpRequest, deed: Deed) -> list[Card] | list[CardOrder]:
    if _is_all(request):
        found = _filtered(request, deed)
    else:
        picks = list(dict.fromkeys(request.POST.getlist("pick")))[:MOST_TICKED]
        if not picks:
            raise DomainError(_("Nothing is selected. Tick rows first."), code="nothing_selected")
        every = queries.cards() if deed.listing == "cards" else queries.orders()
        found = every.filter(public_id__in=picks)
    rows = list(found.defer("upstream").order_by("-created_at", "-id")[: MOST_ROWS + 1])
    if len(rows) > MOST_ROWS:
        raise DomainError(
            _("%(most)s rows at once are the most. Narrow the list.") % {"most": f"{MOST_ROWS:,}"}, code="too_many_rows"
        )
    return rows


def _filtered(request: HttpRequest, deed: Deed) -> QuerySet:
    if deed.listing == "cards":
        view = lists.view_of(request, lists.CARD_TABS)
        return queries.cards(view=view, **lists.asked_of(CardFilter(request)))
    view = lists.view_of(request, lists.ORDER_TABS)
    return queries.orders(view=view, **lists.asked_of(OrderFilter(request)))


def _list_url(request: HttpRequest, deed: Deed) -> str:
    listing = listing_of(deed.listing)
    url = listing.url if listing else "/"
    query = listing.clean(request.GET) if listing else ""
    return f"{url}?{query}" if query else url


def _crumbs(request: HttpRequest, deed: Deed) -> list[View]:
    listing = listing_of(deed.listing)
    return [
        View(label=str(listing.label) if listing else "", url=_list_url(request, deed)),
        View(label=str(deed.label), url=""),
    ]


def shown_deeds(request: HttpRequest, deeds: list[Deed]) -> list[tuple[Deed, str]]:
    """The selection bar's buttons with their addresses, which keep the filter for "all that match"."""
    query = request.GET.copy()
    for name in ("cursor", "mark", "limit"):
        query.pop(name, None)
    return [(deed, f"{reverse(deed.view)}?{query.urlencode()}") for deed in deeds]


PLACES = {"cards": "selected", "orders": "orders/selected"}
WORDS = {
    "freeze_cards": "freeze",
    "unfreeze_cards": "unfreeze",
    "recharge_cards": "recharge",
    "close_cards": "close",
    "ask_cards": "ask",
    "ask_orders": "ask",
    "look_up_orders": "look-up",
}
routes = [path(f"{PLACES[deed.listing]}/{WORDS[deed.name]}/", bulk_view(deed), name=deed.name) for deed in DEEDS]
