"""What people had written out: which list, with which filter and columns, and where the file is while it is kept."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.core.ids import PublicIdField
from backoffice.core.refs import ref


class Export(models.Model):
    """A list that somebody wants as a file. A worker writes it; the file is sealed under a key of its own."""

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("export", "Waits")
        RUNNING = "running", pgettext_lazy("export", "Being written")
        DONE = "done", pgettext_lazy("export", "Ready")
        FAILED = "failed", pgettext_lazy("export", "Failed")
        EXPIRED = "expired", pgettext_lazy("export", "Expired")

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"

    OPEN = (State.QUEUED, State.RUNNING)

    public_id = PublicIdField("exp")
    listing = models.CharField(max_length=32, help_text=_("the list"))
    query = models.CharField(max_length=1000, blank=True, help_text=_("the filter, as it stood in the address"))
    columns = models.JSONField(default=list, help_text=_("the columns of the screen, in its order"))
    language = models.CharField(max_length=10, help_text=_("of the words in it"))
    format = models.CharField(max_length=4, choices=Format, default=Format.CSV)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64, help_text=_("one form, one export"))

    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField(default=0, help_text=_("how many rows there were when it was asked for"))
    rows = models.PositiveIntegerField(default=0, help_text=_("how many are written"))
    bytes = models.PositiveBigIntegerField(default=0, help_text=_("of the file as it is downloaded"))
    sealed_key = models.CharField(max_length=200, blank=True, help_text=_("opens the file; gone with it"))
    problem = models.CharField(max_length=200, blank=True)
    downloads = models.PositiveIntegerField(default=0)

    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ("view",)  # other people's exports; one's own need only the list's permission
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="exports_one_a_form"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed", "expired"]), name="exports_export_state"
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at", "id"], condition=Q(state__in=["queued", "running"]), name="exports_to_write"
            ),
            models.Index(fields=["expires_at"], condition=Q(state="done"), name="exports_to_expire"),
            models.Index(fields=["-created_at", "-id"], name="exports_newest"),
            models.Index(fields=["person", "-created_at", "-id"], name="exports_by_person"),
        ]

    def __str__(self):
        return self.public_id

    def get_absolute_url(self) -> str:
        return reverse("exports:export", args=[self.public_id])

    @property
    def ref(self) -> str:
        return ref(self)

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_ready(self) -> bool:
        """Whether it can be downloaded now: also before the sweep an overdue one cannot."""
        return self.state == self.State.DONE and self.expires_at is not None and self.expires_at > timezone.now()

    @property
    def path(self) -> Path:
        """Each attempt writes a file of its own, so that one that was given up for dead disturbs nobody."""
        return folder() / f"{self.public_id}.{self.attempts}"

    @property
    def file_name(self) -> str:
        made = timezone.localtime(self.created_at)
        return f"{self.listing}-{made:%Y-%m-%d-%H%M}.{self.format}"


def folder() -> Path:
    """Where the files are; web and worker see the same one."""
    found = settings.VAR_DIR / "exports"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found
