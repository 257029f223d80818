from django.apps import AppConfig
from django.conf import settings


class BackofficeConfig(AppConfig):
    """The project itself, on top of all apps: every process that has Django has the Celery app as well."""

    name = "backoffice"
    label = "backoffice"
    default = True

    def ready(self):
        from backoffice import celery  # noqa: F401

        if settings.SENTRY_DSN:
            from backoffice import error_reports

            error_reports.start(settings.SENTRY_DSN)
        if settings.OTEL_ENDPOINT:
            from backoffice import traces

            traces.start(settings.OTEL_ENDPOINT)
