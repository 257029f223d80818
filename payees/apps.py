from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PayeesConfig(AppConfig):
    name = "payees"
    label = "payees"
    verbose_name = _("Payees")
    default_auto_field = "django.db.models.BigAutoField"
