"""Provider calls: the list, one call with all that happened to it, and what a person may do with it."""

from collections.abc import Callable
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.core.errors import DomainError
from backoffice.core.filters import MOST, counted, page_or_first
from backoffice.core.htmx import render_page
from backoffice.core.money import ExactSum
from backoffice.core.parts import Sum, View
from backoffice.core.refs import ref_rows
from backoffice.journal.record import Actor
from backoffice.outbox import commands, deeds, presenting, queries
from backoffice.outbox.arguments import argument_facts
from backoffice.outbox.choosing import VIEWS, chosen
from backoffice.outbox.columns import CALLS
from backoffice.outbox.deeds import Deed
from backoffice.outbox.forms import GiveUpForm
from backoffice.outbox.models import Call
from backoffice.outbox.presenting import ShownCall
from backoffice.outbox.queue import once_per_key
from backoffice.outbox.registry import operation_words
from backoffice.people.listings import shown_listing


@require_safe
@permission_required("outbox.view_call", raise_exception=True)
def call_list(request: HttpRequest) -> HttpResponse:
    form, found = chosen(request)
    page = page_or_first(request, found)
    about = ref_rows(call.target for call in page)
    rows = [ShownCall(call, about.get(call.target)) for call in page]
    context = {
        "page": page,
        "rows": rows,
        "form": form,
        "kept": shown_listing(request, CALLS, _views(request)),
        "is_filtered": form.is_on or request.GET.get("view") in VIEWS,
        "is_moving": any(shown.is_moving for shown in rows),
        "as_of": timezone.now(),
        **_foot(found),
    }
    return render_page(request, "outbox/calls.html", context, partial="outbox/_calls.html")


@require_safe
@permission_required("outbox.view_call", raise_exception=True)
def call_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    call = _call(public_id)
    shown = _shown(call)
    context = {
        "shown": shown,
        "call": call,
        "crumbs": _crumbs(call),
        "pending": presenting.pending(shown, deeds.actions(call, request.user)),
        "money": presenting.money_facts(shown),
        "facts": presenting.facts(shown),
        "arguments": argument_facts(call),
        "events": presenting.events(shown, raw=request.user.has_perm("outbox.view_exchange")),
        "as_of": timezone.now(),
    }
    return render_page(request, "outbox/call.html", context, partial="outbox/_call.html")


# --- what a person may do ---------------------------------------------------------------------------------------------


@once_per_key
def _look_up_once(*, actor: Actor, key: str, call: Call) -> Call:
    return commands.look_up_call(actor=actor, call=call)


@once_per_key
def _send_again_once(*, actor: Actor, key: str, call: Call) -> Call:
    return commands.send_call_again(actor=actor, call=call)


@once_per_key
def _give_up_once(*, actor: Actor, key: str, call: Call, reason: str) -> Call:
    return commands.give_up_call(actor=actor, call=call, reason=reason)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["outbox.view_call", "outbox.look_up_call"], raise_exception=True)
def look_up(request: HttpRequest, public_id: str) -> HttpResponse:
    return _ask(request, _call(public_id), deeds.LOOK_UP, _look_up_once)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["outbox.view_call", "outbox.send_call_again"], raise_exception=True)
def send_again(request: HttpRequest, public_id: str) -> HttpResponse:
    return _ask(request, _call(public_id), deeds.SEND_AGAIN, _send_again_once)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["outbox.view_call", "outbox.give_up_call"], raise_exception=True)
def give_up(request: HttpRequest, public_id: str) -> HttpResponse:
    form = GiveUpForm(request.POST if request.method == "POST" else None)
    return _ask(request, _call(public_id), deeds.GIVE_UP, _give_up_once, form)


def _ask(
    request: HttpRequest, call: Call, deed: Deed, command: Callable[..., Call], form: GiveUpForm | None = None
) -> HttpResponse:
    """GET asks "really?", naming thing and amount; POST does it, once per key, and shows the call."""
    asked = request.method == "POST" and bool(request.POST.get("key"))
    if asked and (form is None or form.is_valid()):
        try:
            command(actor=Actor.of(request), key=request.POST["key"], call=call, **(form.cleaned_data if form else {}))
            messages.success(request, str(deed.done))
        except DomainError as exc:
            messages.error(request, exc.message)
        return redirect(call)
    shown = _shown(call)
    context = {
        "shown": shown,
        "deed": deed,
        "fits": deed.fits(call),
        "form": form,
        "facts": presenting.consequence(shown),
        "crumbs": [*_crumbs(call, linked=True), View(label=str(deed.label), url="")],
        "key": request.POST.get("key") or str(uuid4()),
    }
    return render(request, "outbox/confirm.html", context, status=422 if request.method == "POST" else 200)


# --- parts ------------------------------------------------------------------------------------------------------------


def _call(public_id: str) -> Call:
    return get_object_or_404(queries.calls(), public_id=public_id)


def _shown(call: Call) -> ShownCall:
    return ShownCall(call, ref_rows([call.target]).get(call.target))


def _crumbs(call: Call, *, linked: bool = False) -> list[View]:
    home = View(label=_("Provider calls"), url=reverse("outbox:calls"))
    return [home, View(label=operation_words(call.operation), url=call.get_absolute_url() if linked else "")]


def _views(request: HttpRequest) -> list[View]:
    """The tabs, with counts where something may be waiting: refused ones are history and are not counted."""
    waiting = Call.objects.filter(state__in=[*queries.WAITING, *queries.ON_ITS_WAY])
    counts = dict(waiting.order_by().values_list("state").annotate(Count("pk")))
    address, current = reverse("outbox:calls"), request.GET.get("view", "")
    words = {
        "in-doubt": _("In doubt"),
        "needs-a-person": _("Needs a person"),
        "held": _("Held"),
        "on-its-way": _("On its way"),
        "refused": _("Refused"),
    }
    tabs = [View(label=_("All"), url=address, current=current not in VIEWS)]
    for name, states in VIEWS.items():
        count = None if name == "refused" else sum(counts.get(state, 0) for state in states)
        tabs.append(View(label=words[name], url=f"{address}?view={name}", count=count, current=current == name))
    return tabs


def _foot(rows: QuerySet[Call]) -> dict:
    """Count and sums per currency of the whole filter, as far as they can be told quickly."""
    found, is_all = counted(rows)
    if not is_all:
        return {"count": _("More than %(count)s calls") % {"count": f"{MOST:,}"}, "sums": []}
    held = rows.order_by().exclude(reserves="").values_list("reserved_currency").annotate(ExactSum("reserved_amount"))
    sums = [
        Sum(amount=amount, currency=currency)
        for currency, amount in held.order_by("reserved_currency")
        if amount is not None
    ]
    return {"count": ngettext("%(count)d call", "%(count)d calls", found) % {"count": found}, "sums": sums}
