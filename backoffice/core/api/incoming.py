"""What comes in: strict bodies and parameters; what is not known is refused, never dropped."""

from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, parsers, serializers

from backoffice.core.api.errors import TooLarge
from backoffice.core.money import parse_amount
from backoffice.core.strictjson import clean_text, strict_object

LARGEST_BODY = 256 * 1024


class StrictJSONParser(parsers.BaseParser):
    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None) -> dict[str, Any]:
        request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            raise TooLarge
        try:
            return strict_object(stream.read(LARGEST_BODY + 1))
        except ValueError as exc:
            raise exceptions.ParseError(str(exc)) from None


class Strict(serializers.Serializer):
    """A serializer that refuses what it does not know."""

    default_error_messages: ClassVar[dict[str, Any]] = {"unknown": "This name is not known here."}

    def to_internal_value(self, data):
        unknown = [name for name in data if name not in self.fields] if isinstance(data, Mapping) else []
        if unknown:
            message = str(self.error_messages["unknown"])
            raise exceptions.ValidationError(
                {name: exceptions.ErrorDetail(message, "unknown") for name in sorted(unknown)}
            )
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A JSON text; numbers are not read as one."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "This has to be a text."}

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "pattern": r"^[0-9]{1,16}(\.[0-9]{1,8})?$", "example": "15.00"})
class AmountIn(serializers.Field):
    """A positive decimal text; a JSON number is refused, as it may have been through a float."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "not_text": 'A money amount is a text such as "15.00", never a JSON number.',
        "invalid": 'A money amount is a plain decimal such as "15.00".',
        "not_positive": "The amount has to be more than zero.",
    }

    def to_internal_value(self, data) -> Decimal:
        if not isinstance(data, str):
            self.fail("not_text")
        try:
            amount = parse_amount(data)
        except ValueError:
            self.fail("invalid")
        if not amount:
            self.fail("not_positive")
        return amount

    def to_representation(self, value):
        return str(value)


class Moment(serializers.DateTimeField):
    """RFC 3339: in UTC on the way out, with an offset on the way in."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "naive": "Give the time with its offset, such as 2026-01-31T08:00:00Z."
    }

    def __init__(self, **kwargs):
        super().__init__(**{"default_timezone": UTC} | kwargs)

    def enforce_timezone(self, value):
        if value.tzinfo is None:
            self.fail("naive")
        return super().enforce_timezone(value)


class ListParameters(Strict):
    """The parameters that every list knows."""

    cursor = serializers.CharField(required=False, max_length=200, help_text="From `next` or `previous`.")
    limit = serializers.IntegerField(
        required=False, min_value=1, max_value=200, help_text="Rows a page; 50 unless told."
    )
    account = serializers.SlugField(required=False, max_length=40, help_text="The slug of a provider account.")
    created_after = Moment(required=False, help_text="This moment or later.")
    created_before = Moment(required=False, help_text="Before this moment.")

    def to_internal_value(self, data):
        twice = [name for name in data if len(data.getlist(name)) > 1] if hasattr(data, "getlist") else []
        unclean = [name for name in data if not clean_text(data[name]) or not clean_text(name)]
        if twice or unclean:
            message = "Give this once." if twice else "This holds characters that are no text."
            raise exceptions.ValidationError(
                {name: exceptions.ErrorDetail(message, "invalid") for name in twice or unclean}
            )
        return super().to_internal_value(data)


class ObjectParameters(Strict):
    """An object's address takes no parameters."""
