"""Reads: how far the copying of each provider's lists is."""

from django.db.models import Max, QuerySet

from backoffice.mirror.models import SyncRun


def latest_syncs() -> QuerySet[SyncRun]:
    """The newest whole walk through each list of each account that we have."""
    newest = (
        SyncRun.objects.filter(since=None)
        .order_by()
        .values("account", "kind")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    return (
        SyncRun.objects.filter(pk__in=newest, account__listed=True).select_related("account").order_by("account", "pk")
    )
