"""Card holders: the list, and one of them with masked facts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from backoffice.core.filters import MOST, counted
from backoffice.core.htmx import render_page, wants_partial
from backoffice.core.parts import Action
from backoffice.journal.record import Actor
from backoffice.mirror.commands import ask_now
from backoffice.outbox import deeds
from backoffice.outbox.models import Call
from backoffice.outbox.presenting import ShownCall
from backoffice.people.listings import shown_listing
from cards import holder_page, holder_presenting, lists, presenting, queries
from cards.holder_columns import HOLDERS
from cards.holder_forms import HolderFilter
from cards.holder_presenting import HolderRow
from cards.presenting import CardRow
from cards.states import HolderState
from cards.views import UNCHANGED, ask_action, fresh_context, list_context, timeline_context

# --- the list ---------------------------------------------------------------------------------------------------------


@require_safe
@permission_required("cards.view_holder", raise_exception=True)
def holder_list(request: HttpRequest) -> HttpResponse:
    form = HolderFilter(request)
    rows = queries.holders(view=lists.view_of(request, lists.HOLDER_TABS), **lists.asked_of(form))
    page = lists.page_of(request, rows)
    calls, counts = queries.open_calls(page), queries.card_counts(page)
    shown = [HolderRow(holder, calls.get(holder.pk), *counts.get(holder.pk, ())) for holder in page]
    told = [(row.holder.pk, row.holder.version, row.active, row.cards, _call_mark(row.call)) for row in shown]
    moving = any(ShownCall(call, None).is_moving for call in calls.values())
    pause = presenting.QUICK if moving else presenting.pause_of(page.rows)
    context = list_context(request, rows, page, lists.HOLDER_TABS, form, pause=pause, told=told)
    if context is None:
        return HttpResponse(status=UNCHANGED)
    listing = shown_listing(request, HOLDERS, context["views"])
    context |= {
        "rows": shown,
        "shown": listing,
        "views": listing.views,
        "count": _count(rows),
        "actions": _create_action(request),
    }
    return render_page(
        request, "cards/holders.html", context | fresh_context("cards.holder"), partial="cards/_holders.html"
    )


def _count(rows: Any) -> str:
    found, is_all = counted(rows)
    if not is_all:
        return _("More than %(count)s holders") % {"count": f"{MOST:,}"}
    return ngettext("%(count)d holder", "%(count)d holders", found) % {"count": found}


def _create_action(request: HttpRequest) -> list[Action]:
    if not request.user.has_perm("cards.create_holder"):
        return []
    return [Action(label=_("Add holder"), url=reverse("cards:create_holder"), icon="plus", main=True)]


# --- one holder -------------------------------------------------------------------------------------------------------


@require_safe
@permission_required("cards.view_holder", raise_exception=True)
def holder_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    holder = holder_page.holder_of(public_id)
    call, asking = queries.last_call(holder), queries.is_being_asked(queries.watch_of(holder))
    row = holder_page.row_of(holder, call)
    mark = lists.mark_of([holder.version, holder.observed_at, asking, _call_mark(call), row.active, row.cards])
    if wants_partial(request) and request.GET.get("mark") == mark:
        return HttpResponse(status=UNCHANGED)
    moving = asking or bool(call and ShownCall(call, holder).is_moving)
    sees_cards = request.user.has_perm("cards.view_card")
    sees_calls = request.user.has_perm("outbox.view_call")
    context = {
        "holder": holder,
        "row": row,
        "crumbs": holder_page.crumbs(row),
        "actions": _actions(request, row),
        "deleting": _deletable(request, row) and holder_page.question(row),
        "pending": holder_presenting.pending(call, deeds.actions(call, request.user) if call and sees_calls else []),
        "refusal": holder_presenting.refusal(call),
        "facts": holder_presenting.holder_facts(row),
        "person": holder_presenting.masked_facts(holder),
        "numbers": holder_presenting.number_facts(holder),
        "cards": [CardRow(card) for card in queries.cards_of(holder)] if sees_cards else [],
        "raw": presenting.raw(holder.upstream),
        "mark": mark,
        "pause": presenting.QUICK if moving else presenting.pause_of([holder]),
        **timeline_context(request, [holder.ref], holder_presenting.WORDS),
    }
    return render_page(request, "cards/holder.html", context, partial="cards/_holder.html")


@require_POST
@permission_required(["cards.view_holder", "mirror.ask_now"], raise_exception=True)
def ask_holder(request: HttpRequest, public_id: str) -> HttpResponse:
    holder = holder_page.holder_of(public_id)
    if holder.provider_id:
        ask_now(actor=Actor.of(request), row=holder, kind="cards.holder", object_id=holder.provider_id)
        messages.success(
            request,
            _("%(provider)s is being asked. The answer shows here.")
            % {"provider": presenting.provider(holder.account)},
        )
    return redirect(holder)


def _actions(request: HttpRequest, row: HolderRow) -> list[Action]:
    """What this person may do with this holder; what cannot be done now says why."""
    holder, may = row.holder, request.user.has_perm
    here = {name: reverse(f"cards:{name}", args=[holder.public_id]) for name in ("unmask_holder", "edit_holder")}
    found = [*(ask_action(request, "cards:ask_holder", holder) if holder.provider_id else [])]
    if may("cards.unmask_holder") and holder.personal:
        found.append(Action(label=_("Show who it is"), url=here["unmask_holder"], icon="eye"))
    if holder.state == HolderState.REFUSED and may("cards.create_holder"):
        again = f"{reverse('cards:create_holder')}?again={holder.public_id}"
        found.append(Action(label=_("Correct and send again"), url=again, icon="pencil", main=True))
    if holder.state == HolderState.ACTIVE and may("cards.delete_holder"):
        found.append(
            Action(
                label=_("Delete"),
                url=reverse("cards:delete_holder", args=[holder.public_id]),
                icon="trash-2",
                dialog="delete-holder",
                off=holder_page.why_not_deleted(row),
            )
        )
    if holder.state == HolderState.ACTIVE and may("cards.edit_holder"):
        found.append(
            Action(
                label=_("Edit"), url=here["edit_holder"], icon="pencil", main=True, off=holder_page.why_not_changed(row)
            )
        )
    return found


def _deletable(request: HttpRequest, row: HolderRow) -> bool:
    may = row.holder.state == HolderState.ACTIVE and request.user.has_perm("cards.delete_holder")
    return may and not holder_page.why_not_deleted(row)


def _call_mark(call: Call | None) -> tuple:
    return (call.pk, call.state, call.attempts, call.looks) if call else ()
