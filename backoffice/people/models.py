"""Keys through which services act for a person."""

from django.conf import settings
from django.db import models
from django.utils import timezone
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


class Preference(models.Model):
    """How one person wants something to be: the columns of a list, single keys or none."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    name = models.CharField(max_length=64)
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="people_one_preference_a_name")]

    def __str__(self):
        return f"{self.person_id} {self.name}"


class SavedView(models.Model):
    """A list's filter under a name: its owner's alone, or everybody's who sees the list."""

    public_id = PublicIdField("view")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    listing = models.CharField(max_length=32)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=1000, blank=True, help_text=_("parameters that the list knows, in its order"))
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        permissions = [("share_view", "Can share a saved view with everybody")]
        constraints = [models.UniqueConstraint(fields=["person", "listing", "name"], name="people_one_view_a_name")]
        indexes = [models.Index(fields=["listing", "is_shared"], name="people_view_by_listing")]

    def __str__(self):
        return self.name
