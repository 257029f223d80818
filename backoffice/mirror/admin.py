from django.contrib import admin

from backoffice.core.admin import ReadOnlyAdmin
from backoffice.mirror.models import Beat, SyncRun, Watch


@admin.register(Watch)
class WatchAdmin(ReadOnlyAdmin):
    """What is asked of a provider, and when."""

    list_display = ("kind", "object_id", "account", "why", "due_at", "asked_at", "tries", "problem")
    list_select_related = ("account",)
    found_by = ("object_id",)

    def get_ordering(self, request) -> tuple[str, ...]:
        return ("-id",)


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "account",
        "kind",
        "since",
        "state",
        "next_page",
        "seen",
        "total",
        "changed",
        "missing",
        "problem",
        "ended_at",
    )
    list_filter = ("state",)
    list_select_related = ("account",)


@admin.register(Beat)
class BeatAdmin(ReadOnlyAdmin):
    """When a worker last gave a sign of life."""

    list_display = ("name", "at")
    newest_first = "at"
