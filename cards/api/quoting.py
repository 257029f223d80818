"""REST: what a write would cost and do, told without storing or sending anything."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from backoffice.core.api import Strict
from backoffice.core.money import plain
from cards.models import Card
from cards.quotes import OrderQuote
from cards.turns import closing_fee
from wallets.models import Wallet


class DryRun(Strict):
    dry_run = serializers.BooleanField(required=False, default=False)


class WalletQuote(serializers.Serializer):
    id = serializers.CharField()
    free_before = serializers.CharField(allow_null=True)
    free_after = serializers.CharField(allow_null=True)


@extend_schema_serializer(component_name="Quote")
class QuoteOut(serializers.Serializer):
    """What a request would cost and do; nothing was stored or sent."""

    dry_run = serializers.BooleanField()
    currency = serializers.CharField()
    amount = serializers.CharField(help_text="What each card receives.")
    fee = serializers.CharField(help_text="For each card.")
    total = serializers.CharField(help_text="For each card.")
    quantity = serializers.IntegerField()
    all_totals = serializers.CharField(help_text="What the wallet pays.")
    wallet = WalletQuote()
    held = serializers.BooleanField(help_text="Whether it would wait for approval.")
    rules = serializers.ListField(child=serializers.CharField(), help_text="The approval rules that would hold it.")


@extend_schema_serializer(component_name="ClosingQuote")
class ClosingQuoteOut(serializers.Serializer):
    """What closing a card would cost and bring back, null where unknown; nothing was stored or sent."""

    dry_run = serializers.BooleanField()
    currency = serializers.CharField()
    balance = serializers.CharField(allow_null=True)
    fee = serializers.CharField(allow_null=True)
    returned = serializers.CharField(allow_null=True, help_text="What the wallet gets.")
    held = serializers.BooleanField(help_text="Whether it would wait for approval.")
    rules = serializers.ListField(child=serializers.CharField(), help_text="The approval rules that would hold it.")


def quoted(quote: OrderQuote, wallet: Wallet) -> dict[str, Any]:
    def text(amount: Decimal | None) -> str | None:
        return _text(amount, quote.currency)

    return {
        "dry_run": True,
        "currency": quote.currency,
        "amount": text(quote.amount),
        "fee": text(quote.fee),
        "total": text(quote.total),
        "quantity": quote.quantity,
        "all_totals": text(quote.all_totals),
        "wallet": {"id": wallet.public_id, "free_before": text(quote.funds.free), "free_after": text(quote.free_after)},
        "held": False,
        "rules": [],
    }


def closing_quoted(card: Card) -> dict[str, Any]:
    fee = closing_fee(card)
    returned = None if fee is None or card.balance is None else card.balance - fee
    return {
        "dry_run": True,
        "currency": card.currency,
        "balance": _text(card.balance, card.currency),
        "fee": _text(fee, card.currency),
        "returned": _text(returned, card.currency),
        "held": False,
        "rules": [],
    }


def _text(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else plain(amount, currency)
