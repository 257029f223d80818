"""Keys through which services act for a person."""

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from rest_framework_api_key.crypto import KeyGenerator
from rest_framework_api_key.models import AbstractAPIKey, BaseAPIKeyManager

from backoffice.accounts.models import Account
from backoffice.core.ids import PublicIdField


class ApiKeyManager(BaseAPIKeyManager):
    key_generator = KeyGenerator(prefix_length=8, secret_key_length=40)

    def assign_key(self, obj: AbstractAPIKey) -> str:
        """Give the row a new secret and hand it out once; only its hash stays."""
        key, obj.prefix, obj.hashed_key = self.key_generator.generate()
        return key


class ApiKey(AbstractAPIKey):
    """A service's way in. It may do what its scopes say, and never more than its owner may."""

    id = models.BigAutoField(primary_key=True)  # type: ignore[assignment]
    public_id = PublicIdField("key")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_keys")
    scopes = models.JSONField(default=list, help_text=_("names of commands and view permissions"))
    allowed_ips = models.JSONField(default=list, blank=True, help_text=_("addresses or networks; empty: from anywhere"))
    allowed_accounts = models.JSONField(
        default=list, blank=True, help_text=_("slugs of the accounts that it sees and uses; empty: every account")
    )
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiKeyManager()  # type: ignore[assignment, misc]

    class Meta(AbstractAPIKey.Meta):
        abstract = False
        verbose_name = _("API key")  # type: ignore[assignment]
        verbose_name_plural = _("API keys")  # type: ignore[assignment]

    @cached_property
    def account_ids(self) -> list[int] | None:
        """The accounts that it is bound to; None: every one."""
        if not self.allowed_accounts:
            return None
        return list(Account.objects.filter(slug__in=self.allowed_accounts).values_list("pk", flat=True))
