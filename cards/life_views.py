"""Freezing, unfreezing, activating and closing a card: a question that names the consequence, then one command."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from backoffice.core.errors import DomainError, KeyReused
from backoffice.core.refs import ref_row
from backoffice.journal.record import Actor
from backoffice.outbox.models import Call
from cards import card_page, queries, turns
from cards.forms import form_key
from cards.models import Card
from cards.turns import Asked, Turn


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["cards.view_card", "cards.freeze_card"], raise_exception=True)
def freeze_card(request: HttpRequest, public_id: str) -> HttpResponse:
    return _turn(request, public_id, turns.TURNS["freeze_card"])


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["cards.view_card", "cards.unfreeze_card"], raise_exception=True)
def unfreeze_card(request: HttpRequest, public_id: str) -> HttpResponse:
    return _turn(request, public_id, turns.TURNS["unfreeze_card"])


@sensitive_post_parameters("code", "pin")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["cards.view_card", "cards.activate_card"], raise_exception=True)
def activate_card(request: HttpRequest, public_id: str) -> HttpResponse:
    return _turn(request, public_id, turns.TURNS["activate_card"])


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["cards.view_card", "cards.close_card"], raise_exception=True)
def close_card(request: HttpRequest, public_id: str) -> HttpResponse:
    return _turn(request, public_id, turns.TURNS["close_card"])


def _turn(request: HttpRequest, public_id: str, turn: Turn) -> HttpResponse:
    """GET asks; POST does it, once per key, and leads to where its progress shows."""
    card = get_object_or_404(queries.cards(), public_id=public_id)
    if request.method != "POST":
        return _draw(request, turns.asked(turn, card, str(uuid4())))
    asked = turns.asked(turn, card, form_key(request.POST.get("key")), request.POST)
    if not asked.form.is_valid():
        return _draw(request, asked, status=422)
    began, given = timezone.now(), asked.form.cleaned_data
    key, details = str(given["key"]), {name: value for name, value in given.items() if name != "key"}
    try:
        call = turn.command(actor=Actor.of(request), key=key, card=card, **details)
    except DomainError as exc:
        asked.form.add_error(exc.field if exc.field in asked.form.fields else None, exc.message)
        again = Asked(turn, card, asked.form, str(uuid4())) if isinstance(exc, KeyReused) else asked
        return _draw(request, again, status=422, problem=exc.message)
    _say(request, turn, card, call, repeated=card_page.was_before(call, began))
    return redirect(ref_row(call.target) or card)  # type: ignore[call-overload]


def _say(request: HttpRequest, turn: Turn, card: Card, call: Call, *, repeated: bool) -> None:
    if repeated:
        messages.info(request, turns.nothing_new(call))
    elif call.state == Call.State.REJECTED:
        messages.error(request, _("Refused: %(problem)s") % {"problem": capfirst(call.problem)})
    elif call.state == Call.State.DONE:
        messages.success(request, _("The provider took it."))
    else:
        messages.success(request, turn.done_for(card))


def _draw(request: HttpRequest, asked: Asked, *, status: int = 200, problem: str = "") -> HttpResponse:
    """The question, or why there is none: the card may have changed since somebody opened it."""
    off = card_page.card_page(asked.card).off(asked.turn.deed)
    context = {
        "asked": asked,
        "card": asked.card,
        "form": asked.form,
        "blocked": (problem or off) if off else "",
        "crumbs": card_page.crumbs(asked.card, str(asked.turn.deed.label)),
    }
    return render(request, "cards/turn.html", context, status=status)
