from django.db import models
from django.utils.translation import gettext_lazy as _


class Account(models.Model):
    """One set of our credentials at a provider. Made from the accounts file; holds no secret."""

    slug = models.SlugField(max_length=40, unique=True)
    provider = models.CharField(max_length=20)
    title = models.CharField(max_length=80)
    live = models.BooleanField(default=False)
    timezone = models.CharField(max_length=40, default="UTC")
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_why = models.CharField(max_length=200, blank=True)
    listed = models.BooleanField(default=True, help_text=_("whether the accounts file still has it"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["slug"]
        permissions = [
            ("pause_account", "Can stop what is sent to an account"),
            ("resume_account", "Can let an account be sent to again"),
        ]

    def __str__(self):
        return self.title or self.slug

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None


class Pace(models.Model):
    """When the next exchange with an account may start, shared by all processes."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=[("call", _("any exchange")), ("write", _("a write"))])
    next_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind"], name="accounts_one_pace")]

    def __str__(self):
        return f"{self.account_id} {self.kind}"
