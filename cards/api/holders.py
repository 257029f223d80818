"""REST: card holders. Who they are is masked; a look at it in clear needs a purpose and is written down."""

import re
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.accounts.models import Account
from backoffice.core.api import Count, ListParameters, MirroredOut, Refused, Strict, Text
from backoffice.core.api.views import CountView, Endpoint, ListView, ObjectView
from backoffice.core.refs import ref_pk
from backoffice.outbox.api import IDEMPOTENCY_KEY, CallName, accept, repeated
from backoffice.outbox.models import Call
from backoffice.outbox.queries import latest_calls
from backoffice.people.api import actor_of, may
from backoffice.providers.snapshots import IdKind
from cards import personal, queries
from cards.api.named import account_named, field_error, only_account, row_named
from cards.commands import create_holder, delete_holder, edit_holder
from cards.models import Holder
from cards.states import HolderState
from cards.unmasking import unmask_holder

COUNTRY = RegexValidator("^[A-Z]{2}$")
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description='The version that the edit was made from, quoted: `"3"`.'
)


class Person(serializers.Serializer):
    """Who it is; what is not known is left out."""

    first_name = serializers.CharField(required=False)
    last_name = serializers.CharField(required=False)
    email = serializers.CharField(required=False)
    phone_code = serializers.CharField(required=False)
    phone = serializers.CharField(required=False)
    birthday = serializers.CharField(required=False)
    nationality = serializers.CharField(required=False)
    id_kind = serializers.CharField(required=False)
    id_number = serializers.CharField(required=False)
    country = serializers.CharField(required=False)
    region = serializers.CharField(required=False)
    city = serializers.CharField(required=False)
    street = serializers.CharField(required=False)
    post_code = serializers.CharField(required=False)


class HolderAccepted(MirroredOut):
    """A card holder, without who it is: answers to a write are kept, and personal data is not for keeping there."""

    state = serializers.ChoiceField(choices=HolderState.choices)
    merchant_ref = serializers.CharField(help_text="Our own number; empty on what is not ours.")
    bin_id = serializers.CharField(source="bin.public_id", allow_null=True, default=None)
    reason = serializers.CharField(help_text="Why it was refused, in the provider's words.")
    maker = serializers.CharField(source="maker.username", allow_null=True, default=None)
    call = CallName(allow_null=True, help_text="The latest call about it; null on what was not asked for here.")


class HolderOut(HolderAccepted):
    """A card holder; masked, unless it was asked for in clear."""

    masked = serializers.BooleanField()
    person = Person()


class HolderParameters(ListParameters):
    state = serializers.ChoiceField(required=False, choices=HolderState.choices)
    bin_id = serializers.CharField(required=False, max_length=64, help_text="A BIN's id, ours or the provider's.")
    country = serializers.CharField(required=False, max_length=2)
    merchant_ref = serializers.CharField(required=False, max_length=64)
    provider_id = serializers.CharField(required=False, max_length=64)
    search = serializers.CharField(
        required=False, max_length=64, help_text="Our id, the provider's, or our reference; names are sealed."
    )


class Look(Strict):
    purpose = serializers.CharField(
        required=False,
        max_length=200,
        help_text="What who it is is needed for, in clear; needs the scope `cards.unmask_holder`.",
    )


class Line(Text):
    """One line of a holder's data: printable, and never empty, as the provider cannot empty a field."""

    default_error_messages: ClassVar[dict[str, Any]] = {"unprintable": "This has to be one line of printable text."}

    def to_internal_value(self, data):
        text = super().to_internal_value(data)
        if not text.isprintable():
            self.fail("unprintable")
        return text


class HolderChange(Strict):
    first_name = Line(max_length=64)
    last_name = Line(max_length=64)
    email = serializers.EmailField(max_length=128)
    phone_code = Text(validators=[RegexValidator("^[0-9]{1,8}$")], help_text="Digits, without the plus sign.")
    phone = Line(max_length=32)
    birthday = serializers.DateField(input_formats=["iso-8601"])
    nationality = Text(validators=[COUNTRY], help_text="ISO 3166-1, two letters.")
    id_kind = serializers.ChoiceField([kind.value for kind in IdKind if kind is not IdKind.UNKNOWN], required=False)
    id_number = Line(max_length=64, required=False)
    country = Text(validators=[COUNTRY], help_text="ISO 3166-1, two letters.")
    region = Line(max_length=64)
    city = Line(max_length=64)
    street = Line(max_length=255)
    post_code = Line(max_length=16)


class HolderIn(HolderChange):
    account = Text(max_length=40, required=False, help_text="The slug of the account; may be left out if there is one.")
    bin_id = Text(max_length=64, required=False, help_text="The BIN that the holder is registered for.")

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        request = self.context["request"]
        account: Account | None = account_named(request, asked.pop("account")) if "account" in asked else None
        bin_id, bin = asked.pop("bin_id", ""), None
        if bin_id:
            bin = row_named(queries.bins(), request, "bin_id", bin_id, account=account)
        account = account or (bin.account if bin else only_account(request))
        if bool(asked.get("id_kind")) != bool(asked.get("id_number")):
            missing = "id_number" if asked.get("id_kind") else "id_kind"
            raise field_error(missing, _("A kind and a number of papers go together."), "required")
        return {"account": account, "bin": bin, "fields": asked}


class Holders(Endpoint):
    """People and companies that cards are issued to."""

    permissions: ClassVar[dict[str, str]] = {
        "GET": "cards.view_holder",
        "POST": "cards.create_holder",
        "PATCH": "cards.edit_holder",
        "DELETE": "cards.delete_holder",
    }
    serializer_class: type[serializers.BaseSerializer] = HolderOut
    field_names: ClassVar[dict[str, str]] = {"bin": "bin_id"}

    def rows(self) -> QuerySet[Holder]:
        return queries.holders(text=self.asked.get("search", "")).select_related("maker")

    def complete(self, rows: list[Holder]) -> None:
        _show(rows)
        for row in rows:
            row.masked, row.person = True, personal.masked(row.personal)  # type: ignore[attr-defined]


class HolderList(Holders, ListView):
    parameters = HolderParameters
    renamed: ClassVar[dict[str, str]] = {"bin_id": "bin__public_id"}
    answers: ClassVar[dict[str, dict[int, Any]]] = {"POST": {202: HolderAccepted}}

    @extend_schema(operation_id="create_holder", request=HolderIn, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request) -> Response:
        """Register a card holder at the provider: 202 with the holder and the call to watch."""
        if earlier := repeated(request):
            return earlier
        form = HolderIn(data=request.data, context={"request": request})
        form.is_valid(raise_exception=True)
        return accept(request, create_holder, form.validated_data, _answer)


class HolderCount(CountView, Holders, ListView):
    parameters = HolderParameters
    renamed = HolderList.renamed
    serializer_class = Count


class HolderDetail(Holders, ObjectView):
    parameters = Look
    answers: ClassVar[dict[str, dict[int, Any]]] = {"PATCH": {202: HolderAccepted}, "DELETE": {202: HolderAccepted}}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One card holder; with a `purpose`, and a key that may, in clear. That look is written down."""
        if "purpose" in self.asked and not may(request, "cards.unmask_holder"):
            raise PermissionDenied
        return super().get(request, *args, **kwargs)

    def complete(self, rows: list[Holder]) -> None:
        super().complete(rows)
        if "purpose" in self.asked:
            for row in rows:
                known = unmask_holder(actor=actor_of(self.request), holder=row, purpose=self.asked["purpose"])
                row.masked, row.person = False, known  # type: ignore[attr-defined]

    @extend_schema(operation_id="edit_holder", request=HolderChange, parameters=[IDEMPOTENCY_KEY, IF_MATCH])
    def patch(self, request: Request, id: str) -> Response:
        """Ask for other personal data; only what is named changes, and here only when the provider has it."""
        if earlier := repeated(request):
            return earlier
        version = if_match(request)
        form = HolderChange(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        asked = {"holder": self.get_object(), "version": version, "fields": dict(form.validated_data)}
        return accept(request, edit_holder, asked, _answer)

    @extend_schema(operation_id="delete_holder", request=None, parameters=[IDEMPOTENCY_KEY, IF_MATCH])
    def delete(self, request: Request, id: str) -> Response:
        """Ask for the holder to be deleted at the provider. The row stays, as cards and orders name it."""
        if earlier := repeated(request):
            return earlier
        Strict(data=request.data).is_valid(raise_exception=True)
        asked = {"version": if_match(request), "holder": self.get_object()}
        return accept(request, delete_holder, asked, _answer)


def if_match(request: Request) -> int:
    """The version in `If-Match`; an edit without one could undo somebody else's."""
    text = request.headers.get("If-Match")
    if text is None:
        raise Refused("precondition_missing", _("An edit needs the header If-Match with the version it was made from."))
    if not (found := re.fullmatch(r'"([0-9]{1,9})"', text.strip())):
        raise Refused("precondition_invalid", _('If-Match is one version in quotes, as in "3".'))
    return int(found[1])


def _answer(call: Call) -> dict[str, Any]:
    holder = Holder.objects.select_related("account", "bin", "maker").get(pk=ref_pk(call.target))
    _show([holder])
    return HolderAccepted(holder).data


def _show(rows: list[Holder]) -> None:
    calls = latest_calls(row.ref for row in rows)
    for row in rows:
        row.call = calls.get(row.ref)  # type: ignore[attr-defined]


routes = [
    path("holders", HolderList.as_view(), name="api-holders"),
    path("holders/count", HolderCount.as_view(), name="api-holders-count"),
    path("holders/<slug:id>", HolderDetail.as_view(), name="api-holder"),
]
