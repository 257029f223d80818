"""REST: card products."""

from decimal import Decimal
from typing import ClassVar

from django.db.models import Q, QuerySet
from django.urls import path
from rest_framework import serializers

from backoffice.core.api import AmountOut, Count, ListParameters, MirroredOut, Moment
from backoffice.core.api.views import CountView, Endpoint, ListView, ObjectView
from backoffice.core.money import plain
from backoffice.providers.snapshots import FeeCharge
from cards import fees, queries
from cards.models import Bin, CardKind, CardMode
from cards.states import BinState


class FeeOut(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    charge = serializers.CharField(help_text="`fixed`: the value is an amount; `rate`: 0.01 is 1 %.")
    value = serializers.CharField()
    minimum = serializers.CharField(allow_null=True)
    maximum = serializers.CharField(allow_null=True)


class BinOut(MirroredOut):
    """A card product, its fees and its limits."""

    state = serializers.ChoiceField(choices=BinState.choices)
    digits = serializers.CharField()
    name = serializers.CharField()
    network = serializers.CharField()
    country = serializers.CharField()
    currency = serializers.CharField()
    kind = serializers.ChoiceField(choices=CardKind.choices)
    mode = serializers.ChoiceField(choices=CardMode.choices)
    needs_holder = serializers.BooleanField()
    notes = serializers.CharField()
    fees = FeeOut(source="shown_fees", many=True, allow_null=True, help_text="Null until the provider told them.")
    open_min = AmountOut(allow_null=True)
    open_max = AmountOut(allow_null=True)
    recharge_min = AmountOut(allow_null=True)
    recharge_max = AmountOut(allow_null=True)
    card_max_balance = AmountOut(allow_null=True)
    trade_single_max = AmountOut(allow_null=True)
    trade_day_max = AmountOut(allow_null=True)
    trade_month_max = AmountOut(allow_null=True)
    max_card_count = serializers.IntegerField(allow_null=True)
    forbidden_countries = serializers.ListField(child=serializers.CharField())
    forbidden_mccs = serializers.ListField(child=serializers.CharField())
    fees_observed_at = Moment(allow_null=True)
    limits_observed_at = Moment(allow_null=True)


class BinParameters(ListParameters):
    state = serializers.ChoiceField(required=False, choices=BinState.choices)
    kind = serializers.ChoiceField(required=False, choices=CardKind.choices)
    currency = serializers.CharField(required=False, max_length=8)
    network = serializers.CharField(required=False, max_length=24)
    digits = serializers.CharField(required=False, max_length=8)
    provider_id = serializers.CharField(required=False, max_length=64)
    search = serializers.CharField(
        required=False, max_length=64, help_text="A BIN's id, number, digits, or part of its name."
    )


class Bins(Endpoint):
    """Card products with their fees and limits."""

    permissions: ClassVar[dict[str, str]] = {"GET": "cards.view_bin"}
    serializer_class: type[serializers.BaseSerializer] = BinOut

    def rows(self) -> QuerySet[Bin]:
        if not (text := self.asked.get("search")):
            return queries.bins()
        return queries.bins().filter(Q(public_id=text) | Q(provider_id=text) | Q(digits=text) | Q(name__icontains=text))

    def complete(self, rows: list[Bin]) -> None:
        for row in rows:
            row.shown_fees = row.fees and [_shown(fee, row.currency) for fee in fees.read(row.fees)]  # type: ignore[attr-defined]


class BinList(Bins, ListView):
    parameters = BinParameters


class BinCount(CountView, BinList):
    serializer_class = Count


class BinDetail(Bins, ObjectView):
    pass


def _shown(fee: fees.Fee, currency: str) -> dict[str, str | None]:
    """An amount of the BIN's currency as such, a rate as it is."""

    def amount(value: Decimal | None) -> str | None:
        return None if value is None else plain(value, currency)

    value = amount(fee.value) if fee.charge == FeeCharge.FIXED else f"{fee.value:f}"
    return {"code": fee.code, "name": fee.name, "charge": fee.charge, "value": value} | {
        "minimum": amount(fee.minimum),
        "maximum": amount(fee.maximum),
    }


routes = [
    path("bins", BinList.as_view(), name="api-bins"),
    path("bins/count", BinCount.as_view(), name="api-bins-count"),
    path("bins/<slug:id>", BinDetail.as_view(), name="api-bin"),
]
