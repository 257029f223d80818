"""Cards, orders and holders as files: the columns of their lists. Never a card's number, never who a holder is."""

from django.db.models import Case, CharField, Count, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Concat, Trim
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.exports import cells
from backoffice.exports.cells import Amount, Columns, Moment, Text, account_name, either, person_name, words
from backoffice.exports.lists import Exportable, add_exportable
from backoffice.outbox.queries import open_call_words
from cards import lists, presenting, queries
from cards.columns import CARDS, ORDERS
from cards.forms import CardFilter, OrderFilter
from cards.holder_forms import HolderFilter
from cards.models import Bin, Card, CardKind, CardMode, CardOrder, Holder
from cards.states import CardState, HolderState, OrderState

CURRENCY = Text(gettext_lazy("Currency"), "currency")


# --- cards ------------------------------------------------------------------------------------------------------------


def card_columns() -> Columns:
    return {
        "state": [Text(gettext_lazy("State"), words("state", CardState.choices))],
        "card": [Text(gettext_lazy("Card"), _card()), Text(gettext_lazy("Network"), _network())],
        "note": [Text(gettext_lazy("Label"), "note")],
        "product": [Text(gettext_lazy("Product"), _product())],
        "kind": [Text(gettext_lazy("Type"), words("bin__kind", CardKind.choices))],
        "mode": [Text(gettext_lazy("Mode"), words("bin__mode", CardMode.choices))],
        "account": [Text(gettext_lazy("Account"), account_name())],
        "balance": [Amount(gettext_lazy("Available"), "balance"), CURRENCY],
        "recharged": [Amount(gettext_lazy("Recharged"), "recharged"), CURRENCY],
        "as-of": [Moment(gettext_lazy("Balance as of"), "observed_at")],
        "expiry": [Text(gettext_lazy("Expires"), "expiry")],
        "their-number": [Text(gettext_lazy("Their number"), "provider_id")],
        "our-number": [Text(gettext_lazy("Our id"), "public_id")],
        "activated": [Moment(gettext_lazy("Activated"), "activated_at")],
        "created": [Moment(gettext_lazy("Created"), "created_at")],
    }


def card_rows(request: HttpRequest):
    return queries.cards(view=lists.view_of(request, lists.CARD_TABS), **lists.asked_of(CardFilter(request)))


# --- orders -----------------------------------------------------------------------------------------------------------


def order_columns() -> Columns:
    card = Case(When(card__isnull=False, then=_card("card")), default=_product(), output_field=CharField())
    variance = Amount(gettext_lazy("Variance"), "fee", less="quoted_fee")
    underway = Case(When(state__in=queries.UNSETTLED, then=F("created_at")))
    return {
        "state": [
            Text(gettext_lazy("State"), words("state", OrderState.choices)),
            Text(gettext_lazy("Progress"), open_call_words(CardOrder)),
        ],
        "number": [Text(gettext_lazy("Our number"), either("merchant_ref", "provider_id"))],
        "kind": [Text(gettext_lazy("Kind"), words("kind", CardOrder.Kind.choices))],
        "card": [Text(gettext_lazy("Card"), card), Text(gettext_lazy("Label"), "note")],
        "their-number": [Text(gettext_lazy("Their number"), "provider_id")],
        "amount": [Amount(gettext_lazy("Amount"), "amount"), CURRENCY],
        "quoted": [Amount(gettext_lazy("Fee quoted"), "quoted_fee"), CURRENCY],
        "fee": [Amount(gettext_lazy("Fee charged"), "fee"), CURRENCY],
        "variance": [variance, CURRENCY],
        "total": [Amount(gettext_lazy("Total"), Coalesce("total", "quoted_total")), CURRENCY],
        "wallet": [Text(gettext_lazy("Wallet"), _wallet())],
        "maker": [Text(gettext_lazy("Maker"), person_name("maker", _("at the provider")))],
        "age": [Moment(gettext_lazy("Under way since"), underway)],
        "ended": [Moment(gettext_lazy("Ended"), "ended_at")],
        "reason": [Text(gettext_lazy("Reason"), "reason")],
        "account": [Text(gettext_lazy("Account"), account_name())],
        "created": [Moment(gettext_lazy("Created"), "created_at")],
    }


def order_rows(request: HttpRequest):
    return queries.orders(view=lists.view_of(request, lists.ORDER_TABS), **lists.asked_of(OrderFilter(request)))


# --- holders ----------------------------------------------------------------------------------------------------------


def holder_columns() -> Columns:
    """Nothing of the person, not even what the screen shows masked, nor the country."""
    counted = Card.objects.filter(holder=OuterRef("pk")).order_by().values("holder")
    every, active = (
        Subquery(counted.annotate(found=found).values("found"), output_field=IntegerField())
        for found in (Count("pk"), Count("pk", filter=Q(state=CardState.ACTIVE)))
    )
    return {
        "state": [
            Text(gettext_lazy("State"), words("state", HolderState.choices)),
            Text(gettext_lazy("Progress"), open_call_words(Holder)),
        ],
        "name": [Text(gettext_lazy("Our id"), "public_id")],
        "country": [],
        "product": [Text(gettext_lazy("Registered for"), _product())],
        "cards": [
            cells.Count(gettext_lazy("Cards active"), Coalesce(active, 0)),
            cells.Count(gettext_lazy("Cards"), Coalesce(every, 0)),
        ],
        "their-number": [Text(gettext_lazy("Their number"), "provider_id")],
        "account": [Text(gettext_lazy("Account"), account_name())],
        "created": [Moment(gettext_lazy("Created"), "created_at")],
    }


def holder_rows(request: HttpRequest):
    return queries.holders(view=lists.view_of(request, lists.HOLDER_TABS), **lists.asked_of(HolderFilter(request)))


# --- parts ------------------------------------------------------------------------------------------------------------


def _card(card: str = "") -> Combinable:
    near = f"{card}__" if card else ""
    last4 = Concat(Value("•• "), f"{near}last4", output_field=CharField())
    return Case(When(**{f"{near}last4": ""}, then=F(f"{near}provider_id")), default=last4, output_field=CharField())


def _network() -> Combinable:
    """The words for each network that there is; there are a few."""
    known = Bin.objects.order_by().values_list("network", flat=True).distinct()
    return words("bin__network", [(name, presenting.network(name)) for name in known])


def _product() -> Combinable:
    named = Trim(Concat(_network(), Value(" "), "bin__digits", output_field=CharField()))
    return Case(When(bin__isnull=False, then=named), default=F("bin_provider_id"), output_field=CharField())


def _wallet() -> Combinable:
    name = Concat("wallet__currency", Value(" "), "wallet__account__title", output_field=CharField())
    return Case(When(wallet__isnull=False, then=name), output_field=CharField())


for known, rows, columns in ((CARDS, card_rows, card_columns), (ORDERS, order_rows, order_columns)):
    add_exportable(
        Exportable(
            slug=known.slug,
            label=known.label,
            view=known.view,
            permission=known.permission,
            rows=rows,
            columns=columns,
        )
    )
add_exportable(
    Exportable(
        slug="holders",
        label=gettext_lazy("Holders"),
        view="cards:holders",
        permission="cards.view_holder",
        rows=holder_rows,
        columns=holder_columns,
    )
)
