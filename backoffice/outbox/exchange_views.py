"""Every request to a provider and its answer, redacted: the list and one of them."""

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from backoffice.core.filters import MOST, counted, day_range, page_or_first
from backoffice.core.htmx import render_page
from backoffice.core.parts import View
from backoffice.core.refs import ref_rows
from backoffice.outbox import exchange_presenting, queries
from backoffice.outbox.exchange_presenting import ShownExchange
from backoffice.outbox.forms import ExchangeFilter
from backoffice.outbox.models import Exchange

VIEWS = {
    "no-answer": (Exchange.Outcome.UNKNOWN, Exchange.Outcome.NOT_SENT, Exchange.Outcome.MISCONFIGURED),
    "refused": (Exchange.Outcome.REFUSED,),
}


@require_safe
@permission_required("outbox.view_exchange", raise_exception=True)
def exchange_list(request: HttpRequest) -> HttpResponse:
    form = ExchangeFilter(request)
    found = _filtered(queries.exchanges().defer("request", "answer"), form, request.GET.get("view", ""))
    page = page_or_first(request, found)
    about = ref_rows(row.ref for row in page)
    context = {
        "page": page,
        "rows": [ShownExchange(row, about.get(row.ref)) for row in page],
        "form": form,
        "views": _views(request),
        "is_filtered": form.is_on or request.GET.get("view") in VIEWS,
        "count": _count(found),
        "as_of": timezone.now(),
    }
    return render_page(request, "outbox/exchanges.html", context, partial="outbox/_exchanges.html")


@require_safe
@permission_required("outbox.view_exchange", raise_exception=True)
def exchange_detail(request: HttpRequest, pk: int) -> HttpResponse:
    exchange = get_object_or_404(queries.exchanges(), pk=pk)
    shown = ShownExchange(exchange, ref_rows([exchange.ref]).get(exchange.ref))
    context = {
        "shown": shown,
        "exchange": exchange,
        "crumbs": [View(label=_("Exchanges"), url=reverse("outbox:exchanges")), View(label=exchange.path, url="")],
        "facts": exchange_presenting.facts(shown),
        "asked": exchange_presenting.told(exchange.request),
        "answered": exchange_presenting.told(exchange.answer),
        "curl": exchange_presenting.as_curl(exchange),
    }
    return render(request, "outbox/exchange.html", context)


def _filtered(rows: QuerySet[Exchange], form: ExchangeFilter, view: str) -> QuerySet[Exchange]:
    if outcomes := VIEWS.get(view):
        rows = rows.filter(outcome__in=outcomes)
    for name in ("outcome", "source"):
        if values := form.value(name):
            rows = rows.filter(**{f"{name}__in": values})
    for name in ("account", "path"):
        if value := form.value(name):
            rows = rows.filter(**{name: value})
    rows = day_range(rows, form.value("since"), form.value("until"))
    return queries.find_exchanges(rows, text.strip()) if (text := form.value("q")) else rows


def _views(request: HttpRequest) -> list[View]:
    """The tabs; exchanges are history, so none is counted."""
    address, current = reverse("outbox:exchanges"), request.GET.get("view", "")
    words = {"no-answer": _("Without an answer"), "refused": _("Refused")}
    tabs = [View(label=_("All"), url=address, current=current not in VIEWS)]
    return tabs + [View(label=words[name], url=f"{address}?view={name}", current=current == name) for name in VIEWS]


def _count(rows: QuerySet[Exchange]) -> str:
    found, is_all = counted(rows)
    if not is_all:
        return _("More than %(count)s exchanges") % {"count": f"{MOST:,}"}
    return ngettext("%(count)d exchange", "%(count)d exchanges", found) % {"count": found}
