from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from backoffice.journal.admin import JournalledAdmin
from cards.models import Bin, Card, CardOrder, Holder


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


@admin.register(Holder)
class HolderAdmin(JournalledAdmin):
    """Who a holder is is not shown here, not even sealed; the screen where people work asks what for."""

    list_display = ("public_id", "__str__", "account", "state", "country", "bin", "observed_at", "created_at")
    list_filter = ("state",)
    list_select_related = ("account", "bin")
    found_by = ("public_id", "merchant_ref", "provider_id")
    staff_view = "cards:holder"

    def get_fields(self, request: HttpRequest, obj=None) -> Any:
        return [name for name in super().get_fields(request, obj) if name not in Holder.sealed_facts]


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
