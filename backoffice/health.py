"""How we are: `/livez` the process, `/readyz` the database, `/healthz` whether work gets done. Numbers, no names."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backoffice.accounts.models import Account
from backoffice.mirror import watches
from backoffice.mirror.models import Beat, SyncRun
from backoffice.outbox.models import Call
from webhooks.models import Delivery

CANARY_LATE = timedelta(seconds=120)  # it sings every 30 s, from beat through the broker and a worker into the database
WORK_LATE = timedelta(seconds=60)
DOUBT_LATE = timedelta(minutes=10)


@login_not_required
@require_safe
@never_cache
def livez(_request: HttpRequest) -> JsonResponse:
    """This process answers; it asks nobody."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """This process can work: its database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return _unavailable()
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """All of it: 503 when nothing is being done, 200 with problems when something waits too long or needs a person."""
    try:
        report = _report(timezone.now())
    except DatabaseError:
        return _unavailable()
    return JsonResponse(report, status=503 if report["status"] == "down" else 200)


def _unavailable() -> JsonResponse:
    return JsonResponse({"status": "down", "problems": ["database"]}, status=503)


def _report(now: datetime) -> dict[str, Any]:
    canary = Beat.objects.filter(name="canary").values_list("at", flat=True).first()
    calls = Call.objects.filter(state__in=[Call.State.QUEUED, Call.State.UNCERTAIN], due_at__lte=now)
    in_doubt = Call.objects.filter(state=Call.State.UNCERTAIN)
    deliveries = Delivery.objects.filter(state__in=Delivery.OPEN, due_at__lte=now)
    looks, oldest_look = watches.backlog()
    numbers = {
        "canary_age_s": _age(now, canary),
        "oldest_due_call_s": _age(now, _oldest(calls.filter(account__paused_at=None), "due_at")),
        "calls_in_doubt": in_doubt.count(),
        "oldest_doubt_s": _age(now, _oldest(in_doubt, "sent_at")),
        "dead_calls": Call.objects.filter(state=Call.State.DEAD).count(),
        "oldest_due_delivery_s": _age(now, _oldest(deliveries, "due_at")),
        "dead_deliveries": Delivery.objects.filter(state=Delivery.State.DEAD).count(),
        "due_looks": looks,
        "oldest_due_look_s": _age(now, oldest_look),
        "running_syncs": SyncRun.objects.filter(state=SyncRun.State.RUNNING).count(),
        "paused_accounts": Account.objects.filter(listed=True, paused_at__isnull=False).count(),
    }
    alive = canary is not None and now - canary <= CANARY_LATE
    problems = [name for name, wrong in _judged(numbers) if wrong]
    status = "down" if not alive else "warn" if problems else "ok"
    return {"status": status, "problems": problems if alive else ["canary_age_s", *problems], **numbers}


def _judged(numbers: dict[str, Any]) -> list[tuple[str, bool]]:
    limits = {
        "oldest_due_call_s": WORK_LATE.total_seconds(),
        "oldest_doubt_s": DOUBT_LATE.total_seconds(),
        "dead_calls": 0,
        "oldest_due_delivery_s": WORK_LATE.total_seconds(),
        "dead_deliveries": 0,
        "oldest_due_look_s": WORK_LATE.total_seconds(),
        "paused_accounts": 0,
    }
    return [(name, (numbers[name] or 0) > most) for name, most in limits.items()]


def _oldest(rows, field: str) -> datetime | None:
    return rows.filter(**{f"{field}__isnull": False}).order_by(field).values_list(field, flat=True).first()


def _age(now: datetime, moment: datetime | None) -> float | None:
    return None if moment is None else round((now - moment).total_seconds(), 1)
