"""REST: calls and batches of them."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backoffice.core.api import AmountOut, Count, ListParameters, Moment, Named, ObjectName
from backoffice.core.api.views import CountView, Endpoint, ListView, ObjectView
from backoffice.core.refs import public_ids
from backoffice.outbox.models import Batch, Call
from backoffice.outbox.queries import WAITING, calls, find_calls

SHOWN = 100  # calls in a batch's own answer


class FieldProblem(serializers.Serializer):
    field = serializers.CharField()
    detail = serializers.CharField()


class ProviderSaid(serializers.Serializer):
    name = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class CallProblem(serializers.Serializer):
    """Why it ended or waits; what the provider said where it refused, and the inputs at fault where it named them."""

    code = serializers.CharField()
    detail = serializers.CharField()
    errors = FieldProblem(many=True)  # type: ignore[assignment]
    provider = ProviderSaid(allow_null=True)


class CallName(serializers.Serializer):
    """The call to watch."""

    id = serializers.CharField(source="public_id")
    state = serializers.ChoiceField(choices=Call.State.choices)


class CallOut(Named):
    """One provider request that we owe, and how far it is."""

    operation = serializers.CharField(help_text="The command's name.")
    object = ObjectName(help_text="What it is about.")
    reference = serializers.CharField(help_text="Our own number, echoed by the provider.")
    state = serializers.ChoiceField(choices=Call.State.choices)
    is_open = serializers.BooleanField(help_text="Whether its outcome is not known yet.")
    in_doubt = serializers.SerializerMethodField(help_text="Whether the provider may have acted without our knowing.")
    problem = serializers.SerializerMethodField()
    attempts = serializers.IntegerField()
    looks = serializers.IntegerField(help_text="Look-ups that reached the provider and found nothing.")
    reserved_amount = AmountOut("reserved_currency", allow_null=True, help_text="What it holds of a wallet.")
    reserved_currency = serializers.CharField()
    asked_by = serializers.CharField(source="actor.username", allow_null=True, default=None)
    via = serializers.CharField()
    request_id = serializers.CharField()
    created_at = Moment()
    sent_at = Moment(allow_null=True)
    ended_at = Moment(source="left_at", allow_null=True)

    def get_in_doubt(self, call: Call) -> bool:
        return call.state in WAITING

    @extend_schema_field(CallProblem(allow_null=True))
    def get_problem(self, call: Call) -> dict[str, Any] | None:
        if not (call.problem or call.problem_code):
            return None
        errors = [{"field": field, "detail": detail} for field, detail in call.problem_fields.items()]
        said = {"name": call.account.provider, "code": call.problem_code, "message": call.problem}
        refused = call.state == Call.State.REJECTED
        return {
            "code": call.problem_code,
            "detail": call.problem,
            "errors": errors,
            "provider": said if refused else None,
        }


class CallParameters(ListParameters):
    state = serializers.ChoiceField(required=False, choices=Call.State.choices)
    operation = serializers.CharField(required=False, max_length=64)
    reference = serializers.CharField(required=False, max_length=64)
    batch_id = serializers.CharField(required=False, max_length=32, help_text="A batch's id.")
    search = serializers.CharField(required=False, max_length=64, help_text="A call's id or our reference.")


class Calls(Endpoint):
    """Requests to providers that we owe, owed or gave up."""

    permissions: ClassVar[dict[str, str]] = {"GET": "outbox.view_call"}
    serializer_class: type[serializers.BaseSerializer] = CallOut

    def rows(self) -> QuerySet[Call]:
        text = self.asked.get("search")
        return find_calls(calls(), text) if text else calls()

    def complete(self, rows: list[Call]) -> None:
        name_objects(rows)


class CallList(Calls, ListView):
    parameters = CallParameters
    renamed: ClassVar[dict[str, str]] = {"batch_id": "batches__public_id"}


class CallCount(CountView, CallList):
    serializer_class = Count


class CallDetail(Calls, ObjectView):
    pass


class BatchOut(serializers.Serializer):
    """Calls that were asked for at once, in the order of asking."""

    id = serializers.CharField(source="public_id")
    operation = serializers.CharField(help_text="The command's name.")
    asked_by = serializers.CharField(source="actor.username", allow_null=True, default=None)
    created_at = Moment()
    quantity = serializers.IntegerField()
    open = serializers.IntegerField(help_text="Calls whose outcome is not known yet.")
    calls = CallOut(many=True, source="shown_calls", help_text="The first 100; `GET /calls?batch_id=` has them all.")


class BatchDetail(ObjectView):
    """One batch with all its calls."""

    permissions: ClassVar[dict[str, str]] = {"GET": "outbox.view_batch"}
    serializer_class = BatchOut
    account_field = "calls__account"

    def rows(self) -> QuerySet[Batch]:
        return Batch.objects.select_related("actor").distinct()

    def complete(self, rows: list[Batch]) -> None:
        for batch in rows:
            show_calls(batch)


def show_calls(batch: Batch) -> None:
    """Give a batch what its serializer needs."""
    every = calls().filter(batches=batch)
    shown = list(every.order_by("created_at", "id")[:SHOWN])
    name_objects(shown)
    batch.shown_calls, batch.quantity = shown, every.count()  # type: ignore[attr-defined]
    batch.open = every.filter(state__in=Call.OPEN).count()  # type: ignore[attr-defined]


def name_objects(rows: list[Call]) -> None:
    names = public_ids(call.target for call in rows)
    for call in rows:
        call.object = {"type": call.target.rpartition(":")[0], "id": names.get(call.target)}  # type: ignore[attr-defined]


routes = [
    path("calls", CallList.as_view(), name="api-calls"),
    path("calls/count", CallCount.as_view(), name="api-calls-count"),
    path("calls/<slug:id>", CallDetail.as_view(), name="api-call"),
    path("batches/<slug:id>", BatchDetail.as_view(), name="api-batch"),
]
