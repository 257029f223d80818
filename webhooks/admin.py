"""Looking at deliveries and processing them again; the rows are facts and not edited."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from backoffice.core.admin import ReadOnlyAdmin
from backoffice.core.errors import DomainError
from backoffice.journal.record import Actor
from webhooks.commands import replay_delivery
from webhooks.models import Delivery, Refusal, Replay, ReplayItem


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "account", "topic", "object_id", "state", "applied", "seen", "tries", "problem")
    list_filter = ("state", "applied", "ignored")
    list_select_related = ("account",)
    found_by = ("public_id", "delivery_id", "object_id", "ref")
    staff_view = "webhooks:delivery"
    readonly_fields = ("body_text",)
    actions = ("process_again",)

    def get_fields(self, request: HttpRequest, obj=None) -> Any:
        return [*super().get_fields(request, obj), "body_text"]

    @admin.display(description=_("body, card secrets cut"))
    def body_text(self, row: Delivery) -> str:
        return bytes(row.body).decode("utf-8", "replace")[:20_000]

    @admin.action(description=_("Process again"), permissions=["replay"])
    def process_again(self, request: HttpRequest, queryset) -> None:
        actor, done = Actor.of(request, via="admin"), 0
        for row in queryset:
            try:
                replay_delivery(actor=actor, delivery=row)
                done += 1
            except DomainError as exc:
                self.message_user(request, f"{row.public_id}: {exc.message}", messages.WARNING)
        text = ngettext("%(count)d delivery is processed again.", "%(count)d deliveries are processed again.", done)
        self.message_user(request, text % {"count": done})

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("webhooks.replay_delivery")


@admin.register(Refusal)
class RefusalAdmin(ReadOnlyAdmin):
    """What was turned away at the door: counts and one small sample, never a body."""

    list_display = ("last_at", "account", "reason", "source", "count")
    list_filter = ("reason",)
    newest_first = "last_at"


@admin.register(Replay)
class ReplayAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "public_id", "state", "asked", "actor", "released_by", "ended_at")
    list_filter = ("state",)
    list_select_related = ("actor", "released_by")
    found_by = ("public_id",)
    staff_view = "webhooks:replay"


@admin.register(ReplayItem)
class ReplayItemAdmin(ReadOnlyAdmin):
    """One delivery of a replay, and the difference that was found."""

    list_display = ("replay", "delivery", "state", "applied", "ref", "problem")
    list_filter = ("state", "applied")
    list_select_related = ("replay", "delivery")
    newest_first = "pk"
