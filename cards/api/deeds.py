"""REST: what may be asked for a card that exists. Each is a command: 202 with the object and the call to watch."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.core.api import AmountIn, Strict, Text
from backoffice.core.api.views import Endpoint
from backoffice.core.errors import DomainError
from backoffice.core.money import digits, exact
from backoffice.core.refs import ref_pk
from backoffice.outbox.api import DRY_RUN, IDEMPOTENCY_KEY, accept, accept_in_person, rehearse, repeated
from backoffice.outbox.models import Call
from cards import queries
from cards.activation import activate_in_person
from cards.api.cards import CardOut, show_cards
from cards.api.named import field_error, wallet_named
from cards.api.orders import CardOrderOut, answer_order
from cards.api.quoting import ClosingQuoteOut, DryRun, QuoteOut, closing_quoted, quoted
from cards.commands import close_card, freeze_card, recharge_card, unfreeze_card
from cards.models import Card
from cards.recharging import amount_for_total, quote_recharge


class CardDeed(Endpoint):
    """Something that is asked for one card."""

    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    body: ClassVar[type[Strict]]

    def rows(self) -> QuerySet[Card]:
        return queries.cards()

    def asked_for(self, request: Request) -> tuple[Card, dict[str, Any]]:
        card = self.get_object()
        form = self.body(data=request.data, context={"request": request, "card": card})
        form.is_valid(raise_exception=True)
        return card, form.validated_data


def answer_card(call: Call) -> dict[str, Any]:
    card = queries.cards().select_related("holder").get(pk=ref_pk(call.target))
    show_cards([card])
    return CardOut(card).data


class Why(Strict):
    reason = Text(max_length=200, required=False, allow_blank=True)


class Freeze(CardDeed):
    permissions: ClassVar[dict[str, str]] = {"POST": "cards.freeze_card"}
    answers: ClassVar[dict[str, dict[int, Any]]] = {"POST": {202: CardOut}}
    body = Why

    @extend_schema(operation_id="freeze_card", request=Why, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, id: str) -> Response:
        """Stop all spending with the card. It stays `active` here until the provider says that it is frozen."""
        if earlier := repeated(request):
            return earlier
        card, asked = self.asked_for(request)
        return accept(request, freeze_card, {"card": card, **asked}, answer_card)


class Unfreeze(CardDeed):
    permissions: ClassVar[dict[str, str]] = {"POST": "cards.unfreeze_card"}
    answers: ClassVar[dict[str, dict[int, Any]]] = {"POST": {202: CardOut}}
    body = Why

    @extend_schema(operation_id="unfreeze_card", request=Why, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, id: str) -> Response:
        """Let a frozen card spend again."""
        if earlier := repeated(request):
            return earlier
        card, asked = self.asked_for(request)
        return accept(request, unfreeze_card, {"card": card, **asked}, answer_card)


class ActivateIn(Strict):
    """Neither is stored anywhere: they are sent to the provider while you wait."""

    code = Text(max_length=32, required=False, allow_blank=True, write_only=True)
    pin = Text(max_length=12, required=False, allow_blank=True, write_only=True)


class Activate(CardDeed):
    permissions: ClassVar[dict[str, str]] = {"POST": "cards.activate_card"}
    answers: ClassVar[dict[str, dict[int, Any]]] = {"POST": {202: CardOut}}
    body = ActivateIn

    @extend_schema(operation_id="activate_card", request=ActivateIn, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, id: str) -> Response:
        """Bring a card into use. Code and PIN are sent at once and kept nowhere; a repeat is not held against them."""
        card, asked = self.asked_for(request)
        return accept_in_person(request, activate_in_person, {"card": card, **asked}, answer_card)


class RechargeIn(Strict):
    """Either `amount`, which the card receives, or `wallet_pays`, of which the fee is taken."""

    amount = AmountIn(required=False)
    wallet_pays = AmountIn(required=False)
    currency = Text(max_length=8, required=False, help_text="The card's currency; another one is refused.")
    wallet_id = Text(
        max_length=64,
        required=False,
        help_text="Of the wallet that pays, ours or the provider's own; may be left out where only one can.",
    )
    note = Text(max_length=64, required=False, allow_blank=True)
    again = serializers.BooleanField(
        required=False, help_text="A second recharge of the same amount within ten minutes is meant."
    )

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        card: Card = self.context["card"]
        if ("amount" in asked) == ("wallet_pays" in asked):
            raise field_error("amount", _("Give either amount or wallet_pays."), "one_of")
        currency = card.bin.currency if card.bin else card.currency
        if asked.pop("currency", currency) != currency:
            raise DomainError(
                _("This card is in %(currency)s.") % {"currency": currency}, code="wrong_currency", field="currency"
            )
        text = asked.pop("wallet_id", "")
        wallet = wallet_named(self.context["request"], text, account=card.account, currency=currency)
        if (total := asked.pop("wallet_pays", None)) is not None:
            asked["amount"] = _received(card, total, currency)
        return asked | {"wallet": wallet}


class Recharge(CardDeed):
    permissions: ClassVar[dict[str, str]] = {"POST": "cards.recharge_card"}
    answers: ClassVar[dict[str, dict[int, Any]]] = {"POST": {200: QuoteOut, 202: CardOrderOut}}
    field_names: ClassVar[dict[str, str]] = {"wallet": "wallet_id"}
    post_parameters = DryRun
    body = RechargeIn

    @extend_schema(operation_id="recharge_card", request=RechargeIn, parameters=[IDEMPOTENCY_KEY, DRY_RUN])
    def post(self, request: Request, id: str) -> Response:
        """Put money on the card: 202 with the order and the call to watch; with `dry_run`, 200 with the quote."""
        if not self.asked["dry_run"] and (earlier := repeated(request)):
            return earlier
        card, asked = self.asked_for(request)
        if not self.asked["dry_run"]:
            return accept(request, recharge_card, {"card": card, **asked}, answer_order)
        rehearse(request, recharge_card, {"card": card, **asked})
        quote = quote_recharge(card=card, wallet=asked["wallet"], amount=asked["amount"])
        return Response(QuoteOut(quoted(quote, asked["wallet"])).data)


class Close(CardDeed):
    permissions: ClassVar[dict[str, str]] = {"POST": "cards.close_card"}
    answers: ClassVar[dict[str, dict[int, Any]]] = {"POST": {200: ClosingQuoteOut, 202: CardOrderOut}}
    post_parameters = DryRun
    body = Why

    @extend_schema(operation_id="close_card", request=Why, parameters=[IDEMPOTENCY_KEY, DRY_RUN])
    def post(self, request: Request, id: str) -> Response:
        """Close the card for good; what is left on it returns to the wallet, less the provider's closing fee."""
        if not self.asked["dry_run"] and (earlier := repeated(request)):
            return earlier
        card, asked = self.asked_for(request)
        if self.asked["dry_run"]:
            rehearse(request, close_card, {"card": card, **asked})
            return Response(ClosingQuoteOut(closing_quoted(card)).data)
        return accept(request, close_card, {"card": card, **asked}, answer_order)


def _received(card: Card, total: Any, currency: str) -> Any:
    if not exact(total, currency):
        raise DomainError(
            _("%(currency)s amounts have %(digits)d decimals.") % {"currency": currency, "digits": digits(currency)},
            code="too_many_decimals",
            field="wallet_pays",
        )
    try:
        return amount_for_total(card=card, total=total)
    except DomainError as exc:
        exc.field = "wallet_pays" if exc.field == "amount" else exc.field
        raise


routes = [
    path("cards/<slug:id>/recharge", Recharge.as_view(), name="api-card-recharge"),
    path("cards/<slug:id>/freeze", Freeze.as_view(), name="api-card-freeze"),
    path("cards/<slug:id>/unfreeze", Unfreeze.as_view(), name="api-card-unfreeze"),
    path("cards/<slug:id>/activate", Activate.as_view(), name="api-card-activate"),
    path("cards/<slug:id>/close", Close.as_view(), name="api-card-close"),
]
