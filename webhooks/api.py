"""REST: callbacks received, and what became of each."""

from typing import ClassVar

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers

from backoffice.core.api import Count, ListParameters, Moment, Named, ObjectName
from backoffice.core.api.views import CountView, Endpoint, ListView, ObjectView
from backoffice.core.refs import public_ids
from webhooks.models import Delivery


class DeliveryOut(Named):
    """One callback: what it claimed, what was checked, what became of it. Never its body."""

    delivery_id = serializers.CharField(help_text="The provider's id of the message, or a digest.")
    topic = serializers.CharField()
    signed = serializers.BooleanField(help_text="What is not signed is a hint, and moves nothing by itself.")
    about = serializers.CharField(source="object_id", help_text="The number of the object that it names.")
    state = serializers.ChoiceField(choices=Delivery.State.choices)
    ignored = serializers.ChoiceField(
        choices=[("", ""), *Delivery.Ignored.choices], help_text="Why there was nothing to do."
    )
    applied = serializers.ChoiceField(
        choices=[("", ""), *Delivery.Applied.choices], help_text="What the look that it led to brought."
    )
    object = ObjectName(allow_null=True, help_text="The object that the provider's answer was about.")
    disagreed = serializers.CharField(help_text="Where it claimed one thing and the provider said another.")
    problem = serializers.CharField()
    tries = serializers.IntegerField()
    seen = serializers.IntegerField(help_text="How often it was sent.")
    received_at = Moment()
    seen_at = Moment(allow_null=True, help_text="When it came again.")
    done_at = Moment(allow_null=True)
    created_at = Moment()


class DeliveryParameters(ListParameters):
    state = serializers.ChoiceField(required=False, choices=Delivery.State.choices)
    topic = serializers.CharField(required=False, max_length=80)
    about = serializers.CharField(required=False, max_length=64)
    delivery_id = serializers.CharField(required=False, max_length=128)


class Deliveries(Endpoint):
    """Callbacks from providers, newest first."""

    permissions: ClassVar[dict[str, str]] = {"GET": "webhooks.view_delivery"}
    serializer_class: type[serializers.BaseSerializer] = DeliveryOut

    def rows(self) -> QuerySet[Delivery]:
        return Delivery.objects.select_related("account").defer("body", "headers", "traceback")

    def complete(self, rows: list[Delivery]) -> None:
        names = public_ids(row.ref for row in rows if row.ref)
        for row in rows:
            kind = row.ref.rpartition(":")[0]
            row.object = {"type": kind, "id": names.get(row.ref)} if kind else None  # type: ignore[attr-defined]


class DeliveryList(Deliveries, ListView):
    parameters = DeliveryParameters
    renamed: ClassVar[dict[str, str]] = {"about": "object_id"}


class DeliveryCount(CountView, DeliveryList):
    serializer_class = Count


class DeliveryDetail(Deliveries, ObjectView):
    pass


routes = [
    path("deliveries", DeliveryList.as_view(), name="api-deliveries"),
    path("deliveries/count", DeliveryCount.as_view(), name="api-deliveries-count"),
    path("deliveries/<slug:id>", DeliveryDetail.as_view(), name="api-delivery"),
]
