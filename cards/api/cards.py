"""REST: cards."""

from typing import ClassVar

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers

from backoffice.core.api import AmountOut, Count, ListParameters, MirroredOut, Moment
from backoffice.core.api.views import CountView, Endpoint, ListView, ObjectView
from backoffice.outbox.api import CallName
from backoffice.outbox.queries import WAITING, latest_calls
from cards import queries
from cards.models import Card
from cards.states import CardState


class CardOut(MirroredOut):
    """A card that exists upstream. Never its number, CVV or PIN."""

    state = serializers.ChoiceField(choices=CardState.choices)
    bin_id = serializers.CharField(source="bin.public_id", allow_null=True, default=None)
    last4 = serializers.CharField()
    expiry = serializers.CharField()
    currency = serializers.CharField()
    balance = AmountOut(allow_null=True)
    recharged = AmountOut(allow_null=True, help_text="All that was ever put on it.")
    holder_id = serializers.CharField(source="holder.public_id", allow_null=True, default=None)
    holder_provider_id = serializers.CharField(help_text="The provider's own number of the holder.")
    merchant_ref = serializers.CharField(help_text="Our number of the order that opened it.")
    note = serializers.CharField()
    call = CallName(allow_null=True, help_text="The latest of freezing, unfreezing or activating it from here.")
    in_doubt = serializers.BooleanField(help_text="Whether the provider may have acted without our knowing.")
    activated_at = Moment(allow_null=True)
    closing_at = Moment(allow_null=True)
    ended_at = Moment(allow_null=True)


class CardParameters(ListParameters):
    state = serializers.ChoiceField(required=False, choices=CardState.choices)
    bin_id = serializers.CharField(required=False, max_length=64, help_text="A BIN's id, ours or the provider's.")
    holder_id = serializers.CharField(required=False, max_length=64, help_text="A holder's id, ours or the provider's.")
    currency = serializers.CharField(required=False, max_length=8)
    last4 = serializers.CharField(required=False, max_length=4)
    merchant_ref = serializers.CharField(required=False, max_length=64)
    provider_id = serializers.CharField(required=False, max_length=64)
    search = serializers.CharField(
        required=False,
        max_length=64,
        help_text="Our id, the provider's, our reference, the last four digits, or a word of the note.",
    )


class Cards(Endpoint):
    """Cards that exist at a provider."""

    permissions: ClassVar[dict[str, str]] = {"GET": "cards.view_card"}
    serializer_class: type[serializers.BaseSerializer] = CardOut

    def rows(self) -> QuerySet[Card]:
        return queries.cards(text=self.asked.get("search", "")).select_related("holder")

    def complete(self, rows: list[Card]) -> None:
        show_cards(rows)


def show_cards(rows: list[Card]) -> None:
    """Give cards what their serializer needs beside their own fields."""
    calls = latest_calls(row.ref for row in rows)
    for row in rows:
        row.call = calls.get(row.ref)  # type: ignore[attr-defined]
        row.in_doubt = bool(row.call and row.call.state in WAITING)  # type: ignore[attr-defined]


class CardList(Cards, ListView):
    parameters = CardParameters
    renamed: ClassVar[dict[str, str]] = {"bin_id": "bin__public_id", "holder_id": "holder__public_id"}


class CardCount(CountView, CardList):
    serializer_class = Count


class CardDetail(Cards, ObjectView):
    pass


routes = [
    path("cards", CardList.as_view(), name="api-cards"),
    path("cards/count", CardCount.as_view(), name="api-cards-count"),
    path("cards/<slug:id>", CardDetail.as_view(), name="api-card"),
]
