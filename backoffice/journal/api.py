"""REST: everything that happened, in order; it only grows, so who reads on from where they were misses nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.apps import apps
from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from django.utils.text import camel_case_to_spaces
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from backoffice.core.api import KeysetPagination, ListParameters, Moment, ObjectName
from backoffice.core.api.outgoing import PAGE_SIZE
from backoffice.core.api.views import ListView, bound_slugs
from backoffice.core.keyset import Cursor, keyset_page
from backoffice.core.refs import public_ids, ref_of
from backoffice.journal.models import JournalEntry, Source

FIRST = Cursor(datetime(2000, 1, 1, tzinfo=UTC), 0, newer=True)
TOLD_AFTER = timedelta(seconds=5)  # by then all that was written at one moment is committed, in whatever order


class Cause(serializers.Serializer):
    """On whose word it happened."""

    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]
    actor = serializers.CharField(source="actor.username", allow_null=True, default=None)
    via = serializers.CharField(help_text="`browser`, `admin`, or the name of an API key.")
    request_id = serializers.CharField()
    delivery = serializers.CharField(help_text="The id of the callback that led to it.")


class EventOut(serializers.Serializer):
    """One thing that happened to one object."""

    id = serializers.CharField(source="public_id")
    type = serializers.SerializerMethodField(help_text="`card.frozen`, `card_order.created`, or a command's name.")
    object = ObjectName()
    object_version = serializers.IntegerField(
        source="row_version", allow_null=True, help_text="Its version then; null on what has none."
    )
    account = serializers.CharField(help_text="Empty on what belongs to no account.")
    previous = serializers.CharField(source="old", help_text="The state before, where the state changed.")
    state = serializers.CharField(source="new", help_text="The state after, where it is about one.")
    cause = serializers.SerializerMethodField()
    detail = serializers.JSONField()
    created_at = Moment()

    def get_type(self, entry: JournalEntry) -> str:
        if "." in entry.verb:
            return entry.verb
        model = apps.get_model(entry.ref.rpartition(":")[0])
        noun = camel_case_to_spaces(model.__name__).replace(" ", "_")
        happened = {"moved": entry.new, "born": "created", "call_left": f"call_{entry.new}"}.get(entry.verb, entry.verb)
        return f"{noun}.{happened}"

    @extend_schema_field(Cause)
    def get_cause(self, entry: JournalEntry) -> dict[str, Any]:
        return Cause(entry).data


class EventParameters(ListParameters):
    object = serializers.CharField(required=False, max_length=32, help_text="The id of any object.")
    source = serializers.ChoiceField(required=False, choices=Source.choices)  # type: ignore[assignment]


class InOrder(KeysetPagination):
    """Oldest first. `next` is there as long as anything was, to be asked again for what came since."""

    def paginate_queryset(self, queryset, request, view=None):
        self.request = request
        cursor = Cursor.parse(text) if (text := request.query_params.get("cursor")) else FIRST
        start = Cursor(cursor.created_at, cursor.pk, newer=True).text()
        self.rows = keyset_page(queryset, {"cursor": start}, size=view.asked.get("limit", PAGE_SIZE)).rows[::-1]
        self.reached = Cursor(self.rows[-1].created_at, self.rows[-1].pk, newer=True).text() if self.rows else text
        return self.rows

    def get_paginated_response(self, data) -> Response:
        return Response({"results": data, "next": self.address(self.reached or ""), "previous": None})


class EventList(ListView):
    """What happened to every object, oldest first, a few seconds after it did. Callbacks out only push it."""

    permissions: ClassVar[dict[str, str]] = {"GET": "journal.view_journalentry"}
    parameters = EventParameters
    serializer_class = EventOut
    pagination_class = InOrder
    renamed: ClassVar[dict[str, str]] = {"account": "account", "object": "ref"}

    def get_queryset(self) -> QuerySet[JournalEntry]:
        rows = JournalEntry.objects.select_related("actor").filter(created_at__lte=timezone.now() - TOLD_AFTER)
        bound = bound_slugs(self.request)
        return rows if bound is None else rows.filter(account__in=bound)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        if "object" in self.asked:
            self.asked["object"] = ref_of(self.asked["object"])
        return super().filter_queryset(queryset)

    def complete(self, rows: list[JournalEntry]) -> None:
        names = public_ids(row.ref for row in rows)
        for row in rows:
            row.object = {"type": row.ref.rpartition(":")[0], "id": names.get(row.ref)}  # type: ignore[attr-defined]


routes = [path("events", EventList.as_view(), name="api-events")]
