from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from backoffice.mirror import watches
        from webhooks import exporting, tasks  # noqa: F401
        from webhooks.answers import close_answered

        watches.on_answer(close_answered)
