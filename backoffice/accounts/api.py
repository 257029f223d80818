"""REST: our accounts at the providers."""

from typing import ClassVar

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers

from backoffice.accounts.models import Account
from backoffice.core.api import Count, ListParameters, Moment
from backoffice.core.api.views import CountView, Endpoint, ListView, ObjectView


class AccountOut(serializers.ModelSerializer):
    paused = serializers.BooleanField(source="is_paused", read_only=True)
    paused_at = Moment(read_only=True, allow_null=True)
    created_at = Moment(read_only=True)

    class Meta:
        model = Account
        fields = [
            "slug",
            "provider",
            "title",
            "live",
            "timezone",
            "paused",
            "paused_at",
            "paused_why",
            "listed",
            "created_at",
        ]
        read_only_fields = fields


class AccountParameters(ListParameters):
    provider = serializers.SlugField(required=False, max_length=20)
    live = serializers.BooleanField(required=False)


class Accounts(Endpoint):
    """One set of credentials at a provider; every other object names one."""

    permissions: ClassVar[dict[str, str]] = {"GET": "accounts.view_account"}
    account_field = "pk"
    serializer_class: type[serializers.BaseSerializer] = AccountOut

    def rows(self) -> QuerySet[Account]:
        return Account.objects.all()


class AccountList(Accounts, ListView):
    parameters = AccountParameters
    renamed: ClassVar[dict[str, str]] = {"account": "slug"}


class AccountCount(CountView, AccountList):
    serializer_class = Count


class AccountDetail(Accounts, ObjectView):
    lookup_field = "slug"
    lookup_url_kwarg = "slug"


routes = [
    path("accounts", AccountList.as_view(), name="api-accounts"),
    path("accounts/count", AccountCount.as_view(), name="api-accounts-count"),
    path("accounts/<slug:slug>", AccountDetail.as_view(), name="api-account"),
]
