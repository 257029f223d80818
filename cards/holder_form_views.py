"""The forms that create, change and delete a card holder."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from backoffice.accounts.models import Account
from backoffice.core.errors import DomainError, KeyReused
from backoffice.core.parts import View
from backoffice.core.refs import ref_pk, ref_row
from backoffice.journal.record import Actor
from backoffice.outbox.models import Call
from cards import commands, holder_page, holder_presenting, queries
from cards.forms import form_key
from cards.holder_forms import HolderEditForm, HolderForm
from cards.holder_presenting import HolderRow
from cards.models import Holder
from cards.personal import FIELDS, opened
from cards.states import HolderState

# --- creating ---------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("cards.create_holder", raise_exception=True)
def create_holder(request: HttpRequest) -> HttpResponse:
    """The form; `again` names a refused holder whose data it is filled in with, each refusal beside its field."""
    if request.method != "POST":
        return _draw_new(request, _new_form(request.GET.get("again", "")))
    form = HolderForm(request.POST)
    if not form.is_valid():
        return _draw_new(request, form, status=422)
    asked = form.cleaned_data
    try:
        call = commands.create_holder(
            actor=Actor.of(request), key=str(asked["key"]), account=asked["account"], bin=asked["bin"], fields=form.said
        )
    except DomainError as exc:
        return _draw_new(request, form, exc=exc, status=exc.status)
    return redirect(Holder.objects.get(pk=ref_pk(call.target)))


def _new_form(again: str) -> HolderForm:
    refused = Holder.objects.filter(public_id=again, state=HolderState.REFUSED).first() if again else None
    if refused is None:
        first = Account.objects.filter(listed=True).first()
        return HolderForm(initial={"key": form_key(None), "account": first.slug if first else ""})
    form = HolderForm(
        {
            "key": form_key(None),
            "account": refused.account.slug,
            "bin": refused.bin.public_id if refused.bin else "",
            **opened(refused.personal),
        }
    )
    call = queries.last_call(refused)
    form.take(call.problem_fields if call else {})
    return form


def _draw_new(
    request: HttpRequest, form: HolderForm, *, exc: DomainError | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "crumbs": [holder_page.home(), View(label=_("Add"), url="")],
        **_after(form, exc),
    }
    return render(request, "cards/create_holder.html", context, status=status)


# --- changing ---------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["cards.view_holder", "cards.edit_holder"], raise_exception=True)
def edit_holder(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is on file, to be changed; only what differs is sent, and never over somebody else's change."""
    holder = holder_page.holder_of(public_id)
    form = _edit_form(holder, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _draw_edit(request, holder, form)
    if not form.is_valid():
        return _draw_edit(request, holder, form, status=422)
    asked = form.cleaned_data
    try:
        commands.edit_holder(
            actor=Actor.of(request),
            key=str(asked["key"]),
            holder=holder,
            version=asked["version"],
            fields=form.changed,
        )
    except DomainError as exc:
        if exc.code == "version_conflict":
            return _draw_conflict(request, holder, form)
        return _draw_edit(request, holder, form, exc=exc, status=exc.status)
    return redirect(holder)


def _edit_form(holder: Holder, data: Any) -> HolderEditForm:
    return HolderEditForm(
        data,
        on_file=opened(holder.personal),
        open_cards=holder_page.open_cards(holder),
        initial={"key": form_key(None), "version": holder.version},
    )


def _draw_edit(
    request: HttpRequest, holder: Holder, form: HolderEditForm, *, exc: DomainError | None = None, status: int = 200
) -> HttpResponse:
    row = holder_page.row_of(holder, queries.last_call(holder))
    context = {
        "form": form,
        "holder": holder,
        "row": row,
        "why_not": _why_not_edited(row),
        "version": form["version"].value(),
        "crumbs": [*holder_page.crumbs(row, linked=True), View(label=_("Edit"), url="")],
        **_after(form, exc),
    }
    return render(request, "cards/edit_holder.html", context, status=status)


def _why_not_edited(row: HolderRow) -> str:
    if row.holder.state != HolderState.ACTIVE:
        return _("This holder is %(state)s and cannot be edited.") % {"state": row.holder.get_state_display().lower()}
    return holder_page.why_not_changed(row)


def _draw_conflict(request: HttpRequest, holder: Holder, form: HolderEditForm) -> HttpResponse:
    """Somebody else's change came in between: both versions, and a choice."""
    theirs = opened(holder_page.holder_of(holder.public_id).personal)
    mine = theirs | {name: str(value) for name, value in form.said.items()}
    row = holder_page.row_of(holder, None)
    context = {
        "holder": holder,
        "version": holder.version,
        "key": form_key(None),
        "theirs": holder_presenting.person_facts(theirs, other=mine),
        "mine": holder_presenting.person_facts(mine, other=theirs),
        "kept": [(name, mine.get(name, "")) for name in FIELDS],
        "crumbs": [*holder_page.crumbs(row, linked=True), View(label=_("Edit"), url="")],
    }
    return render(request, "cards/holder_conflict.html", context, status=409)


# --- deleting ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["cards.view_holder", "cards.delete_holder"], raise_exception=True)
def delete_holder(request: HttpRequest, public_id: str) -> HttpResponse:
    holder = holder_page.holder_of(public_id)
    problem = ""
    if request.method == "POST":
        try:
            commands.delete_holder(actor=Actor.of(request), key=form_key(request.POST.get("key")), holder=holder)
            return redirect(holder)
        except DomainError as exc:
            problem = exc.message
    row = holder_page.row_of(holder, queries.last_call(holder))
    context = {
        "holder": holder,
        "question": holder_page.question(row),
        "why_not": problem or holder_page.why_not_deleted(row) or _why_not_on_file(row),
        "crumbs": [*holder_page.crumbs(row, linked=True), View(label=_("Delete"), url="")],
    }
    return render(request, "cards/delete_holder.html", context, status=409 if problem else 200)


def _why_not_on_file(row: HolderRow) -> str:
    if row.holder.state == HolderState.ACTIVE:
        return ""
    return _("This holder is %(state)s and cannot be deleted.") % {"state": row.holder.get_state_display().lower()}


# --- parts ------------------------------------------------------------------------------------------------------------


def _after(form: Any, exc: DomainError | None) -> dict[str, Any]:
    """The key of the next sending, and what the rules said of this one."""
    if exc:
        form.add_error(exc.field if exc.field in form.fields else None, exc.message)
    earlier = Call.objects.filter(public_id=exc.extra.get("call")).first() if isinstance(exc, KeyReused) else None
    return {
        "key": form_key(None if isinstance(exc, KeyReused) else form["key"].value()),
        "earlier": ref_row(earlier.target) if earlier else None,
    }
