"""`/metrics` for Prometheus: business figures out of the database, each bounded by an index; behind a token.

What is counted is either open now, or of the last hour: a scrape costs the same however old the place is, and any
process answers for all.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hmac import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from backoffice.accounts.models import Account
from backoffice.mirror.models import Beat, SyncRun, Watch
from backoffice.outbox.models import Call, Exchange
from webhooks.models import Delivery, Refusal

HOUR = timedelta(hours=1)


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Off, as if it were not there, where no token is set."""
    if not settings.METRICS_TOKEN:
        raise Http404
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(BusinessFigures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class BusinessFigures(Collector):
    def describe(self) -> Iterable:
        return []  # nothing is asked of the database when it is registered

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        yield from _calls(now)
        yield from _looks(now)
        yield from _callbacks(now)
        yield from _exchanges(now)
        yield from _place(now)


def _calls(now: datetime) -> Iterator[GaugeMetricFamily]:
    waiting = Call.objects.filter(state__in=Call.OPEN)
    counts = waiting.order_by().values_list("account__slug", "state").annotate(Count("pk"))
    yield _family("calls_open", "Calls whose outcome is not known yet.", ["account", "state"], counts)
    doubt = waiting.filter(state=Call.State.UNCERTAIN)
    yield _gauge("calls_in_doubt", "Calls that may have been executed, nobody knows.", doubt.count())
    oldest = doubt.filter(sent_at__isnull=False).order_by("sent_at").values_list("sent_at", flat=True).first()
    yield _gauge("doubt_oldest_seconds", "How long the oldest call is in doubt.", _age(now, oldest))
    asked = Call.objects.filter(created_at__gt=now - HOUR).order_by()
    counts = asked.values_list("operation", "state").annotate(Count("pk"))
    yield _family("calls_last_hour", "Calls asked for in the last hour, by what became of them.", OPERATION, counts)


def _looks(now: datetime) -> Iterator[GaugeMetricFamily]:
    due = Watch.objects.filter(due_at__lte=now)
    counts = due.order_by().values_list("account__slug", "kind").annotate(Count("pk"))
    yield _family("watches_due", "Questions to providers that are due.", ["account", "kind"], counts)
    oldest = due.order_by("due_at").values_list("due_at", flat=True).first()
    yield _gauge("watch_oldest_seconds", "How long the oldest of them is due.", _age(now, oldest))


def _callbacks(now: datetime) -> Iterator[GaugeMetricFamily]:
    states = [*Delivery.OPEN, Delivery.State.DEAD]
    waiting = Delivery.objects.filter(state__in=states).order_by().values_list("account__slug", "state")
    counts = waiting.annotate(Count("pk"))
    yield _family("deliveries_open", "Callbacks that are not done.", ["account", "state"], counts)
    open_ones = Delivery.objects.filter(state__in=Delivery.OPEN)
    oldest = open_ones.order_by("due_at", "id").values_list("received_at", flat=True).first()
    yield _gauge("delivery_oldest_seconds", "How long ago the oldest of them that is open came.", _age(now, oldest))
    came = Delivery.objects.filter(created_at__gt=now - HOUR).order_by().values_list("account__slug", "applied")
    results = ((slug, applied or "none", count) for slug, applied, count in came.annotate(Count("pk")))
    yield _family("deliveries_last_hour", "Callbacks of the last hour, by result.", ["account", "result"], results)
    refused = Refusal.objects.filter(on=now.date()).order_by().values_list("account", "reason").annotate(Sum("count"))
    yield _family("callbacks_refused_today", "Callbacks turned away today (UTC).", ["account", "reason"], refused)


def _exchanges(now: datetime) -> Iterator[GaugeMetricFamily]:
    seen = Exchange.objects.filter(created_at__gt=now - HOUR).order_by().values_list("account__slug", "outcome")
    counts, seconds = [], []
    for slug, outcome, count, took in seen.annotate(Count("pk"), Sum("seconds")):
        counts.append((slug, outcome, count))
        seconds.append((slug, outcome, took))
    yield _family("exchanges_last_hour", "Exchanges of the last hour, by outcome.", OUTCOME, counts)
    yield _family("exchange_seconds_last_hour", "What these took together.", OUTCOME, seconds)


def _place(now: datetime) -> Iterator[GaugeMetricFamily]:
    canary = Beat.objects.filter(name="canary").values_list("at", flat=True).first()
    yield _gauge("canary_age_seconds", "Since a worker last sang; -1 for never.", _age(now, canary, -1))
    paused = Account.objects.filter(listed=True, paused_at__isnull=False)
    yield _gauge("accounts_paused", "Accounts to which nothing is sent.", paused.count())
    running = SyncRun.objects.filter(state=SyncRun.State.RUNNING)
    yield _gauge("syncs_running", "Walks through a provider's list under way.", running.count())


OPERATION = ["operation", "state"]
OUTCOME = ["account", "outcome"]


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"backoffice_{name}", words, value=value)


def _family(name: str, words: str, labels: list[str], rows: Iterable[tuple]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"backoffice_{name}", words, labels=labels)
    for *values, number in rows:
        family.add_metric([str(value) for value in values], number or 0)
    return family


def _age(now: datetime, moment: datetime | None, nothing: float = 0) -> float:
    return nothing if moment is None else max(0.0, (now - moment).total_seconds())
