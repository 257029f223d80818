"""Processing callbacks again, one or a whole filter: what it would change first, then for real."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from backoffice.core.errors import DomainError
from backoffice.core.htmx import render_page
from backoffice.core.parts import Action, Fact, View
from backoffice.journal.record import Actor
from webhooks import commands, queries, replay_presenting
from webhooks.choosing import chosen
from webhooks.models import Replay

MAY = ["webhooks.view_delivery", "webhooks.replay_delivery"]


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY, raise_exception=True)
def new(request: HttpRequest) -> HttpResponse:
    """GET tells how many callbacks the address chooses, POST has them compared; nothing is changed by either."""
    _form, rows = chosen(request)
    params = request.GET.copy()
    params.pop("cursor", None)
    asked = params.urlencode()
    if request.method == "POST" and request.POST.get("key"):
        try:
            run = commands.compare_deliveries(
                actor=Actor.of(request), key=request.POST["key"], deliveries=rows, asked=asked
            )
            return redirect(run)
        except DomainError as exc:
            messages.error(request, exc.message)
    count = rows.order_by()[: commands.MOST + 1].count()
    back = f"{reverse('webhooks:deliveries')}?{asked}"
    context = {
        "crumbs": _crumbs(_("Process again")),
        "facts": [
            Fact(label=_("Callbacks"), value=_count(count)),
            Fact(label=_("Chosen by"), value=replay_presenting.filter_words(asked)),
            Fact(label=_("Compared beforehand"), value=f"{min(count, commands.COMPARED):,}"),
        ],
        "fits": 0 < count <= commands.MOST,
        "back": back,
        "latest": [(run, replay_presenting.badge(run)) for run in queries.latest_replays()],
        "key": str(uuid4()),
    }
    return render(request, "webhooks/replay_new.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY, raise_exception=True)
def replay(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET shows how far it is and what would change, POST has it done for real; twice is once."""
    run = get_object_or_404(Replay.objects.select_related("actor", "released_by"), public_id=public_id)
    if request.method == "POST":
        try:
            commands.replay_deliveries(actor=Actor.of(request), replay=run)
            messages.success(request, _("They are processed again. This page shows how far it is."))
        except DomainError as exc:
            messages.error(request, exc.message)
        return redirect(run)
    states = queries.progress_of(run)
    items = queries.items_of(run)
    done, total = replay_presenting.done_and_total(run, states)
    context = {
        "run": run,
        "badge": replay_presenting.badge(run),
        "crumbs": _crumbs(_("Process again")),
        "actions": _actions(run, sum(states.values())),
        "facts": replay_presenting.facts(run, states),
        "results": replay_presenting.result_facts(run, states),
        "objects": replay_presenting.shown_objects(items),
        "shown": len(items),
        "all": sum(states.values()),
        "done": done,
        "total": total,
        "as_of": timezone.now(),
    }
    return render_page(request, "webhooks/replay_run.html", context, partial="webhooks/_replay_run.html")


def _actions(run: Replay, count: int) -> list[Action]:
    if run.state != Replay.State.COMPARED:
        return []
    words = ngettext("Process %(count)s callback again", "Process %(count)s callbacks again", count)
    label = words % {"count": f"{count:,}"}
    return [Action(label=label, url=run.get_absolute_url(), icon="rotate-ccw", main=True, post=True)]


def _count(count: int) -> str:
    if count > commands.MOST:
        return _("More than %(most)s: narrow the filter") % {"most": f"{commands.MOST:,}"}
    return f"{count:,}"


def _crumbs(step: str) -> list[View]:
    return [View(label=_("Callbacks"), url=reverse("webhooks:deliveries")), View(label=step, url="")]
