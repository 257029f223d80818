from django.contrib import admin

from backoffice.journal.admin import JournalledAdmin
from wallets.models import Wallet


@admin.register(Wallet)
class WalletAdmin(JournalledAdmin):
    list_display = ("public_id", "account", "currency", "state", "balance", "frozen_balance", "observed_at")
    list_filter = ("state",)
    list_select_related = ("account",)
    found_by = ("public_id", "provider_id")
    staff_view = "wallets:wallet"
