"""The page of a batch over many rows, with what became of each, and the button that stops it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backoffice.core.errors import DomainError
from backoffice.core.htmx import render_page
from backoffice.core.parts import Action
from backoffice.journal.record import Actor
from backoffice.outbox.batch_page import BatchPage, batch_page, held_sums
from backoffice.outbox.bulk import stop_batch
from backoffice.outbox.models import Batch


@require_safe
@permission_required("outbox.view_batch", raise_exception=True)
def batch(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _batch(public_id)
    after = request.GET.get("after", "")
    after = after if after.isascii() and after.isdigit() and len(after) < 10 else "0"
    page = batch_page(found, show=request.GET.get("show", ""), after=int(after))
    context = {
        "page": page,
        "batch": found,
        "actions": _actions(request, page),
        "sums": held_sums(found),
        "as_of": timezone.now(),
    }
    return render_page(request, "outbox/batch.html", context, partial="outbox/_batch.html")


@require_POST
@permission_required("outbox.view_batch", raise_exception=True)
def stop(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _batch(public_id)
    if not request.user.has_perm(found.operation):
        raise PermissionDenied
    try:
        stop_batch(actor=Actor.of(request), batch=found)
        messages.success(request, _("Stopped. What was asked for already goes its way."))
    except DomainError as exc:
        messages.error(request, exc.message)
    return redirect(found)


def _batch(public_id: str) -> Batch:
    return get_object_or_404(Batch.objects.filter(size__gt=0).select_related("actor"), public_id=public_id)


def _actions(request: HttpRequest, page: BatchPage) -> list[Action]:
    if not page.may_stop or not request.user.has_perm(page.batch.operation):
        return []
    return [
        Action(label=_("Stop"), url=reverse("outbox:stop_batch", args=[page.batch.public_id]), icon="square", post=True)
    ]
