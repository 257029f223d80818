"""The admin site: for looking and for repairs, never the way of a day's work."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from backoffice.theme import theme_of

ROLE = "Admin"  # of backoffice.people.roles
# Tables of libraries that people here have no business with: a second kind of key, secrets of second factors, sessions.
NOT_SHOWN = {
    "account.EmailAddress",
    "account.EmailConfirmation",
    "mfa.Authenticator",
    "rest_framework_api_key.APIKey",
    "usersessions.UserSession",
}


class BackofficeAdminSite(AdminSite):
    """For staff of the admin role. Signing in and passwords are allauth's, with its second factor and its limits."""

    site_header = lazystr(settings.MERCHANT_NAME)
    site_title = _("Administration")
    index_title = _("Look and repair")
    empty_value_display = "–"

    def register(self, model_or_iterable, admin_class=None, **options) -> None:
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else list(model_or_iterable)
        super().register([model for model in models if model._meta.label not in NOT_SHOWN], admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        if not (user.is_active and getattr(user, "is_staff", False)):
            return False
        known = vars(user)  # asked several times for each page
        if "has_admin_role" not in known:
            known["has_admin_role"] = user.is_superuser or user.groups.filter(name=ROLE).exists()
        return known["has_admin_role"]

    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return secure_admin_login(super().login)(request, extra_context=extra_context)

    def password_change(self, request: HttpRequest, extra_context=None) -> Any:
        return HttpResponseRedirect(reverse("account_change_password"))

    def each_context(self, request: HttpRequest) -> dict:
        return super().each_context(request) | {"theme": theme_of(request)}
