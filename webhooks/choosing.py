"""Which deliveries an address chooses: its filters and its view, for the inbox and for a replay alike."""

from django.db.models import QuerySet
from django.http import HttpRequest

from backoffice.core.filters import day_range
from webhooks import queries
from webhooks.forms import DeliveryFilter
from webhooks.models import Delivery

VIEWS = {
    "needs-a-person": (Delivery.State.DEAD,),
    "open": Delivery.OPEN,
    "nothing-to-do": (Delivery.State.IGNORED,),
}
EXACT = {"topic": "topic", "account": "account", "about": "object_id"}
ONE_OF = {"state": "state", "result": "applied", "why": "ignored"}


def chosen(request: HttpRequest) -> tuple[DeliveryFilter, QuerySet[Delivery]]:
    form = DeliveryFilter(request)
    rows = queries.deliveries()
    if states := VIEWS.get(request.GET.get("view", "")):
        rows = rows.filter(state__in=states)
    for name, column in EXACT.items():
        if value := form.value(name):
            rows = rows.filter(**{column: value})
    for name, column in ONE_OF.items():
        if values := form.value(name):
            rows = rows.filter(**{f"{column}__in": values})
    rows = day_range(rows, form.value("since"), form.value("until"))
    if text := form.value("q"):
        rows = queries.find_deliveries(rows, text.strip())
    if text := form.value("text"):
        rows = queries.with_text(rows, text)
    return form, rows
