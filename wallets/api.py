"""REST: wallets and what is free in them."""

from typing import ClassVar

from django.db.models import Q, QuerySet
from django.urls import path
from rest_framework import serializers

from backoffice.core.api import AmountOut, Count, ListParameters, MirroredOut
from backoffice.core.api.views import CountView, Endpoint, ListView, ObjectView
from wallets.models import Wallet
from wallets.queries import funds_of, wallets
from wallets.states import WalletState


class WalletOut(MirroredOut):
    """A wallet at a provider."""

    state = serializers.ChoiceField(choices=WalletState.choices)
    currency = serializers.CharField()
    balance = AmountOut(allow_null=True, help_text="What the provider says is available.")
    frozen_balance = AmountOut(allow_null=True, help_text="What the provider's open orders hold.")
    reserved = AmountOut(help_text="What our calls hold whose outcome the balance does not tell yet.")
    free = AmountOut(allow_null=True, help_text="Balance less reserved.")


class WalletParameters(ListParameters):
    state = serializers.ChoiceField(required=False, choices=WalletState.choices)
    currency = serializers.CharField(required=False, max_length=8)
    provider_id = serializers.CharField(required=False, max_length=64)
    search = serializers.CharField(required=False, max_length=64, help_text="A wallet's id or the provider's number.")


class Wallets(Endpoint):
    """Wallets at a provider, and what is free in them."""

    permissions: ClassVar[dict[str, str]] = {"GET": "wallets.view_wallet"}
    serializer_class: type[serializers.BaseSerializer] = WalletOut

    def rows(self) -> QuerySet[Wallet]:
        text = self.asked.get("search")
        return wallets().filter(Q(public_id=text) | Q(provider_id=text)) if text else wallets()

    def complete(self, rows: list[Wallet]) -> None:
        funds = funds_of(rows)
        for wallet in rows:
            wallet.reserved, wallet.free = funds[wallet.pk].reserved, funds[wallet.pk].free  # type: ignore[attr-defined]


class WalletList(Wallets, ListView):
    parameters = WalletParameters


class WalletCount(CountView, WalletList):
    serializer_class = Count


class WalletDetail(Wallets, ObjectView):
    pass


routes = [
    path("wallets", WalletList.as_view(), name="api-wallets"),
    path("wallets/count", WalletCount.as_view(), name="api-wallets-count"),
    path("wallets/<slug:id>", WalletDetail.as_view(), name="api-wallet"),
]
