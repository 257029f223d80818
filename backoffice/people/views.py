"""What a person sets for themselves: keys, the columns of a list, and its views."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.core.columns import picked
from backoffice.core.errors import DomainError
from backoffice.journal.record import Actor
from backoffice.people import commands
from backoffice.people.forms import PreferencesForm, ViewName
from backoffice.people.listings import Listing, listing_of, listings_for, views_for
from backoffice.people.models import SavedView
from backoffice.people.preferences import SINGLE_KEYS, has_single_keys, prefer, prefer_columns


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        form = PreferencesForm(request.POST)
        if form.is_valid():
            prefer(request.user, SINGLE_KEYS, form.cleaned_data["single_keys"])
            messages.success(request, _("Kept. It holds for you in every browser."))
            return redirect("people:preferences")
    form = PreferencesForm(initial={"single_keys": has_single_keys(request)})
    return render(request, "people/preferences.html", {"form": form, "listings": listings_for(request.user)})


@require_POST
def columns(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the ticked columns in the order in which the form names them."""
    listing = _listing(request, slug)
    known = [column.name for column in listing.columns]
    names = (
        []
        if "reset" in request.POST
        else [name for name in dict.fromkeys(request.POST.getlist("pick")) if name in known]
    )
    for step, button in ((-1, "up"), (1, "down")):
        if name := request.POST.get(button):
            names = _moved(names, name, step)
    usual = [column.name for column in picked(listing.columns, [])]
    prefer_columns(request.user, listing.slug, [] if names == usual else names)
    return redirect(_goal(request, listing))


@require_http_methods(["GET", "HEAD", "POST"])
def views(request: HttpRequest, slug: str) -> HttpResponse:
    """The views of a list; POST keeps one more."""
    listing = _listing(request, slug)
    form = ViewName(request.POST if request.method == "POST" else None)
    query = request.POST.get("query", "") if request.method == "POST" else ""
    if request.method == "POST" and form.is_valid():
        try:
            view = commands.save_view(
                actor=Actor.of(request), listing=listing, name=form.cleaned_data["name"], query=query
            )
            return redirect(f"{listing.url}?{view.query}")
        except DomainError as exc:
            form.add_error(exc.field or None, exc.message)
    shown = views_for(request.user, listing)
    own = [view for view in shown if view.person_id == request.user.pk]
    context = {
        "listing": listing,
        "own": own,
        "shared": [view for view in shown if view not in own],
        "form": form if form.is_bound else None,
        "query": query,
        "may_share": request.user.has_perm("people.share_view"),
    }
    return render(request, "people/views.html", context, status=422 if form.errors else 200)


@require_POST
def rename_view(request: HttpRequest, public_id: str) -> HttpResponse:
    view, listing = _view(request, public_id)
    form = ViewName(request.POST)
    try:
        if form.is_valid():
            commands.rename_view(actor=Actor.of(request), view=view, name=form.cleaned_data["name"])
        else:
            messages.error(request, _("A view needs a name of up to 40 letters."))
    except DomainError as exc:
        messages.error(request, exc.message)
    return redirect("people:views", slug=listing.slug)


@require_POST
def delete_view(request: HttpRequest, public_id: str) -> HttpResponse:
    view, listing = _view(request, public_id)
    commands.delete_view(actor=Actor.of(request), view=view)
    return redirect("people:views", slug=listing.slug)


@require_POST
@permission_required("people.share_view", raise_exception=True)
def share_view(request: HttpRequest, public_id: str) -> HttpResponse:
    view, listing = _view(request, public_id)
    commands.share_view(actor=Actor.of(request), view=view, shared=bool(request.POST.get("shared")))
    return redirect("people:views", slug=listing.slug)


# --- parts ------------------------------------------------------------------------------------------------------------


def _listing(request: HttpRequest, slug: str) -> Listing:
    listing = listing_of(slug)
    if listing is None:
        raise Http404
    if not request.user.has_perm(listing.permission):
        raise PermissionDenied
    return listing


def _view(request: HttpRequest, public_id: str) -> tuple[SavedView, Listing]:
    """A view that this person may change: their own, or a shared one where they may share."""
    seen = SavedView.objects.filter(Q(person=request.user.pk) | Q(is_shared=True))
    view = get_object_or_404(seen, public_id=public_id)
    if view.person_id != request.user.pk and not request.user.has_perm("people.share_view"):
        raise PermissionDenied
    return view, _listing(request, view.listing)


def _goal(request: HttpRequest, listing: Listing) -> str:
    goal = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(goal, {request.get_host()}, require_https=request.is_secure())
    return goal if safe else listing.url


def _moved(names: list[str], name: str, step: int) -> list[str]:
    if name not in names:
        return names
    rest = [other for other in names if other != name]
    place = min(max(names.index(name) + step, 0), len(rest))
    return [*rest[:place], name, *rest[place:]]
