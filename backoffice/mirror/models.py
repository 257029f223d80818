from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.accounts.models import Account
from backoffice.core.refs import ref
from backoffice.core.states import Transitions


class Mirrored(models.Model):
    """What a provider last said of one thing. Saved by `mirror()` or created by a command, nowhere else."""

    if TYPE_CHECKING:  # each mirrored model has its own
        state: models.CharField
        provider_id: models.CharField
    transitions: Transitions
    frozen_when_settled: tuple[str, ...] = ()
    quiet_facts: tuple[str, ...] = ("word",)  # facts whose change is no news to a person
    sealed_facts: tuple[str, ...] = ()  # facts whose change is written down without what changed
    breaks_when_left: tuple[str, ...] = ()  # states of ours that news contradicts when it leads out of them
    not_listed: tuple[str, ...] = ()  # states in which no list need name it
    holds_money = False  # whether one that vanishes from its list is an alarm
    intended: tuple[str, ...] = ()  # what our own request fixed: an answer that says otherwise is not applied

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    word = models.CharField(max_length=40, blank=True, help_text=_("the provider's own word for the state"))
    version = models.PositiveIntegerField(default=1)
    observed_at = models.DateTimeField(null=True, blank=True, help_text=_("when the provider was asked"))
    upstream = models.JSONField(default=dict, blank=True, help_text=_("their last answer, redacted"))
    break_reason = models.CharField(max_length=200, blank=True, help_text=_("what news contradicted"))
    missing_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    @property
    def ref(self) -> str:
        return ref(self)

    @property
    def is_settled(self) -> bool:
        return self.state in self.transitions.settled

    def require_step(self, wanted: str) -> None:
        """For commands: the wanted state must be one step away, else IllegalTransition."""
        self.transitions.require_step(self.state, wanted)

    def follow(self, reported: str) -> bool:
        """For news: move to the reported state if a path leads there; whether it moved. The only writer of `state`."""
        if reported == self.state:
            return False
        self.transitions.require_path(self.state, reported)
        self.state = reported
        return True


class Watch(models.Model):
    """What to ask a provider, and when; kept a while after the answer, so that repeated rings collapse."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    due_at = models.DateTimeField(null=True, blank=True, help_text=_("empty: nothing to ask"))
    tries = models.PositiveIntegerField(default=0)
    why = models.CharField(max_length=80, blank=True)
    rang_at = models.DateTimeField(default=timezone.now)
    first_asked_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "watches"
        permissions = [("ask_now", "Can ask the provider now")]
        constraints = [models.UniqueConstraint(fields=["account", "kind", "object_id"], name="mirror_one_watch")]
        indexes = [models.Index(fields=["due_at"], name="mirror_watch_due", condition=models.Q(due_at__isnull=False))]

    def __str__(self):
        return f"{self.kind} {self.object_id}"


class SyncRun(models.Model):
    """One walk through a provider's list, page by page; the page is committed with its rows."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        FINISHED = "finished", _("Finished")
        FAILED = "failed", _("Failed")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    since = models.DateTimeField(null=True, blank=True, help_text=_("only what was made since; empty: everything"))
    next_page = models.PositiveIntegerField(default=1)
    round = models.PositiveSmallIntegerField(default=1, db_default=1)
    visits = models.PositiveIntegerField(default=0, db_default=0, help_text=_("pages read, some of them again"))
    repeats = models.PositiveSmallIntegerField(default=0, db_default=0, help_text=_("equal pages in a row"))
    total = models.PositiveIntegerField(null=True)
    seen = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0, db_default=0)
    tries = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("start_sync", "Can start a sync")]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind"],
                condition=models.Q(state="running", since=None),
                name="mirror_one_running_sync",
            ),
            models.UniqueConstraint(
                fields=["account", "kind"],
                condition=models.Q(state="running", since__isnull=False),
                name="mirror_one_recent_sync",
            ),
        ]
        indexes = [models.Index(fields=["account", "kind", "-created_at"], name="mirror_sync_newest")]

    def __str__(self):
        return f"{self.kind} {self.account_id} {self.state}"

    @property
    def rate(self) -> float:
        """Rows a second since the first page was asked for."""
        if not self.started_at:
            return 0
        return self.seen / max(((self.ended_at or timezone.now()) - self.started_at).total_seconds(), 0.001)

    def rows_seen(self) -> set[int]:
        return {pk for rows in self.pages.values_list("rows", flat=True).iterator() for pk in rows}


class SyncPage(models.Model):
    """The rows that a page of a walk under way showed; kept until it ends, as unchanged rows bear no mark of it."""

    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="pages")
    page = models.PositiveIntegerField()
    total = models.PositiveIntegerField(default=0)
    rows = models.JSONField(default=list)

    def __str__(self):
        return f"{self.run_id} {self.page}"


class Beat(models.Model):
    """When a worker last did the canary's work: liveness from beat to worker to database."""

    name = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()

    def __str__(self):
        return self.name
