"""How the place stands, told on every page: live or test, what is slow or down since when, what waits for whom."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice import context
from backoffice.accounts.models import Account
from backoffice.core.templatetags.ui import exact_time
from backoffice.mirror.models import Beat
from backoffice.outbox.models import Call, Exchange
from webhooks.models import Delivery

BEAT_LATE = timedelta(minutes=3)
LATELY = timedelta(minutes=10)
LATEST = 60  # exchanges that are looked at
IN_A_ROW = 3  # so many without an answer, the newest among them, and a provider counts as silent


def mode() -> str:
    """live, test, or mixed: of the accounts that the accounts file has now."""
    kinds = set(Account.objects.filter(listed=True).order_by().values_list("live", flat=True).distinct())
    return "mixed" if len(kinds) > 1 else "live" if True in kinds else "test"


def warnings(_request: HttpRequest) -> list[str]:
    """What is not as it should be, in words, with since-when."""
    return [*_paused(), *_idle(), *_silent()]


def _paused() -> list[str]:
    paused = Account.objects.filter(listed=True, paused_at__isnull=False)
    return [
        _("%(account)s paused since %(time)s: %(why)s")
        % {"account": account, "time": _time(account.paused_at), "why": account.paused_why}
        for account in paused
    ]


def _idle() -> list[str]:
    beat = Beat.objects.filter(name="canary").values_list("at", flat=True).first()
    if beat and timezone.now() - beat <= BEAT_LATE:
        return []
    return [_("No worker since %(time)s") % {"time": _time(beat)}] if beat else [_("No worker has run yet")]


def _silent() -> list[str]:
    return [
        _("%(account)s does not answer since %(time)s") % {"account": account, "time": _time(since)}
        for account, since in silent_since().items()
    ]


def silent_since() -> dict[str, datetime]:
    """Accounts whose latest exchanges all went without an answer, with the time of the first of these."""
    lately = Exchange.objects.filter(created_at__gt=timezone.now() - LATELY).order_by("-created_at", "-id")
    rows = lately.values_list("account__title", "status", "created_at")[:LATEST]
    runs: dict[str, list[datetime]] = defaultdict(list)
    answered: set[str] = set()
    for account, status, at in rows:
        if status is not None and status < 500:  # noqa: PLR2004
            answered.add(account)
        elif account not in answered:
            runs[account].append(at)
    return {account: times[-1] for account, times in runs.items() if len(times) >= IN_A_ROW}


def calls_for_me(request: HttpRequest) -> int:
    """Calls that need a person, for who may do something about them."""
    if not (request.user.has_perm("outbox.send_call_again") or request.user.has_perm("outbox.give_up_call")):
        return 0
    return Call.objects.filter(state=Call.State.DEAD).count()


def deliveries_for_me(request: HttpRequest) -> int:
    """Callbacks that need a person, for who may have them processed again."""
    if not request.user.has_perm("webhooks.replay_delivery"):
        return 0
    return Delivery.objects.filter(state=Delivery.State.DEAD).count()


def _time(moment: datetime | None) -> str:
    if moment is None:
        return ""
    today = timezone.localtime(moment).date() == timezone.localdate()
    return exact_time(moment, "minute" if today else "auto")


context.mode_source[:] = [mode]
context.warning_source[:] = [warnings]
context.counters.update({"outbox:calls": calls_for_me, "webhooks:deliveries": deliveries_for_me})
