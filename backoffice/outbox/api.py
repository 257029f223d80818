"""REST: calls; and how an endpoint turns a write into a command, once per idempotency key."""

import json
from collections.abc import Callable
from typing import Any, ClassVar

from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.core.api import AmountOut, Count, ListParameters, Moment, Named, Refused
from backoffice.core.api.views import CountView, Endpoint, ListView, ObjectView
from backoffice.core.refs import public_ids
from backoffice.outbox.models import Ask, Call
from backoffice.outbox.queries import WAITING, calls, find_calls
from backoffice.outbox.queue import Command
from backoffice.people.api import actor_of

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$"},
    OpenApiParameter.HEADER,
    required=False,
    description="Required unless `dry_run` is true. The same key and body give the first answer again.",
)
DRY_RUN = OpenApiParameter("dry_run", bool, description="Validate and quote; store nothing, send nothing.")


class ObjectName(serializers.Serializer):
    type = serializers.CharField()
    id = serializers.CharField(allow_null=True)


class CallProblem(serializers.Serializer):
    code = serializers.CharField()
    detail = serializers.CharField()


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
    def get_problem(self, call: Call) -> dict[str, str] | None:
        return {"code": call.problem_code, "detail": call.problem} if call.problem or call.problem_code else None


class CallParameters(ListParameters):
    state = serializers.ChoiceField(required=False, choices=Call.State.choices)
    operation = serializers.CharField(required=False, max_length=64)
    reference = serializers.CharField(required=False, max_length=64)
    search = serializers.CharField(required=False, max_length=64, help_text="A call's id or our reference.")


class Calls(Endpoint):
    """Requests to providers that we owe, owed or gave up."""

    permissions: ClassVar[dict[str, str]] = {"GET": "outbox.view_call"}
    serializer_class: type[serializers.BaseSerializer] = CallOut

    def rows(self) -> QuerySet[Call]:
        text = self.asked.get("search")
        return find_calls(calls(), text) if text else calls()

    def complete(self, rows: list[Call]) -> None:
        names = public_ids(call.target for call in rows)
        for call in rows:
            call.object = {"type": call.target.rpartition(":")[0], "id": names.get(call.target)}  # type: ignore[attr-defined]


class CallList(Calls, ListView):
    parameters = CallParameters


class CallCount(CountView, CallList):
    serializer_class = Count


class CallDetail(Calls, ObjectView):
    pass


def idempotency_key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        raise Refused("idempotency_key_missing", _("A write needs the header Idempotency-Key."))
    if not (0 < len(key) < 256 and key.isascii() and key.isprintable()):
        raise Refused("idempotency_key_invalid", _("An Idempotency-Key has 1 to 255 printable ASCII characters."))
    return key


def accept(
    request: Request, command: Command, asked: dict[str, Any], answer: Callable[[Call], dict[str, Any]]
) -> Response:
    """Run a command once for the request's key; the answer is kept and given again, unchanged, to who repeats."""
    key, actor = idempotency_key(request), actor_of(request)
    try:
        with transaction.atomic():
            call = command(actor=actor, key=key, **asked)
            ask = Ask.objects.select_for_update().get(scope=actor.scope, key=key)
            if replayed := ask.status is not None:
                status, body = ask.status, str(ask.body)
            else:
                status, body = 202, JSONRenderer().render(answer(call)).decode()  # as text: the same bytes again
                Ask.objects.filter(pk=ask.pk).update(status=status, body=body)
    except OperationalError as exc:
        if "outbox_ask" in str(exc) or "outbox_one_ask_per_key" in str(exc):
            raise Refused(
                "idempotency_in_progress", _("A request with this key is being accepted right now.")
            ) from None
        raise
    found = json.loads(body)
    headers = {"Location": reverse("api-call", args=[found["call"]["id"]])}
    return Response(found, status=status, headers=headers | ({"Idempotent-Replayed": "true"} if replayed else {}))


routes = [
    path("calls", CallList.as_view(), name="api-calls"),
    path("calls/count", CallCount.as_view(), name="api-calls-count"),
    path("calls/<slug:id>", CallDetail.as_view(), name="api-call"),
]
