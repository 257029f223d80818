"""The endpoints' common ground: lists, counts and objects, closed unless a permission is named."""

from typing import Any, ClassVar, cast

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.openapi import AutoSchema
from rest_framework import mixins
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backoffice.core.api.errors import PROBLEM, Refused
from backoffice.core.api.incoming import ListParameters, ObjectParameters, Strict
from backoffice.core.api.outgoing import Problem

WRITES = {"POST", "PATCH", "DELETE"}
EDITS = WRITES - {"POST"}
LOOKUPS = {"account": "account__slug", "created_after": "created_at__gte", "created_before": "created_at__lt"}


class ApiSchema(AutoSchema):
    """Adds to each operation the problems that it may answer with."""

    def get_response_serializers(self):
        answers: Any = cast(Endpoint, self.view).answers.get(self.method) or super().get_response_serializers()
        answers = answers if isinstance(answers, dict) else {200: answers}
        codes = (
            [400, 401, 403, 406, 429]
            + ([404] if "{" in self.path else [])
            + ([409, 411, 413, 415, 422] if self.method in WRITES else [])
            + ([412, 428] if self.method in EDITS else [])
        )
        return answers | {(code, PROBLEM): Problem for code in codes}

    def get_override_parameters(self):
        parameters = cast(Endpoint, self.view).parameters
        return [parameters] if self.method == "GET" and parameters is not ObjectParameters else []


def bound_accounts(request: Request) -> list[int] | None:
    """The accounts that the caller's key is bound to; None: every one."""
    return getattr(request.auth, "account_ids", None)


def bound_slugs(request: Request) -> list[str] | None:
    """The same by their slugs."""
    return getattr(request.auth, "allowed_accounts", None) or None


class Endpoint(GenericAPIView):
    """Knows which permission each method needs; asks for no parameter that it does not name."""

    schema = ApiSchema()
    metadata_class = None
    http_method_names = ["get", "head", "post", "patch", "delete"]
    permissions: ClassVar[dict[str, str]] = {}  # method → the permission it needs, which is the command's name
    parameters: ClassVar[type[Strict]] = ObjectParameters
    post_parameters: ClassVar[type[Strict]] = ObjectParameters
    answers: ClassVar[dict[str, dict[int, Any]]] = {}  # method → what each status carries, where it is not plain
    account_field: ClassVar[str] = "account"
    field_names: ClassVar[dict[str, str]] = {}  # what a command calls an input → what the body calls it

    @classmethod
    def knows(cls, method: str) -> bool:
        return hasattr(cls, method.lower()) and method.lower() in cls.http_method_names

    def rows(self) -> QuerySet:
        """What there is to see, before anybody's limits."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet:
        """What this caller may see: a key that is bound to accounts sees no other."""
        bound = bound_accounts(self.request)
        return self.rows() if bound is None else self.rows().filter(**{f"{self.account_field}__in": bound})

    def complete(self, rows: list) -> None:
        """Give the rows of a page what their serializer needs beside their own fields, in a fixed number of queries."""

    def initial(self, request: Request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
            raise Refused("length_required", _("Send the body with its Content-Length."))  # else it would read as empty
        wanted = self.post_parameters if request.method == "POST" else self.parameters
        asked = wanted(data=request.query_params, context={"request": request})
        asked.is_valid(raise_exception=True)
        self.asked: dict[str, Any] = asked.validated_data

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in getattr(request, "rate_headers", {}).items():
            response[name] = value
        response["Cache-Control"] = "no-store"
        return response


class ObjectView(mixins.RetrieveModelMixin, Endpoint):
    """One object by its id."""

    lookup_field = "public_id"
    lookup_url_kwarg = "id"

    def get(self, request, *args, **kwargs):
        row = self.get_object()
        self.complete([row])
        return Response(self.get_serializer(row).data, headers=etag(row))


def etag(row: Any) -> dict[str, str]:
    """The version of a mirrored row, for an `If-Match` later."""
    return {"ETag": f'"{row.version}"'} if hasattr(row, "version") else {}


class ListView(mixins.ListModelMixin, Endpoint):
    """Objects newest first, filtered by what `parameters` names; `search` is for `rows` to follow."""

    parameters: ClassVar[type[Strict]] = ListParameters
    renamed: ClassVar[dict[str, str]] = {}  # parameter → lookup, where they differ

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        for name, value in self.asked.items():
            if name not in {"cursor", "limit", "search"}:
                queryset = _narrowed(queryset, (LOOKUPS | self.renamed).get(name, name), value)
        return queryset

    def get(self, request, *args, **kwargs):
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        self.complete(rows)
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)


def _narrowed(queryset: QuerySet, lookup: str, value: Any) -> QuerySet:
    """A related row is found first: its number is a constant then, and lets the planner walk the list's own index.

    Where the filter is an id, it may be the provider's own: each account may have one row of that.
    """
    name, _dots, attribute = lookup.partition("__")
    related = queryset.model._meta.get_field(name).related_model if attribute else None
    if related is None:
        return queryset.filter(**{lookup: value})
    rows = related._default_manager.all()
    if attribute != "public_id" or not hasattr(related, "provider_id"):
        return queryset.filter(**{name: rows.filter(**{attribute: value}).values("pk")[:1]})
    accounts = related._meta.get_field("account").related_model._default_manager.values_list("pk", flat=True)
    by_id = Q(public_id=value) | Q(account__in=list(accounts), provider_id=value)  # the index begins with the account
    return queryset.filter(**{f"{name}__in": list(rows.filter(by_id).values_list("pk", flat=True))})


class CountView(Endpoint):
    """How many objects the list has under the same filters."""

    def get(self, request, *args, **kwargs):
        return Response({"count": self.filter_queryset(self.get_queryset()).count()})


class Nowhere(APIView):
    """Every address under /api/ that leads to nothing: a problem document, as everywhere here."""

    schema = None
    permission_classes = ()

    def initial(self, request: Request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404
