from django.contrib import admin

from backoffice.journal.admin import JournalledAdmin
from cards.models import Bin, Card, CardOrder


@admin.register(Bin)
class BinAdmin(JournalledAdmin):
    list_display = ("public_id", "__str__", "account", "state", "kind", "mode", "currency", "country", "observed_at")
    list_filter = ("state", "kind")
    list_select_related = ("account",)
    found_by = ("public_id", "provider_id", "digits")


@admin.register(Card)
class CardAdmin(JournalledAdmin):
    list_display = (
        "public_id",
        "__str__",
        "account",
        "bin",
        "state",
        "balance",
        "currency",
        "observed_at",
        "created_at",
    )
    list_filter = ("state",)
    list_select_related = ("account", "bin")
    found_by = ("public_id", "last4", "merchant_ref", "provider_id")
    staff_view = "cards:card"


@admin.register(CardOrder)
class CardOrderAdmin(JournalledAdmin):
    list_display = (
        "public_id",
        "merchant_ref",
        "account",
        "kind",
        "state",
        "amount",
        "fee",
        "total",
        "currency",
        "created_at",
    )
    list_filter = ("state", "kind")
    list_select_related = ("account",)
    found_by = ("public_id", "merchant_ref", "provider_id")
    staff_view = "cards:order"
