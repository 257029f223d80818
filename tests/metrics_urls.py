"""The project's addresses as they are where a METRICS_TOKEN is set."""

from django.urls import path

from backoffice.metrics import metrics
from backoffice.urls import handler403, handler404, handler500  # noqa: F401
from backoffice.urls import urlpatterns as ours

urlpatterns = [path("metrics", metrics, name="metrics"), *ours]
