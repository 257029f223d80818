"""What is shown once and kept nowhere: a card's number and code, and who a holder is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from backoffice.core.errors import DomainError
from backoffice.core.parts import View
from backoffice.journal.record import Actor
from backoffice.outbox.queue import first_time
from cards import holder_presenting, queries, reveal, unmasking
from cards.forms import form_key
from cards.holder_forms import PurposeForm
from cards.holder_presenting import HolderRow
from cards.presenting import card_badge

GROUP = 4  # digits of a card's number that stand together


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["cards.view_card", "cards.reveal_card"], raise_exception=True)
@reauthentication_required(allow_get=True)
def reveal_card(request: HttpRequest, public_id: str) -> HttpResponse:
    """What for, then: is it you, then: number, expiry and code for half a minute."""
    card = get_object_or_404(queries.cards(), public_id=public_id)
    actor = Actor.of(request)
    context: dict[str, Any] = {
        "card": card,
        "badge": card_badge(card),
        "most": settings.REVEALS_A_DAY,
        "crumbs": [
            View(label=_("Cards"), url=reverse("cards:cards")),
            View(label=str(card), url=card.get_absolute_url()),
            View(label=_("Reveal"), url=""),
        ],
    }

    def look(purpose: str) -> HttpResponse:
        secrets = reveal.reveal_card(actor=actor, card=card, purpose=purpose)
        shown = context | {
            "secrets": secrets,
            "grouped": " ".join(secrets.number[at : at + GROUP] for at in range(0, len(secrets.number), GROUP)),
            "left": reveal.left_today(actor),
            "ends": timezone.now() + timedelta(seconds=reveal.SECONDS_ON_SCREEN),
            "seconds": reveal.SECONDS_ON_SCREEN,
        }
        response = render(request, "cards/revealed.html", shown)
        # without a script the page leaves by itself; with one it has emptied itself before
        response["Refresh"] = f"{reveal.SECONDS_ON_SCREEN}; url={card.get_absolute_url()}"
        return response

    return _asked(
        request,
        actor,
        look,
        lambda form, status: render(
            request,
            "cards/reveal.html",
            context | {"form": form, "key": form_key(None), "left": reveal.left_today(actor)},
            status=status,
        ),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["cards.view_holder", "cards.unmask_holder"], raise_exception=True)
def unmask_holder(request: HttpRequest, public_id: str) -> HttpResponse:
    """What for, then who it is, once."""
    holder = get_object_or_404(queries.holders(), public_id=public_id)
    actor = Actor.of(request)
    row = HolderRow(holder)
    context: dict[str, Any] = {
        "holder": holder,
        "row": row,
        "crumbs": [
            View(label=_("Holders"), url=reverse("cards:holders")),
            View(label=row.name, url=holder.get_absolute_url()),
            View(label=_("Show"), url=""),
        ],
    }

    def look(purpose: str) -> HttpResponse:
        known = unmasking.unmask_holder(actor=actor, holder=holder, purpose=purpose)
        return render(
            request, "cards/unmasked.html", context | {"person": holder_presenting.person_facts(known), "known": known}
        )

    return _asked(
        request,
        actor,
        look,
        lambda form, status: render(
            request, "cards/unmask_holder.html", context | {"form": form, "key": form_key(None)}, status=status
        ),
    )


def _asked(
    request: HttpRequest,
    actor: Actor,
    look: Callable[[str], HttpResponse],
    draw: Callable[[PurposeForm, int], HttpResponse],
) -> HttpResponse:
    """GET asks what for; POST shows it, once per form: a page loaded again shows nothing and costs nothing."""
    if request.method != "POST":
        return draw(PurposeForm(), 200)
    form = PurposeForm(request.POST)
    if not form.is_valid():
        return draw(form, 422)
    if not first_time(actor=actor, key=str(form.cleaned_data["key"])):
        form.add_error(None, _("This was shown once already. Ask again to see it again."))
        return draw(form, 409)
    try:
        return look(form.cleaned_data["purpose"])
    except DomainError as exc:
        form.add_error(exc.field if exc.field in form.fields else None, exc.message)
        return draw(form, exc.status)
