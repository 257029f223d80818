from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "backoffice.outbox"
    label = "outbox"
    verbose_name = _("Outbox")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from backoffice.outbox import checks, exporting, tasks  # noqa: F401
        from backoffice.outbox.exchanges import write_exchange
        from backoffice.providers import registry

        registry.observe(write_exchange)
