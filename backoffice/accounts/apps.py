from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "backoffice.accounts"
    label = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from django.conf import settings

        from backoffice.accounts import checks  # noqa: F401
        from backoffice.accounts.signals import make_rows
        from backoffice.core.logging import configure_logging
        from backoffice.providers.redaction import redact_event

        configure_logging(settings.LOG_FORMAT, settings.LOG_LEVEL, redact=redact_event)
        post_migrate.connect(make_rows, sender=self)
