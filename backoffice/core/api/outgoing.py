"""What goes out: amounts as text, times in UTC, pages by cursor, and what every object says of itself."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import pagination, serializers
from rest_framework.response import Response

from backoffice.core.api.incoming import Moment
from backoffice.core.keyset import keyset_page
from backoffice.core.money import plain
from backoffice.core.problems import CODES

PAGE_SIZE = 50


class KeysetPagination(pagination.BasePagination):
    """`results`, newest first, with the addresses of the pages beside it."""

    def paginate_queryset(self, queryset, request, view=None):
        self.request = request
        self.page = keyset_page(queryset, request.query_params, size=view.asked.get("limit", PAGE_SIZE))
        return self.page.rows

    def get_paginated_response(self, data) -> Response:
        return Response(
            {"results": data, "next": self.address(self.page.older), "previous": self.address(self.page.newer)}
        )

    def get_paginated_response_schema(self, schema):
        address = {"type": ["string", "null"], "format": "uri"}
        properties = {"results": schema, "next": address, "previous": address}
        return {"type": "object", "required": list(properties), "properties": properties}

    def get_schema_operation_parameters(self, view):
        return []

    def address(self, cursor: str) -> str | None:
        if not cursor:
            return None
        query = self.request.query_params.copy()
        query["cursor"] = cursor
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")


@extend_schema_field(OpenApiTypes.STR)
class AmountOut(serializers.Field):
    """An amount as text in the decimals of the currency that the row's `currency` names."""

    def __init__(self, currency: str = "currency", **kwargs):
        self.currency = currency
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance):
        amount = super().get_attribute(instance)
        return None if amount is None else plain(amount, getattr(instance, self.currency))

    def to_representation(self, value) -> str:
        return value


class Named(serializers.Serializer):
    """What every object of a provider account says of itself."""

    id = serializers.CharField(source="public_id", read_only=True)
    account = serializers.SlugField(source="account.slug", read_only=True)
    provider = serializers.CharField(source="account.provider", read_only=True)


class ObjectName(serializers.Serializer):
    """Which object something is about; the id is null where that kind has none."""

    type = serializers.CharField()
    id = serializers.CharField(allow_null=True)


class MirroredOut(Named):
    """What every mirrored object says: the provider's number and word, our version, when we asked."""

    provider_id = serializers.CharField(read_only=True)
    provider_state = serializers.CharField(
        source="word", read_only=True, help_text="The provider's own word for the state."
    )
    version = serializers.IntegerField(read_only=True, help_text="Raised at each change.")
    created_at = Moment(read_only=True)
    observed_at = Moment(read_only=True, allow_null=True, help_text="When the provider was asked.")


class FieldError(serializers.Serializer):
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer):
    """A problem document (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(allow_blank=True)
    code = serializers.ChoiceField(choices=list(CODES))
    errors = FieldError(many=True)  # type: ignore[assignment]
    request_id = serializers.CharField()
    outcome = serializers.ChoiceField(choices=["not_executed", "executed", "unknown"])
    retryable = serializers.BooleanField()


@extend_schema_serializer(many=False)
class Count(serializers.Serializer):
    count = serializers.IntegerField(min_value=0)
