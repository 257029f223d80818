"""The request for money on a card: a quote before the click, one command however often it is sent."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backoffice.core.errors import DomainError, KeyReused
from backoffice.core.htmx import render_page
from backoffice.core.refs import ref_pk, ref_row
from backoffice.journal.record import Actor
from backoffice.outbox.models import Call
from cards import card_page, commands, queries, recharge_page
from cards.forms import form_key
from cards.life_forms import RechargeForm
from cards.models import Card, CardOrder
from wallets.models import Wallet
from wallets.queries import funds_of, wallets

QUOTE = "quote-rail"  # the part of the page that htmx asks for while somebody types


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["cards.view_card", "cards.recharge_card"], raise_exception=True)
def recharge_card(request: HttpRequest, public_id: str) -> HttpResponse:
    """The form, with a quote of what is filled in so far; when it is sent, the request for the recharge."""
    card = get_object_or_404(queries.cards(), public_id=public_id)
    typed = request.POST if request.method == "POST" else request.GET
    if request.method != "POST" or "quote" in typed or "fill" in typed:  # two buttons that send nothing
        return _draw(request, card, _form(card, typed, bound=False))
    return _ask(request, card)


def _ask(request: HttpRequest, card: Card) -> HttpResponse:
    form = _form(card, request.POST, bound=True)
    if not form.is_valid():
        return _draw(request, card, form, status=422)
    asked = form.cleaned_data
    try:
        call = commands.recharge_card(
            actor=Actor.of(request),
            key=str(asked["key"]),
            card=card,
            wallet=asked["wallet"],
            amount=recharge_page.received(card, asked["side"], asked["amount"]),
            note=asked["note"],
            again=asked["again"],
        )
    except KeyReused as exc:
        form.add_error(None, exc.message)
        earlier = Call.objects.filter(public_id=str(exc.extra.get("call", ""))).first()
        first = ref_row(earlier.target) if earlier else None
        return _draw(request, card, form, status=422, earlier=first, key=form_key(None))
    except DomainError as exc:
        form.add_error(exc.field if exc.field in form.fields else None, exc.message)
        return _draw(request, card, form, status=422, twin=_twin(exc))
    return redirect(CardOrder.objects.get(pk=ref_pk(call.target)))


def _twin(exc: DomainError) -> CardOrder | None:
    """The recharge that this one would repeat."""
    is_twin = exc.code == "same_again"
    return CardOrder.objects.filter(public_id=str(exc.extra.get("order", ""))).first() if is_twin else None


def _form(card: Card, data: QueryDict, *, bound: bool) -> RechargeForm:
    payers = wallets().filter(account=card.account_id, currency=card.currency).order_by("id")
    if bound:
        return RechargeForm(data, wallets=payers)
    typed: dict[str, Any] = {name: data[name] for name in data if name in RechargeForm.base_fields}
    if fill := data.get("fill"):
        typed |= {"amount": fill, "side": RechargeForm.CARD}
    return RechargeForm(initial=typed | {"key": form_key(data.get("key"))}, wallets=payers)


def _draw(
    request: HttpRequest,
    card: Card,
    form: RechargeForm,
    *,
    status: int = 200,
    earlier: Any = None,
    twin: CardOrder | None = None,
    key: str = "",
) -> HttpResponse:
    payers = list(form.fields["wallet"].queryset)  # type: ignore[attr-defined]
    known = funds_of(payers) if payers else {}
    wallet = _paying(form, payers)
    quote = recharge_page.quote(
        card=card,
        wallet=wallet,
        side=str(form["side"].value()),
        amount=_amount(form),
        money=known.get(wallet.pk) if wallet else None,
    )
    context = {
        "card": card,
        "form": form,
        "key": key or form["key"].value(),
        "wallets": [(one, known[one.pk], one == wallet) for one in payers],
        "limits": recharge_page.limits(card),
        "fills": recharge_page.fills(card),
        "quote": quote,
        "button": recharge_page.button(quote),
        "earlier": earlier,
        "twin": twin,
        "asks_again": bool(twin) or form["again"].value() not in (None, False, "", "False"),
        "blocked": card_page.card_page(card).off(card_page.RECHARGE),
        "crumbs": card_page.crumbs(card, _("Recharge")),
    }
    if request.headers.get("HX-Target") == QUOTE:
        return render(request, "cards/_recharge_quote.html", context)
    return render_page(request, "cards/recharge.html", context, partial="cards/_recharge.html", status=status)


def _paying(form: RechargeForm, payers: list[Wallet]) -> Wallet | None:
    named = form["wallet"].value()
    return next((one for one in payers if one.public_id == named), payers[0] if payers else None)


def _amount(form: RechargeForm) -> Any:
    """The amount as far as it can be read; what is wrong with it is the form's to say."""
    try:
        return form.fields["amount"].clean(form["amount"].value())
    except ValidationError:
        return None
