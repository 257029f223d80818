from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from backoffice.core.admin import ReadOnlyAdmin
from backoffice.core.refs import ref
from backoffice.journal.models import JournalEntry

SHOWN = 50


class JournalledAdmin(ReadOnlyAdmin):
    """A row's page ends with what happened to it, newest first."""

    change_form_template = "admin/journalled.html"

    def render_change_form(
        self, request: HttpRequest, context: dict, add=False, change=False, form_url="", obj=None
    ) -> HttpResponse:
        context["journal"] = (
            JournalEntry.objects.filter(ref=ref(obj)).select_related("actor").order_by("-created_at", "-id")[:SHOWN]
        )
        return super().render_change_form(request, context, add, change, form_url, obj)


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "verb", "ref", "account", "source", "actor", "via", "old", "new")
    list_filter = ("source",)
    list_select_related = ("actor",)
    found_by = ("public_id", "ref")
