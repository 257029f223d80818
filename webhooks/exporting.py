"""Callbacks as a file: the columns of their list, and never their bodies."""

from django.db.models import Case, CharField, Q, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.exports.cells import Columns, Count, Moment, Text, account_name, words
from backoffice.exports.lists import Exportable, add_exportable
from webhooks.choosing import chosen
from webhooks.models import Delivery


def columns() -> Columns:
    result = Case(
        When(~Q(applied=""), then=words("applied", Delivery.Applied.choices)),
        When(~Q(ignored=""), then=words("ignored", Delivery.Ignored.choices)),
        default=words("state", Delivery.State.choices),
        output_field=CharField(),
    )
    checked = Case(
        When(signed=True, then=Value(_("Signature"))),
        default=Value(_("Unsigned: path and address only")),
        output_field=CharField(),
    )
    return {
        "result": [Text(gettext_lazy("Result"), result), Text(gettext_lazy("Callback"), "public_id")],
        "topic": [Text(gettext_lazy("Topic"), "topic")],
        "about": [Text(gettext_lazy("About"), "object_id")],
        "account": [Text(gettext_lazy("Account"), account_name())],
        "checked": [Text(gettext_lazy("Checked"), checked)],
        "came": [Count(gettext_lazy("Came"), "seen")],
        "tries": [Count(gettext_lazy("Tries"), "tries")],
        "latency": [Moment(gettext_lazy("Answered"), "done_at")],
        "received": [Moment(gettext_lazy("Received"), "received_at")],
    }


def rows(request: HttpRequest):
    return chosen(request)[1]


CALLBACKS = add_exportable(
    Exportable(
        slug="callbacks",
        label=gettext_lazy("Callbacks"),
        view="webhooks:deliveries",
        permission="webhooks.view_delivery",
        rows=rows,
        columns=columns,
    )
)
