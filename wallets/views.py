"""Wallets: what is there, what our calls hold of it, what is free."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from backoffice.core.filters import page_or_first
from backoffice.core.htmx import render_page
from backoffice.core.parts import View
from wallets import presenting, queries


@require_safe
@permission_required("wallets.view_wallet", raise_exception=True)
def wallet_list(request: HttpRequest) -> HttpResponse:
    page = page_or_first(request, queries.wallets())
    total = queries.wallets().count()
    context = {
        "page": page,
        "rows": presenting.shown_wallets(page),
        "sums": presenting.sums(queries.balances()),
        "count": ngettext("%(count)d wallet", "%(count)d wallets", total) % {"count": total},
        "as_of": timezone.now(),
    }
    return render_page(request, "wallets/wallets.html", context, partial="wallets/_wallets.html")


@require_safe
@permission_required("wallets.view_wallet", raise_exception=True)
def wallet_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    wallet = get_object_or_404(queries.wallets(), public_id=public_id)
    shown = presenting.shown_wallets([wallet])[0]
    user = request.user
    context = {
        "shown": shown,
        "crumbs": [View(label=_("Wallets"), url=reverse("wallets:wallets")), View(label=shown.title, url="")],
        "money": presenting.money_facts(shown),
        "facts": presenting.facts(shown),
        "blocks": [
            *([presenting.holding(shown, queries.holding(wallet))] if user.has_perm("outbox.view_call") else []),
            *([presenting.paid_for(queries.orders_of(wallet))] if user.has_perm("cards.view_cardorder") else []),
        ],
        "events": presenting.events(wallet, raw=user.has_perm("outbox.view_exchange")),
        "as_of": timezone.now(),
    }
    return render_page(request, "wallets/wallet.html", context, partial="wallets/_wallet.html")
