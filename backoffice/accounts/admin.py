from django.contrib import admin

from backoffice.accounts.models import Account
from backoffice.journal.admin import JournalledAdmin


@admin.register(Account)
class AccountAdmin(JournalledAdmin):
    """What the accounts file says; its keys are not in the database."""

    list_display = ("slug", "title", "provider", "live", "listed", "paused_at", "paused_why")
    found_by = ("slug",)
