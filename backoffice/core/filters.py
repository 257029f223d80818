"""A list's filters: a GET form whose values become chips; what was not understood filters nothing."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backoffice.core.errors import DomainError
from backoffice.core.keyset import Keyset, keyset_page
from backoffice.core.parts import Chip

MOST = 1000  # rows that a list's foot counts and sums; beyond, it says so


class FilterForm(forms.Form):
    """Every field is optional and named like its parameter. `q` is the search, and no chip."""

    operators: Mapping[str, str | Promise] = {}

    def __init__(self, request: HttpRequest, **kwargs: Any):
        super().__init__(request.GET, auto_id="filter-%s", **kwargs)
        self.request = request
        for field in self.fields.values():
            field.required = False
        self.is_valid()

    def value(self, name: str) -> Any:
        """What was asked for, or None."""
        return self.cleaned_data.get(name) or None

    @property
    def is_on(self) -> bool:
        return any(self.value(name) for name in self.fields)

    @property
    def chips(self) -> list[Chip]:
        return [
            Chip(
                property=str(field.label),
                operator=str(self.operators.get(name, _("is"))),
                value=self._words(field, value),
                remove_url=self._without(name),
            )
            for name, field in self.fields.items()
            if name != "q" and (value := self.value(name))
        ]

    def _without(self, name: str) -> str:
        params = self.request.GET.copy()
        for key in (name, "cursor"):
            params.pop(key, None)
        return f"?{params.urlencode()}"

    def _words(self, field: forms.Field, value: Any) -> str:
        if isinstance(field, forms.ModelChoiceField):
            return str(value)
        if isinstance(field, forms.DateField):
            zone = timezone.localtime().tzname()
            return f"{format_date(value, pgettext('date format', 'j M Y'))}, {zone}"
        choices = {str(key): str(label) for key, label in getattr(field, "choices", ())}
        values = value if isinstance(value, list) else [value]
        return ", ".join(choices.get(str(one), str(one)) for one in values)


class DateInput(forms.DateInput):
    input_type = "date"


def counted(rows: QuerySet) -> tuple[int, bool]:
    """How many rows there are, and whether that is all of them: never more than a thousand are counted."""
    found = rows.order_by()[: MOST + 1].count()
    return min(found, MOST), found <= MOST


def day_range(rows: QuerySet, since: date | None, until: date | None) -> QuerySet:
    """Rows made from the first moment of one day to the last of another, in the zone that the pages show."""
    if since:
        rows = rows.filter(created_at__gte=_midnight(since))
    if until:
        rows = rows.filter(created_at__lt=_midnight(until + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def page_or_first(request: HttpRequest, rows: QuerySet) -> Keyset:
    """The page that the address names; a damaged one is said and becomes the first."""
    try:
        return keyset_page(rows, request.GET)
    except DomainError as exc:
        messages.warning(request, exc.message)
        params = request.GET.copy()
        params.pop("cursor", None)
        return keyset_page(rows, params)
