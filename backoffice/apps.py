from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    """The project itself, on top of all apps: every process that has Django has the Celery app as well."""

    name = "backoffice"
    label = "backoffice"
    default = True

    def ready(self):
        from backoffice import celery  # noqa: F401
