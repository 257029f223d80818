"""The request for new cards: products to compare, a quote before the click, one command however often it is sent."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backoffice.core.errors import DomainError, KeyReused
from backoffice.core.htmx import render_page
from backoffice.core.parts import View
from backoffice.core.refs import ref_pk, ref_row
from backoffice.journal.record import Actor
from backoffice.outbox.models import Batch, Call
from cards import commands, issue_page, queries
from cards.batch_page import batch_address
from cards.forms import IssueForm, form_key
from cards.models import Bin, CardOrder
from wallets.models import Wallet
from wallets.queries import funds_of, wallets

QUOTE = "quote-rail"  # the part of the page that htmx asks for while somebody types


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("cards.issue_card", raise_exception=True)
def issue_card(request: HttpRequest) -> HttpResponse:
    """The form, with a quote of what is filled in so far; when it is sent, the request for the card."""
    if request.method != "POST":
        return _draw(request, _form(request.GET, bound=False))
    if "quote" in request.POST:  # the button for browsers without a script
        return _draw(request, _form(request.POST, bound=False))
    return _ask(request)


def _ask(request: HttpRequest) -> HttpResponse:
    form = _form(request.POST, bound=True)
    if not form.is_valid():
        return _draw(request, form, status=422)
    try:
        return redirect(_promised(request, form))
    except KeyReused as exc:
        form.add_error(None, exc.message)
        return _draw(request, form, status=exc.status, earlier=str(exc.extra.get("call", "")), key=form_key(None))
    except DomainError as exc:
        form.add_error(exc.field if exc.field in form.fields else None, exc.message)
        return _draw(request, form, status=422)


def _promised(request: HttpRequest, form: IssueForm) -> Any:
    """Where the request leads: one card to its order, several to their batch."""
    names = ("bin", "wallet", "amount", "holder_id", "note")
    asked = {name: form.cleaned_data[name] for name in names} | {"delivery": form.delivery}
    who: dict[str, Any] = {"actor": Actor.of(request), "key": str(form.cleaned_data["key"])}
    quantity = form.cleaned_data["quantity"]
    if quantity > 1:
        return batch_address(commands.issue_cards(**who, **asked, quantity=quantity))
    return CardOrder.objects.get(pk=ref_pk(commands.issue_card(**who, **asked).target))


def _form(data: QueryDict, *, bound: bool) -> IssueForm:
    """A form for the product that is chosen in it: what has to be said depends on the product."""
    bin = _chosen(data) or (None if bound else _first_choice())
    payers = wallets().order_by("currency", "id")
    if bin:
        payers = payers.filter(account=bin.account_id, currency=bin.currency)
    if bound:
        return IssueForm(data, bin=bin, wallets=payers)
    typed = {name: data[name] for name in data if name in IssueForm.base_fields}
    return IssueForm(initial=typed | {"key": form_key(data.get("key"))}, bin=bin, wallets=payers)


def _chosen(data: QueryDict) -> Bin | None:
    public_id = data.get("bin", "")
    return queries.bins().filter(public_id=public_id).first() if public_id else None


def _first_choice() -> Bin | None:
    """The first product that can be had, for a form that names none."""
    return next((row.bin for row in issue_page.choices(list(queries.bins()), None) if not row.off), None)


def _draw(
    request: HttpRequest, form: IssueForm, *, status: int = 200, earlier: str = "", key: str = ""
) -> HttpResponse:
    bin, payers = form.chosen, list(form.fields["wallet"].queryset)  # type: ignore[attr-defined]
    known = funds_of(payers) if payers else {}
    wallet, quantity = _paying(form, payers), _read(form, "quantity") or 1
    quote = issue_page.quote(
        bin=bin,
        wallet=wallet,
        amount=_read(form, "amount"),
        money=known.get(wallet.pk) if wallet else None,
        quantity=quantity,
    )
    context = {
        "form": form,
        "key": key or form["key"].value(),
        "bin": bin,
        "choices": issue_page.choices(list(queries.bins()), bin),
        "wallet": wallet,
        "wallets": [(one, known[one.pk], one == wallet) for one in payers],
        "is_physical": issue_page.is_physical(bin),
        "limits": issue_page.limits(bin),
        "quote": quote,
        "button": issue_page.button(quote, quantity),
        "earlier": _made_of(earlier),
        "crumbs": [View(label=_("Cards"), url=reverse("cards:cards")), View(label=_("Issue"), url="")],
    }
    if request.headers.get("HX-Target") == QUOTE:
        return render(request, "cards/_issue_quote.html", context)
    return render_page(request, "cards/issue.html", context, partial="cards/_issue.html", status=status)


def _paying(form: IssueForm, payers: list[Wallet]) -> Wallet | None:
    named = form["wallet"].value()
    return next((one for one in payers if one.public_id == named), payers[0] if payers and form.chosen else None)


def _read(form: IssueForm, name: str) -> Any:
    """A field as far as it can be read; what is wrong with it is the form's to say."""
    try:
        return form.fields[name].clean(form[name].value())
    except ValidationError:
        return None


def _made_of(promised: str) -> View | None:
    """What the first sending of this form made: an order, or a batch of them."""
    if batch := Batch.objects.filter(public_id=promised).first():
        return View(label=batch.public_id, url=batch_address(batch))
    call = Call.objects.filter(public_id=promised).first()
    order = ref_row(call.target) if call else None
    return View(label=str(order), url=order.get_absolute_url()) if isinstance(order, CardOrder) else None
