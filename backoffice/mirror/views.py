"""Our accounts at the providers: what is copied from them, and whether anything is sent to them."""

from collections import defaultdict

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.accounts import pauses
from backoffice.accounts.models import Account
from backoffice.core.htmx import render_page
from backoffice.core.parts import Action, Fact, View
from backoffice.journal.record import Actor
from backoffice.mirror import queries
from backoffice.mirror.presenting import ShownSync, shown_syncs
from backoffice.mirror.syncs import kinds, start_sync


class PauseForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Everybody sees it at the top of every page."),
    )


@require_safe
@permission_required("accounts.view_account", raise_exception=True)
def account_list(request: HttpRequest) -> HttpResponse:
    syncs: dict[int, list[ShownSync]] = defaultdict(list)
    for shown in shown_syncs(queries.latest_syncs()):
        syncs[shown.run.account_id].append(shown)
    accounts = list(Account.objects.order_by("-listed", "slug"))
    context = {
        "accounts": [(account, syncs[account.pk], account_actions(account, request.user)) for account in accounts],
        "may_sync": request.user.has_perm("mirror.start_sync"),
        "is_moving": any(shown.is_running for found in syncs.values() for shown in found),
        "as_of": timezone.now(),
    }
    return render_page(request, "mirror/accounts.html", context, partial="mirror/_accounts.html")


@require_POST
@permission_required("mirror.start_sync", raise_exception=True)
def start(request: HttpRequest) -> HttpResponse:
    """Begin the walks of every running account; what is under way already just goes on."""
    accounts = list(Account.objects.filter(listed=True, paused_at=None))
    for account in accounts:
        for kind in kinds():
            start_sync(account=account, kind=kind, actor=Actor.of(request))
    if accounts:
        messages.success(request, _("The provider's lists are being copied."))
    else:
        messages.warning(request, _("No account is running, so there is nothing to copy."))
    goal = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(goal, {request.get_host()}, require_https=request.is_secure())
    return redirect(goal if safe else "mirror:accounts")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["accounts.view_account", "accounts.pause_account"], raise_exception=True)
def pause(request: HttpRequest, slug: str) -> HttpResponse:
    """GET asks why, POST stops what is sent; pausing what is paused changes nothing."""
    account = get_object_or_404(Account, slug=slug)
    form = PauseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        pauses.pause(account, form.cleaned_data["reason"], actor=Actor.of(request))
        messages.success(request, _("%(account)s is paused.") % {"account": account})
        return redirect("mirror:accounts")
    context = {
        "title": _("Pause %(account)s") % {"account": account},
        "text": _("Nothing new is sent to it until somebody resumes it. What may have been sent is still looked up."),
        "button": _("Pause"),
        "form": form,
        "facts": [Fact(label=_("Account"), value=str(account)), Fact(label=_("Money"), value=_money(account))],
        "crumbs": _crumbs(_("Pause")),
    }
    return render(request, "mirror/confirm.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["accounts.view_account", "accounts.resume_account"], raise_exception=True)
def resume(request: HttpRequest, slug: str) -> HttpResponse:
    account = get_object_or_404(Account, slug=slug)
    if request.method == "POST":
        pauses.resume(account, actor=Actor.of(request))
        messages.success(request, _("%(account)s is running.") % {"account": account})
        return redirect("mirror:accounts")
    context = {
        "title": _("Resume %(account)s") % {"account": account},
        "text": _("Everything that waited is sent now."),
        "button": _("Resume"),
        "facts": [
            Fact(label=_("Account"), value=str(account)),
            Fact(label=_("Money"), value=_money(account)),
            Fact(label=_("Paused since"), at=account.paused_at),
            Fact(label=_("Why"), value=account.paused_why),
        ],
        "crumbs": _crumbs(_("Resume")),
    }
    return render(request, "mirror/confirm.html", context)


def account_actions(account: Account, user) -> list[Action]:
    """Pause or resume, for who may."""
    name, label, icon = PAUSED[account.is_paused]
    if not user.has_perm(f"accounts.{name}"):
        return []
    return [Action(label=str(label), url=reverse(f"mirror:{name}", args=[account.slug]), icon=icon)]


PAUSED = {
    False: ("pause_account", gettext_lazy("Pause"), "pause"),
    True: ("resume_account", gettext_lazy("Resume"), "play"),
}


def _money(account: Account) -> str:
    return _("real") if account.live else _("none, a test account")


def _crumbs(step: str) -> list[View]:
    return [View(label=_("Accounts"), url=reverse("mirror:accounts")), View(label=step, url="")]
