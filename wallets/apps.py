from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WalletsConfig(AppConfig):
    name = "wallets"
    label = "wallets"
    verbose_name = _("Wallets")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from wallets import exporting, poll, sync  # noqa: F401
