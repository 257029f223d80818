"""REST: what asks for new cards, and what they would cost."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from backoffice.core.api import AmountIn, Strict, Text
from backoffice.core.errors import DomainError
from cards import queries
from cards.api.named import account_named, holder_number, row_named, wallet_named
from cards.api.quoting import quoted
from cards.quotes import quote_issue


class Delivery(Strict):
    """Where a physical card is sent."""

    name = Text(max_length=64)
    phone = Text(max_length=32)
    country = Text(max_length=2, min_length=2)
    city = Text(max_length=64)
    address = Text(max_length=200)
    postcode = Text(max_length=16, required=False)


class IssueCardIn(Strict):
    """What a new card needs. `amount` is what the card receives; the fee comes on top."""

    account = Text(max_length=40, required=False, help_text="The slug of the BIN's account.")
    bin_id = Text(max_length=64, help_text="A BIN's id, ours or the provider's own.")
    wallet_id = Text(
        max_length=64,
        required=False,
        help_text="Of the wallet that pays, ours or the provider's own; may be left out where only one can.",
    )
    amount = AmountIn()
    currency = Text(max_length=8, required=False, help_text="The BIN's currency; another one is refused.")
    quantity = serializers.IntegerField(
        required=False, min_value=1, max_value=100, help_text="So many equal cards, as one batch: all of them or none."
    )
    holder_id = Text(
        max_length=64, required=False, allow_blank=True, help_text="A holder's id, ours or the provider's own."
    )
    note = Text(max_length=64, required=False, allow_blank=True)
    delivery = Delivery(required=False)

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        request = self.context["request"]
        account = account_named(request, asked.pop("account")) if "account" in asked else None
        bin = row_named(queries.bins(), request, "bin_id", asked.pop("bin_id"), account=account)
        if asked.pop("currency", bin.currency) != bin.currency:
            raise DomainError(
                _("This BIN is in %(currency)s.") % {"currency": bin.currency}, code="wrong_currency", field="currency"
            )
        wallet = wallet_named(request, asked.pop("wallet_id", ""), account=bin.account, currency=bin.currency)
        if "holder_id" in asked:
            asked["holder_id"] = holder_number(request, asked["holder_id"], account=bin.account)
        return asked | {"bin": bin, "wallet": wallet}


def issue_quoted(asked: dict[str, Any]) -> dict[str, Any]:
    bin, wallet = asked["bin"], asked["wallet"]
    quote = quote_issue(bin=bin, wallet=wallet, amount=asked["amount"], quantity=asked.get("quantity", 1))
    return quoted(quote, wallet)
