"""Intents going out: what we owe a provider, each attempt at it, and who asked."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.accounts.models import Account
from backoffice.core.ids import PublicIdField
from backoffice.core.money import AmountField
from backoffice.core.refs import ref
from backoffice.journal.models import Source


class Call(models.Model):
    """One provider request that we owe. It is committed before the first byte leaves."""

    class State(models.TextChoices):
        HELD = "held", _("Waits for approval")
        QUEUED = "queued", _("Queued")
        CLAIMED = "claimed", _("Being sent")
        UNCERTAIN = "uncertain", _("In doubt")
        DONE = "done", pgettext_lazy("call", "Done")
        REJECTED = "rejected", _("Refused")
        DEAD = "dead", _("Needs a person")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    OPEN = (State.HELD, State.QUEUED, State.CLAIMED, State.UNCERTAIN, State.DEAD)  # the outcome is not known yet
    TONES = {
        State.HELD: "busy",
        State.QUEUED: "busy",
        State.CLAIMED: "busy",
        State.UNCERTAIN: "warn",
        State.DONE: "good",
        State.REJECTED: "bad",
        State.DEAD: "bad",
        State.WITHDRAWN: "quiet",
    }

    public_id = PublicIdField("call")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    operation = models.CharField(max_length=64, help_text=_("the command's name"))
    target = models.CharField(max_length=64)
    reference = models.CharField(max_length=64, blank=True, help_text=_("our own number, echoed by the provider"))
    arguments = models.JSONField(default=dict, blank=True)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    problem = models.CharField(max_length=300, blank=True)
    problem_code = models.CharField(max_length=40, blank=True)
    problem_fields = models.JSONField(default=dict, blank=True, help_text=_("inputs at fault, in the provider's words"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=80, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    looks = models.PositiveIntegerField(default=0, help_text=_("look-ups that reached the provider and found nothing"))
    maybe_sent = models.BooleanField(default=False)
    sent_at = models.DateTimeField(null=True, blank=True, help_text=_("when the last attempt to send began"))
    left_at = models.DateTimeField(null=True, blank=True, help_text=_("when its outcome was known, or given up"))
    created_at = models.DateTimeField(default=timezone.now)

    reserves = models.CharField(max_length=64, blank=True, help_text=_("the wallet whose money it holds"))
    reserved_amount = AmountField(null=True, blank=True)
    reserved_currency = models.CharField(max_length=8, blank=True)

    class Meta:
        permissions = [
            ("look_up_call", "Can look a call up now"),
            ("send_call_again", "Can send a dead call again"),
            ("give_up_call", "Can give a call up"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["target"],
                condition=Q(state__in=["held", "queued", "claimed", "uncertain", "dead"]),
                name="outbox_one_open_call_per_target",
            ),
            models.UniqueConstraint(
                fields=["account", "reference"], condition=~Q(reference=""), name="outbox_reference_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["held", "queued", "claimed", "uncertain", "done", "rejected", "dead", "withdrawn"]
                ),
                name="outbox_call_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(state__in=["queued", "claimed", "uncertain"]),
                name="outbox_call_due",
            ),
            models.Index(fields=["-created_at", "-id"], name="outbox_call_newest"),
            models.Index(fields=["state", "-created_at", "-id"], name="outbox_call_by_state"),
            models.Index(fields=["account", "-created_at", "-id"], name="outbox_call_by_account"),
            models.Index(fields=["target"], name="outbox_call_by_target"),
            models.Index(fields=["reserves", "left_at"], condition=~Q(reserves=""), name="outbox_call_reserves"),
        ]

    def __str__(self):
        return f"{self.operation} {self.target}"

    def get_absolute_url(self) -> str:
        return reverse("outbox:call", args=[self.public_id])

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def tone(self) -> str:
        return self.TONES[self.State(self.state)]

    @property
    def ref(self) -> str:
        return ref(self)


class Ask(models.Model):
    """One idempotency key: a form's or a header's, unique for who asks; replays give the first answer back."""

    scope = models.CharField(max_length=100)
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    call = models.ForeignKey(Call, null=True, on_delete=models.PROTECT, related_name="asks")
    batch = models.ForeignKey("Batch", null=True, on_delete=models.PROTECT, related_name="asks")
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="outbox_one_ask_per_key")]

    def __str__(self):
        return f"{self.scope} {self.key}"

    @property
    def promised(self) -> "Call | Batch | None":
        """What the first asking led to."""
        return self.call or self.batch


class Batch(models.Model):
    """Calls that were asked for at once. One that was asked for over rows of a list has an item for each of them."""

    public_id = PublicIdField("bat")
    operation = models.CharField(max_length=64)
    calls = models.ManyToManyField(Call, related_name="batches", blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=80, blank=True)
    arguments = models.JSONField(default=dict, blank=True, help_text=_("what is asked of each row"))
    size = models.PositiveIntegerField(default=0, help_text=_("how many items it has"))
    worked_at = models.DateTimeField(null=True, blank=True, help_text=_("when a worker last took some of its items"))
    stopped_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text=_("when no item waited any more"))
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "batches"
        indexes = [
            models.Index(
                fields=["worked_at", "id"], condition=Q(ended_at=None, size__gt=0), name="outbox_batch_to_work"
            ),
        ]

    def __str__(self):
        return self.public_id

    def get_absolute_url(self) -> str:
        return reverse("outbox:batch", args=[self.public_id])


class BatchItem(models.Model):
    """One row of a batch: it waits until its call is promised, or refused with the reason."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits")
        PROMISED = "promised", _("Asked for")
        REFUSED = "refused", _("Not possible")
        STOPPED = "stopped", _("Stopped")

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items")
    place = models.PositiveIntegerField()
    target = models.CharField(max_length=64, help_text=_("the row of the list"))
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    call = models.ForeignKey(Call, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "place"], name="outbox_one_item_a_place"),
            models.UniqueConstraint(fields=["batch", "target"], name="outbox_one_item_a_target"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "promised", "refused", "stopped"]), name="outbox_item_state"
            ),
        ]
        indexes = [models.Index(fields=["batch", "state", "place"], name="outbox_item_by_state")]

    def __str__(self):
        return f"{self.batch_id} {self.place}"

    @property
    def key(self) -> str:
        """The idempotency key of its command: whoever works the item, it is asked for once."""
        return f"{self.batch.public_id}:{self.place}"


class Exchange(models.Model):
    """One HTTP request to a provider and its answer, redacted."""

    class Outcome(models.TextChoices):
        ANSWERED = "answered", pgettext_lazy("exchange", "Answered")
        REFUSED = "refused", pgettext_lazy("exchange", "Refused")
        NOT_FOUND = "not_found", pgettext_lazy("exchange", "Not known there")
        NOT_SENT = "not_sent", pgettext_lazy("exchange", "Not sent")
        UNKNOWN = "unknown", pgettext_lazy("exchange", "No clear answer")
        MISCONFIGURED = "misconfigured", pgettext_lazy("exchange", "Our access was refused")

    USABLE = (Outcome.ANSWERED, Outcome.REFUSED, Outcome.NOT_FOUND)

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    call = models.ForeignKey(Call, null=True, on_delete=models.SET_NULL, related_name="exchanges")
    ref = models.CharField(max_length=64, blank=True, help_text=_("the row it was about"))
    source = models.CharField(max_length=12, choices=Source)
    path = models.CharField(max_length=120)
    is_write = models.BooleanField(default=False)
    status = models.PositiveSmallIntegerField(null=True)
    outcome = models.CharField(max_length=13, choices=Outcome, default=Outcome.ANSWERED)
    code = models.CharField(max_length=40, blank=True, help_text=_("the provider's code"))
    problem = models.CharField(max_length=200, blank=True)
    seconds = models.FloatField(default=0)
    request = models.JSONField(default=dict)
    answer = models.JSONField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now, help_text=_("when we asked"))

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="outbox_exchange_newest"),
            models.Index(fields=["ref", "-created_at", "-id"], name="outbox_exchange_by_ref", condition=~Q(ref="")),
            models.Index(fields=["account", "-created_at", "-id"], name="outbox_exchange_by_account"),
            models.Index(fields=["path", "-created_at", "-id"], name="outbox_exchange_by_path"),
            models.Index(fields=["outcome", "-created_at", "-id"], name="outbox_exchange_by_outcome"),
        ]

    def __str__(self):
        return f"{self.path} {self.status or self.problem}"

    def get_absolute_url(self) -> str:
        return reverse("outbox:exchange", args=[self.pk])

    @property
    def is_good(self) -> bool:
        """The provider gave a usable answer, be it that it refuses."""
        return self.outcome in self.USABLE
