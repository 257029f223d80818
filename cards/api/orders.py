"""REST: card orders. A write is a command: it answers 202 with the order and the call to watch."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.core.api import AmountIn, AmountOut, Count, ListParameters, MirroredOut, Moment, Strict, Text
from backoffice.core.api.views import CountView, Endpoint, ListView, ObjectView
from backoffice.core.errors import DomainError
from backoffice.core.money import plain
from backoffice.core.refs import ref_pk
from backoffice.outbox.api import DRY_RUN, IDEMPOTENCY_KEY, CallName, accept
from backoffice.outbox.models import Call
from backoffice.outbox.queries import WAITING, latest_calls
from cards import queries
from cards.api.named import account_named, row_named, wallet_named
from cards.commands import issue_card
from cards.models import CardOrder
from cards.quotes import IssueQuote, quote_issue, require_issuable
from cards.states import OrderState


class CardOrderOut(MirroredOut):
    """An operation on a card: what was asked, what it was to cost, what was charged, and how far it is."""

    kind = serializers.ChoiceField(choices=CardOrder.Kind.choices)
    merchant_ref = serializers.CharField(help_text="Our own number; empty on what is not ours.")
    state = serializers.ChoiceField(choices=OrderState.choices)
    currency = serializers.CharField()
    amount = AmountOut(allow_null=True, help_text="What the card receives.")
    fee = AmountOut(allow_null=True, help_text="What was charged.")
    total = AmountOut(allow_null=True, help_text="What the wallet paid.")
    quoted_fee = AmountOut(allow_null=True)
    quoted_total = AmountOut(allow_null=True)
    reason = serializers.CharField(help_text="Why it failed, in the provider's words.")
    bin_id = serializers.CharField(source="bin.public_id", allow_null=True, default=None)
    wallet_id = serializers.CharField(source="wallet.public_id", allow_null=True, default=None)
    card_id = serializers.CharField(
        source="card.public_id", allow_null=True, default=None, help_text="Null until it exists."
    )
    holder_id = serializers.CharField(source="holder_provider_id")
    note = serializers.CharField()
    maker = serializers.CharField(source="maker.username", allow_null=True, default=None)
    call = CallName(allow_null=True, help_text="Null on what was not asked for here.")
    in_doubt = serializers.BooleanField(help_text="Whether the provider may have acted without our knowing.")
    ended_at = Moment(allow_null=True)


class CardOrderParameters(ListParameters):
    state = serializers.ChoiceField(required=False, choices=OrderState.choices)
    kind = serializers.ChoiceField(required=False, choices=CardOrder.Kind.choices)
    currency = serializers.CharField(required=False, max_length=8)
    bin_id = serializers.CharField(required=False, max_length=64, help_text="A BIN's id, ours or the provider's.")
    wallet_id = serializers.CharField(required=False, max_length=64, help_text="A wallet's id, ours or the provider's.")
    card_id = serializers.CharField(required=False, max_length=64, help_text="A card's id, ours or the provider's.")
    merchant_ref = serializers.CharField(required=False, max_length=64)
    provider_id = serializers.CharField(required=False, max_length=64)
    search = serializers.CharField(
        required=False,
        max_length=64,
        help_text="Our id, the provider's, our reference, a card's last four digits, or a word of the note.",
    )


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
    holder_id = Text(max_length=64, required=False, allow_blank=True)
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
        return asked | {"bin": bin, "wallet": wallet}


class WalletQuote(serializers.Serializer):
    id = serializers.CharField()
    free_before = serializers.CharField(allow_null=True)
    free_after = serializers.CharField(allow_null=True)


class IssueQuoteOut(serializers.Serializer):
    """What an issue would cost and do; nothing was stored or sent."""

    dry_run = serializers.BooleanField()
    currency = serializers.CharField()
    amount = serializers.CharField()
    fee = serializers.CharField()
    total = serializers.CharField()
    wallet = WalletQuote()
    held = serializers.BooleanField(help_text="Whether it would wait for approval.")
    rules = serializers.ListField(child=serializers.CharField(), help_text="The approval rules that would hold it.")


class CardOrders(Endpoint):
    """Operations on cards, newest first: ours, and those that the provider tells of."""

    permissions: ClassVar[dict[str, str]] = {"GET": "cards.view_cardorder", "POST": "cards.issue_card"}
    serializer_class: type[serializers.BaseSerializer] = CardOrderOut
    field_names: ClassVar[dict[str, str]] = {"bin": "bin_id", "wallet": "wallet_id"}

    def rows(self) -> QuerySet[CardOrder]:
        return queries.orders(text=self.asked.get("search", ""))

    def complete(self, rows: list[CardOrder]) -> None:
        calls = latest_calls(row.ref for row in rows)
        for row in rows:
            row.call = calls.get(row.ref)  # type: ignore[attr-defined]
            row.in_doubt = bool(row.call and row.call.state in WAITING)  # type: ignore[attr-defined]


class DryRun(Strict):
    dry_run = serializers.BooleanField(required=False, default=False)


class CardOrderList(CardOrders, ListView):
    parameters = CardOrderParameters
    post_parameters = DryRun
    answers: ClassVar[dict[str, dict[int, type]]] = {"POST": {200: IssueQuoteOut, 202: CardOrderOut}}
    renamed: ClassVar[dict[str, str]] = {
        "bin_id": "bin__public_id",
        "wallet_id": "wallet__public_id",
        "card_id": "card__public_id",
    }

    @extend_schema(
        operation_id="issue_card",
        request=IssueCardIn,
        parameters=[IDEMPOTENCY_KEY, DRY_RUN],
    )
    def post(self, request: Request) -> Response:
        """Issue a card: 202 with the order and the call to watch; with `dry_run`, 200 with the quote."""
        form = IssueCardIn(data=request.data, context={"request": request})
        form.is_valid(raise_exception=True)
        if self.asked["dry_run"]:
            return Response(IssueQuoteOut(_quote(form.validated_data)).data)
        return accept(request, issue_card, form.validated_data, self._answer)

    def _answer(self, call: Call) -> dict[str, Any]:
        order = queries.orders().get(pk=ref_pk(call.target))
        self.complete([order])
        return CardOrderOut(order).data


class CardOrderCount(CountView, CardOrders, ListView):
    parameters = CardOrderParameters
    renamed = CardOrderList.renamed
    serializer_class = Count


class CardOrderDetail(CardOrders, ObjectView):
    pass


def _quote(asked: dict[str, Any]) -> dict[str, Any]:
    bin, wallet = asked["bin"], asked["wallet"]
    quote: IssueQuote = quote_issue(bin=bin, wallet=wallet, amount=asked["amount"])
    require_issuable(bin=bin, wallet=wallet, quote=quote, holder_id=asked.get("holder_id", ""))

    def text(amount):
        return None if amount is None else plain(amount, quote.currency)

    return {
        "dry_run": True,
        "currency": quote.currency,
        "amount": text(quote.amount),
        "fee": text(quote.fee),
        "total": text(quote.total),
        "wallet": {"id": wallet.public_id, "free_before": text(quote.funds.free), "free_after": text(quote.free_after)},
        "held": False,
        "rules": [],
    }


routes = [
    path("card-orders", CardOrderList.as_view(), name="api-card-orders"),
    path("card-orders/count", CardOrderCount.as_view(), name="api-card-orders-count"),
    path("card-orders/<slug:id>", CardOrderDetail.as_view(), name="api-card-order"),
]
