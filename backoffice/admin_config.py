from django.contrib.admin import apps


class BackofficeAdminConfig(apps.AdminConfig):
    """Django's admin with our own site: who may enter, and how one signs in."""

    default_site = "backoffice.admin.BackofficeAdminSite"
