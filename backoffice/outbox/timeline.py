"""One timeline of a row, whatever wrote it down: journal, calls, exchanges, looks and callbacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from backoffice.core.parts import Event
from backoffice.journal.models import JournalEntry
from backoffice.outbox.call_events import of_call, of_exchanges
from backoffice.outbox.journal_events import Words, of_entry
from backoffice.outbox.models import Call, Exchange

MOST = 200  # of each kind; "show older" asks for more
MORE = 2_000
GROUPS: Mapping[str, tuple[Any, frozenset[str]]] = {
    "people": (gettext_lazy("People"), frozenset({"person"})),
    "provider": (gettext_lazy("Provider"), frozenset({"call", "exchange", "look", "callback"})),
    "states": (pgettext_lazy("timeline", "States"), frozenset({"state"})),
}


@dataclass(frozen=True)
class Timeline:
    events: Sequence[Event]
    has_older: bool


def timeline(refs: Sequence[str], words: Words, *, show: str = "", most: int = MOST, raw: bool = False) -> Timeline:
    """Everything that happened to these rows, newest first; `show` is a group, `raw` adds exchanged data."""
    entries = list(
        JournalEntry.objects.filter(ref__in=refs).select_related("actor").order_by("-created_at", "-id")[:most]
    )
    calls = list(Call.objects.filter(target__in=refs).order_by("-created_at", "-id")[:most])
    exchanges = list(Exchange.objects.filter(ref__in=refs).exclude(ref="").order_by("-created_at", "-id")[:most])
    found = [
        *(of_entry(entry, words) for entry in entries),
        *(event for call in calls for event in of_call(call)),
        *of_exchanges(exchanges, raw=raw),
    ]
    _name, kinds = GROUPS.get(show, ("", frozenset()))
    shown = sorted(
        (event for event in found if not kinds or event.kind in kinds), key=lambda event: event.at, reverse=True
    )
    return Timeline(shown, any(len(rows) == most for rows in (entries, calls, exchanges)))
