"""The queue as an administrator sees it: the same three commands as on the screens, with the same permissions."""

from collections.abc import Callable
from typing import cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from backoffice.core.admin import ReadOnlyAdmin
from backoffice.core.errors import DomainError
from backoffice.journal.admin import JournalledAdmin
from backoffice.journal.record import Actor
from backoffice.outbox.commands import give_up_call, look_up_call, send_call_again
from backoffice.outbox.models import Ask, Batch, Call, Exchange


class ExchangeInline(admin.TabularInline):
    model = Exchange
    fields = ("created_at", "path", "is_write", "status", "code", "problem", "seconds", "request", "answer")
    readonly_fields = fields
    ordering = ("-created_at", "-id")
    can_delete = False
    extra = max_num = 0
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False


@admin.register(Call)
class CallAdmin(JournalledAdmin):
    list_display = (
        "public_id",
        "operation",
        "target",
        "account",
        "state",
        "attempts",
        "looks",
        "problem",
        "due_at",
        "created_at",
    )
    list_filter = ("state",)
    list_select_related = ("account",)
    found_by = ("public_id", "target", "reference")
    staff_view = "outbox:call"
    inlines = (ExchangeInline,)
    actions = ("look_up", "send_again", "give_up")

    def has_look_up_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outbox.look_up_call")

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outbox.send_call_again")

    def has_give_up_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outbox.give_up_call")

    @admin.action(description=_("Look up now"), permissions=["look_up"])
    def look_up(self, request: HttpRequest, calls) -> None:
        self._each(request, calls, look_up_call)

    @admin.action(description=_("Send again under the same reference"), permissions=["send_again"])
    def send_again(self, request: HttpRequest, calls) -> None:
        self._each(request, calls, send_call_again)

    @admin.action(description=_("Give up"), permissions=["give_up"])
    def give_up(self, request: HttpRequest, calls) -> HttpResponse | None:
        """Asks for the reason first; without one nothing happens."""
        reason = request.POST.get("reason", "").strip()
        if not reason:
            return TemplateResponse(
                request,
                "admin/give_up.html",
                self.admin_site.each_context(request)
                | {
                    "title": _("Give up calls"),
                    "calls": calls,
                    "opts": self.model._meta,
                    "asked": "reason" in request.POST,
                    "checkbox_name": ACTION_CHECKBOX_NAME,
                },
            )
        self._each(request, calls, give_up_call, reason=reason)
        return None

    def _each(self, request: HttpRequest, calls, command: Callable, **asked: str) -> None:
        """One command per call: a rule that forbids one leaves the others alone."""
        actor, done = Actor(cast(User, request.user), via="admin"), 0
        for call in calls:
            try:
                command(actor=actor, call=call, **asked)
            except DomainError as exc:
                self.message_user(request, f"{call.public_id}: {exc.message}", messages.WARNING)
            else:
                done += 1
        if done:
            self.message_user(
                request, ngettext("Done for %(done)d call.", "Done for %(done)d calls.", done) % {"done": done}
            )


@admin.register(Exchange)
class ExchangeAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "account",
        "path",
        "is_write",
        "status",
        "code",
        "problem",
        "seconds",
        "source",
        "ref",
    )
    list_filter = ("source",)
    list_select_related = ("account",)
    found_by = ("ref",)


@admin.register(Ask)
class AskAdmin(ReadOnlyAdmin):
    """Idempotency keys; who asked again with one got the first answer."""

    list_display = ("created_at", "scope", "key", "call", "status")
    list_select_related = ("call",)


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "operation", "actor", "created_at")
    list_select_related = ("actor",)
    found_by = ("public_id",)
