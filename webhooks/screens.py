"""The callbacks inbox: what came, what was checked, what it led to, and processing one again."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.core.errors import DomainError
from backoffice.core.filters import MOST, counted, page_or_first
from backoffice.core.htmx import render_page
from backoffice.core.parts import Action, Fact, View
from backoffice.core.refs import ref_rows
from backoffice.journal.record import Actor
from backoffice.people.listings import shown_listing
from webhooks import commands, presenting, queries
from webhooks.choosing import VIEWS, chosen
from webhooks.columns import CALLBACKS
from webhooks.models import Delivery
from webhooks.presenting import ShownDelivery


@require_safe
@permission_required("webhooks.view_delivery", raise_exception=True)
def delivery_list(request: HttpRequest) -> HttpResponse:
    form, rows = chosen(request)
    page = page_or_first(request, rows)
    about = ref_rows(row.ref for row in page)
    context = {
        "page": page,
        "rows": [ShownDelivery(row, about.get(row.ref)) for row in page],
        "form": form,
        "kept": shown_listing(request, CALLBACKS, _views(request)),
        "is_filtered": form.is_on or request.GET.get("view") in VIEWS,
        "is_moving": any(row.is_open for row in page),
        "count": _count(rows),
        "actions": _list_actions(request) if page.rows else [],
        "as_of": timezone.now(),
    }
    return render_page(request, "webhooks/deliveries.html", context, partial="webhooks/_deliveries.html")


@require_safe
@permission_required("webhooks.view_delivery", raise_exception=True)
def delivery_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _delivery(public_id)
    shown = _shown(row)
    context = {
        "shown": shown,
        "row": row,
        "crumbs": _crumbs(row),
        "actions": _actions(request, row),
        "facts": presenting.facts(shown),
        "checks": presenting.checks(shown),
        "headers": presenting.headers(row),
        "body": presenting.body_text(row),
        "kept": presenting.kept_text(row),
        "trace": row.traceback,
        "problem": presenting.problem(row),
        "events": presenting.effects(queries.effects_of(row)),
        "as_of": timezone.now(),
    }
    return render_page(request, "webhooks/delivery.html", context, partial="webhooks/_delivery.html")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["webhooks.view_delivery", "webhooks.replay_delivery"], raise_exception=True)
def replay(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET asks, POST has it processed again: that only asks the provider, so twice does no harm."""
    row = _delivery(public_id)
    if request.method == "POST":
        try:
            commands.replay_delivery(actor=Actor.of(request), delivery=row)
            messages.success(request, _("It is processed again. This page shows what comes of it."))
        except DomainError as exc:
            messages.error(request, exc.message)
        return redirect(row)
    shown = _shown(row)
    facts = [
        Fact(label=_("Topic"), value=row.topic),
        Fact(label=_("About"), value=shown.about_words),
        Fact(label=_("Account"), value=str(row.account)),
        Fact(label=_("Received"), at=row.received_at),
    ]
    context = {"shown": shown, "row": row, "facts": facts, "crumbs": _crumbs(row, _("Process again"))}
    return render(request, "webhooks/replay.html", context)


# --- parts ------------------------------------------------------------------------------------------------------------


def _delivery(public_id: str) -> Delivery:
    return get_object_or_404(Delivery.objects.select_related("account"), public_id=public_id)


def _shown(row: Delivery) -> ShownDelivery:
    return ShownDelivery(row, ref_rows([row.ref]).get(row.ref))


def _actions(request: HttpRequest, row: Delivery) -> list[Action]:
    if not request.user.has_perm("webhooks.replay_delivery"):
        return []
    compare = f"{reverse('webhooks:replay_deliveries')}?{urlencode({'q': row.public_id})}"
    again = reverse("webhooks:replay_delivery", args=[row.public_id])
    return [
        Action(label=_("Compare first"), url=compare, icon="git-compare"),
        Action(label=_("Process again"), url=again, icon="rotate-ccw"),
    ]


def _list_actions(request: HttpRequest) -> list[Action]:
    """What can be done with the whole filter, which the address hands on."""
    if not request.user.has_perm("webhooks.replay_delivery"):
        return []
    params = request.GET.copy()
    params.pop("cursor", None)
    address = f"{reverse('webhooks:replay_deliveries')}?{params.urlencode()}"
    return [Action(label=_("Process these again"), url=address, icon="rotate-ccw")]


def _crumbs(row: Delivery, step: str = "") -> list[View]:
    inbox = View(label=_("Callbacks"), url=reverse("webhooks:deliveries"))
    here = View(label=row.topic, url=row.get_absolute_url() if step else "")
    return [inbox, here, *([View(label=step, url="")] if step else [])]


def _views(request: HttpRequest) -> list[View]:
    """The tabs; what needs nobody any more is history and is not counted."""
    waiting = Delivery.objects.filter(state__in=[*Delivery.OPEN, Delivery.State.DEAD])
    counts = dict(waiting.order_by().values_list("state").annotate(Count("pk")))
    address, current = reverse("webhooks:deliveries"), request.GET.get("view", "")
    words = {"needs-a-person": _("Needs a person"), "open": _("Not done yet"), "nothing-to-do": _("Nothing to do")}
    tabs = [View(label=_("All"), url=address, current=current not in VIEWS)]
    for name, states in VIEWS.items():
        count = None if name == "nothing-to-do" else sum(counts.get(state, 0) for state in states)
        tabs.append(View(label=words[name], url=f"{address}?view={name}", count=count, current=current == name))
    return tabs


def _count(rows: QuerySet[Delivery]) -> str:
    found, is_all = counted(rows)
    if not is_all:
        return _("More than %(count)s callbacks") % {"count": f"{MOST:,}"}
    return ngettext("%(count)d callback", "%(count)d callbacks", found) % {"count": found}
