from django.contrib import admin

from backoffice.exports.models import Export
from backoffice.journal.admin import JournalledAdmin


@admin.register(Export)
class ExportAdmin(JournalledAdmin):
    """Whoever had what written out; the key of the file is not shown."""

    list_display = ("public_id", "listing", "format", "person", "state", "rows", "created_at", "expires_at")
    list_filter = ("state",)
    list_select_related = ("person",)
    found_by = ("public_id",)
    exclude = ("sealed_key", "key")
