"""How a callback is shown: what became of it, what was checked, what it led to."""

import json
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.core.parts import Badge, Event, Fact
from backoffice.core.templatetags.ui import duration
from backoffice.journal.models import JournalEntry
from backoffice.outbox.journal_events import Words, of_entry
from backoffice.providers import exactjson
from webhooks.models import Delivery

ICONS = {
    Delivery.State.RECEIVED: "clock",
    Delivery.State.PROCESSING: "loader",
    Delivery.State.WAITING: "hourglass",
    Delivery.State.DONE: "circle-check",
    Delivery.State.IGNORED: "circle-slash",
    Delivery.State.DEAD: "circle-alert",
}
RESULTS = {
    Delivery.Applied.REFUSED: ("warn", "circle-x"),
    Delivery.Applied.CONTRADICTED: ("bad", "circle-x"),
    Delivery.Applied.SAME: ("quiet", "equal"),
    Delivery.Applied.STALE: ("quiet", "history"),
    Delivery.Applied.UNWANTED: ("quiet", "circle-slash"),
    Delivery.Applied.UNKNOWN_OBJECT: ("warn", "circle-question-mark"),
}


@dataclass(frozen=True)
class ShownDelivery:
    """A callback with the row that its answer was about."""

    delivery: Delivery
    about: Model | None

    @property
    def badge(self) -> Badge:
        """What the news brought where that is known, else how far we are."""
        delivery = self.delivery
        state = Delivery.State(delivery.state)
        if delivery.applied:
            tone, icon = RESULTS.get(Delivery.Applied(delivery.applied), (delivery.tone, ICONS[state]))
            return Badge(tone=tone, icon=icon, label=delivery.get_applied_display(), title=delivery.disagreed)
        label = delivery.get_ignored_display() if delivery.ignored else delivery.get_state_display()
        return Badge(tone=delivery.tone, icon=ICONS[state], label=str(label), title=delivery.problem)

    @property
    def url(self) -> str:
        return self.delivery.get_absolute_url()

    @property
    def about_words(self) -> str:
        return str(self.about) if self.about else self.delivery.object_id

    @property
    def about_url(self) -> str:
        return getattr(self.about, "get_absolute_url", str)()

    @property
    def checked(self) -> str:
        return _("Signature") if self.delivery.signed else _("Unsigned: path and address only")

    @property
    def latency(self) -> str:
        return duration(self.delivery.latency) if self.delivery.latency is not None else ""

    @property
    def came(self) -> str:
        return ngettext("once", "%(count)d times", self.delivery.seen) % {"count": self.delivery.seen}


def facts(shown: ShownDelivery) -> list[Fact]:
    row = shown.delivery
    return [
        Fact(label=_("About"), id=shown.about_words, url=shown.about_url),
        Fact(label=_("Account"), value=str(row.account)),
        Fact(label=_("Topic"), value=row.topic),
        Fact(label=_("What it claims"), value=row.word),
        Fact(label=_("Received"), at=row.received_at),
        Fact(label=_("It came"), value=shown.came),
        Fact(label=_("Came again"), at=row.seen_at),
        Fact(label=_("Answered by the provider"), at=row.done_at),
        Fact(label=_("From receipt to answer"), value=shown.latency),
        Fact(label=_("Failed tries"), value=str(row.tries)),
        Fact(label=_("Provider's id"), id=row.delivery_id),
        Fact(label=_("Callback"), id=row.public_id),
    ]


def checks(shown: ShownDelivery) -> list[Fact]:
    """What was checked before it was kept, and what that is worth."""
    row = shown.delivery
    address = Fact(label=_("Address"), value=_("the secret path of this account"))
    signature = Fact(label=_("Signature"), value=_("valid") if row.signed else _("none: this provider does not sign"))
    topic = Fact(label=_("Topic"), value=_("known") if row.known else _("in no table of ours"))
    ours = Fact(label=_("Application"), value=_("this account's") if row.ours else _("another one"))
    return [address, signature, topic, ours]


def headers(row: Delivery) -> list[Fact]:
    return [Fact(label=name, value=str(value)) for name, value in sorted(row.headers.items())]


def kept_text(row: Delivery) -> str:
    """The bytes themselves as they are kept; what is no text is told by its number."""
    return bytes(row.body).decode("utf-8", errors="backslashreplace")


def body_text(row: Delivery) -> str:
    """For reading: indented, JSON inside of text unfolded, each number with its own digits; else as it came."""
    body = bytes(row.body)
    try:
        value = _unfolded(exactjson.loads(body))
    except exactjson.NotJson:
        return body.decode("utf-8", errors="replace")
    text = json.dumps(value, indent=2, ensure_ascii=False, default=lambda number: f"\0{exactjson.number(number)}\0")
    return NUMBER.sub(r"\1", text)


NUMBER = re.compile(r'"\\u0000(.*?)\\u0000"')


def _unfolded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unfolded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_unfolded(item) for item in value]
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return _unfolded(exactjson.loads(value))
        except exactjson.NotJson:
            return value
    return value


def problem(row: Delivery) -> str:
    return capfirst(row.problem or row.disagreed)


def effects(entries: list[JournalEntry]) -> list[Event]:
    """The journal's lines that name this callback, newest first."""
    return [of_entry(entry, WORDS) for entry in reversed(entries)]


WORDS = Words(
    badge=lambda _ref, _state: None,  # these lines tell of the callback; the row's own page tells of its states
    acts={"webhooks.replay_delivery": gettext_lazy("had it processed again")},
)
