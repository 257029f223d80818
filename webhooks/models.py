"""Callbacks received: each kept before it is understood, and a small sample of what was turned away."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.accounts.models import Account
from backoffice.core.ids import PublicIdField
from backoffice.core.refs import ref


class Delivery(models.Model):
    """One callback, raw but without its secrets. It moves nothing by itself: it makes us ask the provider."""

    class State(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("delivery", "Received")
        PROCESSING = "processing", pgettext_lazy("delivery", "Being read")
        WAITING = "waiting", pgettext_lazy("delivery", "Waits for the provider's answer")
        DONE = "done", pgettext_lazy("delivery", "Done")
        IGNORED = "ignored", pgettext_lazy("delivery", "Nothing to do")
        DEAD = "dead", pgettext_lazy("delivery", "Needs a person")

    class Applied(models.TextChoices):
        """What the look that it led to brought; the engine's words."""

        BORN = "born", pgettext_lazy("news", "Created a row")
        MOVED = "moved", pgettext_lazy("news", "Changed the state")
        CHANGED = "changed", pgettext_lazy("news", "Changed facts")
        SAME = "same", pgettext_lazy("news", "Was known already")
        STALE = "stale", pgettext_lazy("news", "Was older than what we know")
        REFUSED = "refused", pgettext_lazy("news", "Refused: impossible step")
        CONTRADICTED = "contradicted", pgettext_lazy("news", "Refused: contradicts our request")
        UNWANTED = "unwanted", pgettext_lazy("news", "About nothing of ours")
        UNKNOWN_OBJECT = "unknown_object", pgettext_lazy("news", "The provider does not know the object")

    class Ignored(models.TextChoices):
        """Why there was nothing to do."""

        NOT_HANDLED = "not_handled", _("Kept; this kind of news is not handled yet")
        UNKNOWN_TOPIC = "unknown_topic", _("A topic that is in no table of ours")
        NOT_OURS = "not_ours", _("About an application that this account is not")

    OPEN = (State.RECEIVED, State.PROCESSING, State.WAITING)
    TONES = {
        State.RECEIVED: "busy",
        State.PROCESSING: "busy",
        State.WAITING: "busy",
        State.DONE: "good",
        State.IGNORED: "quiet",
        State.DEAD: "bad",
    }

    public_id = PublicIdField("dlv")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)  # others begin so
    delivery_id = models.CharField(max_length=128, help_text=_("the provider's id of the message, or a digest"))
    topic = models.CharField(max_length=80)
    body = models.BinaryField(help_text=_("as received, card secrets cut"))
    headers = models.JSONField(default=dict, blank=True, help_text=_("the few that matter"))
    signed = models.BooleanField(default=False, help_text=_("unsigned ones are hints and nothing more"))
    known = models.BooleanField(default=True, help_text=_("whether the topic is in a table of ours"))
    ours = models.BooleanField(default=True, help_text=_("whether it is about an application of this account"))
    hint_kind = models.CharField(max_length=40, blank=True, help_text=_("what it is about"))
    hint_by = models.CharField(max_length=24, blank=True, help_text=_("which number the object id is"))
    object_id = models.CharField(max_length=64, blank=True)
    word = models.CharField(max_length=40, blank=True, help_text=_("the state that the topic claims"))

    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    ignored = models.CharField(max_length=16, choices=Ignored, blank=True)
    tries = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True, default=timezone.now, help_text=_("empty: nothing to do"))
    leased_until = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    traceback = models.TextField(blank=True, help_text=_("of the last try, scrubbed"))

    watch_kind = models.CharField(max_length=40, blank=True, help_text=_("what is asked for because of it"))
    ref = models.CharField(max_length=64, blank=True, help_text=_("the row that the answer was about"))
    applied = models.CharField(max_length=16, choices=Applied, blank=True)
    disagreed = models.CharField(
        max_length=200, blank=True, help_text=_("claimed one thing, the provider said another")
    )

    seen = models.PositiveIntegerField(default=1, help_text=_("how often it was sent"))
    seen_at = models.DateTimeField(null=True, blank=True, help_text=_("when it came again"))
    received_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        permissions = [("replay_delivery", "Can process a delivery again")]
        constraints = [
            models.UniqueConstraint(fields=["account", "delivery_id"], name="webhooks_delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=["received", "processing", "waiting", "done", "ignored", "dead"]),
                name="webhooks_delivery_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(state__in=["received", "processing", "waiting"]),
                name="webhooks_delivery_due",
            ),
            models.Index(
                fields=["account", "watch_kind", "object_id"],
                condition=Q(state="waiting"),
                name="webhooks_delivery_waiting",
            ),
            models.Index(fields=["-created_at", "-id"], name="webhooks_delivery_newest"),
            models.Index(fields=["state", "-created_at", "-id"], name="webhooks_delivery_by_state"),
            models.Index(fields=["account", "-created_at", "-id"], name="webhooks_delivery_by_account"),
            models.Index(fields=["topic", "-created_at", "-id"], name="webhooks_delivery_by_topic"),
            models.Index(fields=["object_id", "-created_at", "-id"], name="webhooks_delivery_by_object"),
            models.Index(fields=["ref", "-created_at", "-id"], condition=~Q(ref=""), name="webhooks_delivery_by_ref"),
            models.Index(
                fields=["applied", "-created_at", "-id"], condition=~Q(applied=""), name="webhooks_delivery_by_result"
            ),
        ]

    def __str__(self):
        return f"{self.topic} {self.delivery_id}"

    def get_absolute_url(self) -> str:
        return reverse("webhooks:delivery", args=[self.public_id])

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def tone(self) -> str:
        return self.TONES[self.State(self.state)]

    @property
    def latency(self) -> timedelta | None:
        """From receipt to the provider's answer; None until there is one."""
        return self.done_at - self.received_at if self.done_at else None

    @property
    def own_ref(self) -> str:
        return ref(self)


class Replay(models.Model):
    """Deliveries that a person wants processed again: compared with the provider first, then released for real."""

    class State(models.TextChoices):
        COMPARING = "comparing", _("Being compared")
        COMPARED = "compared", _("Compared, nothing changed yet")
        RUNNING = "running", pgettext_lazy("replay", "Being processed again")
        DONE = "done", pgettext_lazy("replay", "Processed again")

    MOVING = (State.COMPARING, State.RUNNING)

    public_id = PublicIdField("rpl")
    key = models.CharField(max_length=64, help_text=_("one form, one replay"))
    asked = models.CharField(max_length=300, help_text=_("the filter that chose them, as it stood in the address"))
    state = models.CharField(max_length=10, choices=State, default=State.COMPARING)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=80, blank=True)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    released_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "key"], name="webhooks_replay_once"),
            models.CheckConstraint(
                condition=Q(state__in=["comparing", "compared", "running", "done"]), name="webhooks_replay_state"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(state__in=["comparing", "running"]), name="webhooks_replay_due"
            ),
            models.Index(fields=["-created_at", "-id"], name="webhooks_replay_newest"),
        ]

    def __str__(self):
        return self.public_id

    def get_absolute_url(self) -> str:
        return reverse("webhooks:replay", args=[self.public_id])

    @property
    def ref(self) -> str:
        return ref(self)

    @property
    def is_moving(self) -> bool:
        return self.state in self.MOVING


class ReplayItem(models.Model):
    """One delivery of a replay: what the provider's answer would change, and whether it was processed again."""

    class State(models.TextChoices):
        WAITING = "waiting", _("To be compared")
        UNCOMPARED = "uncompared", _("Not compared")
        COMPARED = "compared", pgettext_lazy("replay item", "Compared")
        NOTHING = "nothing", _("Nothing would happen")
        FAILED = "failed", _("Could not be compared")
        AGAIN = "again", pgettext_lazy("replay item", "Processed again")
        SKIPPED = "skipped", _("Left out")

    ENDED = (State.AGAIN, State.SKIPPED)

    replay = models.ForeignKey(Replay, on_delete=models.CASCADE, related_name="items")
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    applied = models.CharField(max_length=16, choices=Delivery.Applied, blank=True)
    model = models.CharField(max_length=40, blank=True, help_text=_("what it is about"))
    ref = models.CharField(max_length=64, blank=True, help_text=_("the row, where there was one already"))
    changes = models.JSONField(default=list, blank=True, help_text=_("field, old, new"))
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["replay", "delivery"], name="webhooks_replay_item_once")]
        indexes = [models.Index(fields=["replay", "state", "id"], name="webhooks_replay_item_by_state")]

    def __str__(self):
        return f"{self.replay_id} {self.delivery_id}"


class Refusal(models.Model):
    """What was turned away: counted per day, reason and sender, with one small sample and never the body."""

    class Reason(models.TextChoices):
        UNKNOWN_ADDRESS = "unknown_address", _("No account has this callback address")
        NOT_ALLOWED = "not_allowed", _("The sender is not on the account's list")
        TOO_LARGE = "too_large", _("Larger than a callback may be")
        UNREADABLE = "unreadable", _("It ended early or came too slowly")
        MALFORMED = "malformed", _("Not the shape of a callback")
        FOREIGN = "foreign", _("About another customer")
        BAD_SIGNATURE = "bad_signature", _("Not signed as the provider signs")

    on = models.DateField()
    provider = models.CharField(max_length=20, blank=True)
    account = models.CharField(max_length=40, blank=True, help_text=_("its slug"))
    reason = models.CharField(max_length=16, choices=Reason)
    source = models.CharField(max_length=45, help_text=_("the sender's network address; * for many at once"))
    count = models.PositiveIntegerField(default=0)
    sample = models.JSONField(default=dict, blank=True, help_text=_("of the first: size, digest, sender's name"))
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["on", "provider", "account", "reason", "source"], name="webhooks_refusal_once"
            )
        ]
        indexes = [models.Index(fields=["-last_at", "-id"], name="webhooks_refusal_newest")]

    def __str__(self):
        return f"{self.reason} {self.source}"
