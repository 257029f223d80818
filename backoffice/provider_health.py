"""How each provider does: what it answered of late and how fast, what waits for it, how much of its pace is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backoffice.accounts.models import Account
from backoffice.accounts.registry import configs
from backoffice.core.htmx import render_page
from backoffice.core.parts import Action, Fact
from backoffice.core.templatetags.ui import duration
from backoffice.mirror.models import Watch
from backoffice.mirror.views import account_actions
from backoffice.outbox.models import Call, Exchange
from backoffice.providers.config import ConfigError
from webhooks.models import Delivery

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
LATEST = 5_000  # exchanges of an account that are looked at
MOST = 10_000  # of a backlog that are counted
Outcome = Exchange.Outcome
Seen = tuple[str, float, datetime]  # outcome, seconds, when


@dataclass(frozen=True)
class Answers:
    """What came of the exchanges of a while."""

    count: int
    answered: int
    refused: int
    p95: float | None  # seconds, of those that were answered
    is_all: bool  # whether all exchanges of the while were looked at

    @classmethod
    def of(cls, rows: Sequence[Seen], since: datetime, *, is_all: bool) -> "Answers":
        lately = [row for row in rows if row[2] > since]
        took = sorted(seconds for outcome, seconds, _at in lately if outcome in Exchange.USABLE)
        refused = sum(outcome == Outcome.REFUSED for outcome, _seconds, _at in lately)
        p95 = took[ceil(len(took) * 0.95) - 1] if took else None
        return cls(len(lately), len(took), refused, p95, is_all or len(lately) < len(rows))

    @property
    def success(self) -> str:
        """The share that was answered, be it with a refusal; never rounded up to all."""
        if not self.count:
            return "–"
        tenths = self.answered * 1000 // self.count
        return f"{tenths / 10:g} %"

    @property
    def speed(self) -> str:
        return "–" if self.p95 is None else _("%(ms)s ms") % {"ms": f"{round(self.p95 * 1000):,}"}

    @property
    def told(self) -> str:
        words = _("%(count)s exchanges") if self.is_all else _("the latest %(count)s")
        return words % {"count": f"{self.count:,}"}


@dataclass(frozen=True)
class ProviderHealth:
    account: Account
    hour: Answers
    day: Answers
    facts: Sequence[Fact]
    actions: Sequence[Action]
    exchanges_url: str


@require_safe
@permission_required("accounts.view_account", raise_exception=True)
def provider_health(request: HttpRequest) -> HttpResponse:
    context = {
        "accounts": [_health(account, request.user) for account in Account.objects.filter(listed=True)],
        "as_of": timezone.now(),
    }
    return render_page(request, "provider_health.html", context, partial="_provider_health.html")


def _health(account: Account, user) -> ProviderHealth:
    now = timezone.now()
    mine = Exchange.objects.filter(account=account, created_at__gt=now - DAY).order_by("-created_at", "-id")
    rows = list(mine.values_list("outcome", "seconds", "created_at")[:LATEST])
    is_all = len(rows) < LATEST
    exchanges = f"{reverse('outbox:exchanges')}?{urlencode({'account': account.slug})}"
    return ProviderHealth(
        account=account,
        hour=Answers.of(rows, now - HOUR, is_all=is_all),
        day=Answers.of(rows, now - DAY, is_all=is_all),
        facts=[*_latest(account), *_backlog(account, now), *_pace(account, rows, now)],
        actions=account_actions(account, user),
        exchanges_url=exchanges if user.has_perm("outbox.view_exchange") else "",
    )


def _latest(account: Account) -> list[Fact]:
    rows = Exchange.objects.filter(account=account).order_by("-created_at", "-id")
    good = rows.filter(outcome__in=Exchange.USABLE).values_list("created_at", flat=True).first()
    bad = rows.exclude(outcome__in=Exchange.USABLE).first()
    return [
        Fact(label=_("Last usable answer"), at=good),
        Fact(label=_("Last without one"), note=bad.problem if bad else "", at=bad.created_at if bad else None),
    ]


def _backlog(account: Account, now: datetime) -> list[Fact]:
    calls = Call.objects.filter(account=account, state__in=[Call.State.QUEUED, Call.State.UNCERTAIN])
    in_doubt = calls.filter(state=Call.State.UNCERTAIN)
    looks = Watch.objects.filter(account=account, due_at__lte=now)
    open_ones = Delivery.objects.filter(account=account, state__in=Delivery.OPEN)
    oldest_look = looks.order_by("due_at").values_list("due_at", flat=True).first()
    oldest_delivery = open_ones.order_by("due_at", "id").values_list("received_at", flat=True).first()
    inbox = f"{reverse('webhooks:deliveries')}?{urlencode({'view': 'open', 'account': account.slug})}"
    queue = f"{reverse('outbox:calls')}?{urlencode({'account': account.slug})}"
    both = f"{queue}&state=queued&state=uncertain"
    return [
        Fact(label=_("Calls to be sent or in doubt"), value=_number(calls), url=both),
        Fact(label=_("Of these in doubt"), value=_number(in_doubt), url=f"{queue}&view=in-doubt"),
        Fact(label=_("Looks that are due"), note=_since(oldest_look, now), value=_number(looks)),
        Fact(label=_("Callbacks not done"), note=_since(oldest_delivery, now), value=_number(open_ones), url=inbox),
    ]


def _pace(account: Account, rows: Sequence[Seen], now: datetime) -> list[Fact]:
    """How much of the pace that we allow ourselves was used in the last minute."""
    try:
        limit = configs()[account.slug].calls_per_s
    except (KeyError, ConfigError):
        return []
    used = sum(at > now - MINUTE for _outcome, _seconds, at in rows) / MINUTE.total_seconds()
    if not limit:
        return [Fact(label=_("Pace in the last minute"), note=_("without a limit"), value=_a_second(used))]
    share = _("%(percent)d %% of %(limit)s") % {"percent": round(100 * used / limit), "limit": _a_second(limit)}
    return [Fact(label=_("Pace in the last minute"), note=share, value=_a_second(used))]


def _a_second(number: float) -> str:
    return _("%(number)s a second") % {"number": f"{number:.2g}"}


def _number(rows: QuerySet) -> str:
    found = rows.order_by()[: MOST + 1].count()
    return _("more than %(most)s") % {"most": f"{MOST:,}"} if found > MOST else f"{found:,}"


def _since(moment: datetime | None, now: datetime) -> str:
    return _("the oldest for %(time)s") % {"time": duration(now - moment)} if moment else ""
