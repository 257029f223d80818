"""Which calls an address chooses: its filters and its view, for the list and for an export alike."""

from django.db.models import QuerySet
from django.http import HttpRequest

from backoffice.core.filters import day_range
from backoffice.outbox import queries
from backoffice.outbox.forms import CallFilter
from backoffice.outbox.models import Call

VIEWS = {
    "in-doubt": (Call.State.UNCERTAIN,),
    "needs-a-person": (Call.State.DEAD,),
    "held": (Call.State.HELD,),
    "on-its-way": queries.ON_ITS_WAY,
    "refused": (Call.State.REJECTED,),
}


def chosen(request: HttpRequest) -> tuple[CallFilter, QuerySet[Call]]:
    form, rows = CallFilter(request), queries.calls()
    if states := VIEWS.get(request.GET.get("view", "")):
        rows = rows.filter(state__in=states)
    if states := form.value("state"):
        rows = rows.filter(state__in=states)
    if account := form.value("account"):
        rows = rows.filter(account=account)
    rows = day_range(rows, form.value("since"), form.value("until"))
    if text := form.value("q"):
        rows = queries.find_calls(rows, text.strip())
    return form, rows
