from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MirrorConfig(AppConfig):
    name = "backoffice.mirror"
    label = "mirror"
    verbose_name = _("Mirror")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from backoffice.mirror import tasks  # noqa: F401
