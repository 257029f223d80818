"""Provider calls as a file: the columns of their list."""

from django.apps import apps
from django.db.models import BigIntegerField, Case, CharField, F, OuterRef, Subquery, When
from django.db.models.functions import Cast, Substr
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.exports.cells import Amount, Columns, Count, Moment, Text, account_name, person_name, words
from backoffice.exports.lists import Exportable, add_exportable
from backoffice.outbox.choosing import chosen
from backoffice.outbox.models import Call
from backoffice.outbox.presenting import PLANNED
from backoffice.outbox.registry import operation_words, operations


def columns() -> Columns:
    operation = words("operation", [(name, operation_words(name)) for name in sorted(operations())])
    currency = Text(gettext_lazy("Currency"), "reserved_currency")
    return {
        "state": [Text(gettext_lazy("State"), words("state", Call.State.choices))],
        "operation": [Text(gettext_lazy("Operation"), operation)],
        "about": [Text(gettext_lazy("About"), _about()), Text(gettext_lazy("Our number"), "reference")],
        "told": [Text(gettext_lazy("What happened"), "problem"), Text(gettext_lazy("Code"), "problem_code")],
        "maker": [Text(gettext_lazy("Asked for by"), person_name("actor", _("The back office")))],
        "account": [Text(gettext_lazy("Account"), account_name())],
        "tries": [Count(gettext_lazy("Tries"), "attempts"), Count(gettext_lazy("Look-ups"), "looks")],
        "amount": [Amount(gettext_lazy("Amount"), "reserved_amount", currency="reserved_currency"), currency],
        "next": [Moment(gettext_lazy("Next"), Case(When(state__in=PLANNED, then=F("due_at"))))],
        "created": [Moment(gettext_lazy("Created"), "created_at")],
    }


def _about() -> Case:
    """Our id of the row that a call is about, whatever it is a row of."""
    found = []
    for model in apps.get_models():
        if {"public_id", "account"} <= {field.name for field in model._meta.fields}:
            label = model._meta.label_lower
            pk = Cast(Substr(OuterRef("target"), len(label) + 2), BigIntegerField())
            row = model._default_manager.filter(pk=pk).values("public_id")
            found.append(When(target__startswith=f"{label}:", then=Subquery(row[:1])))
    return Case(*found, default=F("target"), output_field=CharField())


def rows(request: HttpRequest):
    return chosen(request)[1]


CALLS = add_exportable(
    Exportable(
        slug="calls",
        label=gettext_lazy("Provider calls"),
        view="outbox:calls",
        permission="outbox.view_call",
        rows=rows,
        columns=columns,
    )
)
