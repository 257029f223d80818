"""REST: card orders. A write is a command: it answers 202 with the order and the call to watch."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.core.api import AmountOut, Count, ListParameters, MirroredOut, Moment
from backoffice.core.api.views import CountView, Endpoint, ListView, ObjectView
from backoffice.core.refs import ref_pk
from backoffice.outbox.api import DRY_RUN, IDEMPOTENCY_KEY, BatchOut, CallName, accept, rehearse, repeated, show_calls
from backoffice.outbox.models import Batch, Call
from backoffice.outbox.queries import WAITING, latest_calls
from cards import queries
from cards.api.issuing import IssueCardIn, issue_quoted
from cards.api.quoting import DryRun, QuoteOut
from cards.commands import issue_card, issue_cards
from cards.models import CardOrder
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
    holder_id = serializers.CharField(allow_null=True, help_text="Null where there is none, or none that we know.")
    holder_provider_id = serializers.CharField(help_text="The provider's own number of the holder.")
    note = serializers.CharField()
    maker = serializers.CharField(source="maker.username", allow_null=True, default=None)
    call = CallName(allow_null=True, help_text="Null on what was not asked for here.")
    in_doubt = serializers.BooleanField(help_text="Whether the provider may have acted without our knowing.")
    ended_at = Moment(allow_null=True)


class BatchIssued(serializers.Serializer):
    """Several cards, each with an order and a call of its own."""

    batch = BatchOut()


ISSUED = PolymorphicProxySerializer("Issued", [CardOrderOut, BatchIssued], resource_type_field_name=None)


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


class CardOrders(Endpoint):
    """Operations on cards, newest first: ours, and those that the provider tells of."""

    permissions: ClassVar[dict[str, str]] = {"GET": "cards.view_cardorder", "POST": "cards.issue_card"}
    serializer_class: type[serializers.BaseSerializer] = CardOrderOut
    field_names: ClassVar[dict[str, str]] = {"bin": "bin_id", "wallet": "wallet_id"}

    def rows(self) -> QuerySet[CardOrder]:
        return queries.orders(text=self.asked.get("search", ""))

    def complete(self, rows: list[CardOrder]) -> None:
        show_orders(rows)


def show_orders(rows: list[CardOrder]) -> None:
    """Give orders what their serializer needs beside their own fields."""
    calls = latest_calls(row.ref for row in rows)
    holders = queries.holder_ids((row.account_id, row.holder_provider_id) for row in rows)
    for row in rows:
        row.call = calls.get(row.ref)  # type: ignore[attr-defined]
        row.in_doubt = bool(row.call and row.call.state in WAITING)  # type: ignore[attr-defined]
        row.holder_id = holders.get((row.account_id, row.holder_provider_id))  # type: ignore[attr-defined]


def answer_order(call: Call) -> dict[str, Any]:
    """What a command that makes an order answers with."""
    order = queries.orders().get(pk=ref_pk(call.target))
    show_orders([order])
    return CardOrderOut(order).data


def answer_batch(batch: Batch) -> dict[str, Any]:
    show_calls(batch)
    return BatchIssued({"batch": batch}).data


class CardOrderList(CardOrders, ListView):
    parameters = CardOrderParameters
    post_parameters = DryRun
    answers: ClassVar[dict[str, dict[int, Any]]] = {"POST": {200: QuoteOut, 202: ISSUED}}
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
        """Issue a card, or with `quantity` a batch of them: 202 with the order (or the batch) and the call to watch."""
        if not self.asked["dry_run"] and (earlier := repeated(request)):
            return earlier
        form = IssueCardIn(data=request.data, context={"request": request})
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        command, answer = (issue_cards, answer_batch) if "quantity" in asked else (issue_card, answer_order)
        if self.asked["dry_run"]:
            rehearse(request, command, asked)
            return Response(QuoteOut(issue_quoted(asked)).data)
        return accept(request, command, asked, answer)


class CardOrderCount(CountView, CardOrders, ListView):
    parameters = CardOrderParameters
    renamed = CardOrderList.renamed
    serializer_class = Count


class CardOrderDetail(CardOrders, ObjectView):
    pass


routes = [
    path("card-orders", CardOrderList.as_view(), name="api-card-orders"),
    path("card-orders/count", CardOrderCount.as_view(), name="api-card-orders-count"),
    path("card-orders/<slug:id>", CardOrderDetail.as_view(), name="api-card-order"),
]
