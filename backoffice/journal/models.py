from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.core.ids import PublicIdField


class Source(models.TextChoices):
    """On whose word something is written down."""

    COMMAND = "command", _("A person or service asked")
    REPLY = "reply", _("The provider's reply")
    LOOK = "look", _("Looked up by our reference")
    WEBHOOK = "webhook", _("A callback")
    POLL = "poll", _("Asked the provider")
    SYNC = "sync", _("List sync")
    FILE = "file", _("A provider's file")
    SYSTEM = "system", _("The back office itself")


class JournalEntry(models.Model):
    """One thing that happened to one row; written in the transaction that did it, never changed."""

    public_id = PublicIdField("evt")
    created_at = models.DateTimeField(default=timezone.now)
    ref = models.CharField(max_length=64)
    account = models.CharField(max_length=40, blank=True)
    verb = models.CharField(max_length=64)
    row_version = models.PositiveIntegerField(null=True, help_text=_("the row's version after it, where it has one"))
    source = models.CharField(max_length=12, choices=Source)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=80, blank=True, help_text=_("browser, admin, or the name of an API key"))
    request_id = models.CharField(max_length=64, blank=True)
    old = models.CharField(max_length=24, blank=True)
    new = models.CharField(max_length=24, blank=True)
    delivery = models.CharField(max_length=32, blank=True, help_text=_("the callback that led to it"))
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = "journal entries"
        indexes = [
            models.Index(fields=["ref", "-created_at", "-id"], name="journal_by_ref"),
            models.Index(fields=["-created_at", "-id"], name="journal_newest"),
        ]

    def __str__(self):
        return f"{self.verb} {self.ref}"
