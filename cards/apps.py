from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CardsConfig(AppConfig):
    name = "cards"
    label = "cards"
    verbose_name = _("Cards")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from cards import exporting, poll, sync  # noqa: F401
        from cards.bulk import commands  # noqa: F401
        from cards.handlers import holders, life, orders  # noqa: F401
