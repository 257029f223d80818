"""Cards that were asked for at once: what becomes of each."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backoffice.core.htmx import render_page, wants_partial
from backoffice.core.parts import View
from backoffice.outbox.models import Batch
from cards import batch_page

ISSUE = "cards.issue_card"
UNCHANGED = 204


@require_safe
@permission_required("cards.view_cardorder", raise_exception=True)
def batch(request: HttpRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(Batch.objects.select_related("actor"), public_id=public_id, operation=ISSUE)
    page = batch_page.batch_page(found)
    if wants_partial(request) and request.GET.get("mark") == page.mark:
        return HttpResponse(status=UNCHANGED)
    context = {
        "shown": page,
        "money": batch_page.money_facts(page),
        "facts": batch_page.facts(page),
        "crumbs": [View(label=_("Orders"), url=reverse("cards:orders")), View(label=page.title, url="")],
    }
    return render_page(request, "cards/batch.html", context, partial="cards/_batch.html")
