"""Lines of the journal as lines of a timeline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.parts import Badge, Event
from backoffice.journal.models import JournalEntry, Source
from backoffice.outbox.badges import state_badge
from backoffice.outbox.call_events import address
from backoffice.outbox.models import Call

ACTS = {
    "outbox.look_up_call": gettext_lazy("asked the provider what became of it"),
    "outbox.send_call_again": gettext_lazy("sent it again under the same reference"),
    "outbox.give_up_call": gettext_lazy("gave it up"),
    "mirror.ask_now": gettext_lazy("asked the provider now"),
}
APPLIED = {
    "born": gettext_lazy("the answer created this row"),
    "moved": gettext_lazy("the answer changed the state"),
    "changed": gettext_lazy("the answer changed facts"),
    "same": gettext_lazy("was known already"),
    "stale": gettext_lazy("was older than what we know"),
    "refused": gettext_lazy("refused: an impossible step"),
    "contradicted": gettext_lazy("refused: it contradicts our request"),
    "unwanted": gettext_lazy("about nothing of ours"),
    "unknown_object": gettext_lazy("the provider does not know the object"),
}
BAD_NEWS = frozenset({"refused", "contradicted"})


@dataclass(frozen=True)
class Words:
    """What only the app above knows: how its states look, what its commands are called, what its facts mean."""

    badge: Callable[[str, str], Badge | None]  # the row's ref, its state
    acts: Mapping[str, Any] = field(default_factory=dict)  # command → "asked for a card"
    facts: Mapping[str, Any] = field(default_factory=dict)  # field → "balance"


def of_entry(entry: JournalEntry, words: Words) -> Event:
    if entry.source == Source.COMMAND:
        return _act(entry, words)
    return SYSTEM.get(entry.verb, _other)(entry, words)


def _act(entry: JournalEntry, words: Words) -> Event:
    name = _name_of(entry.actor) if entry.actor else _("The back office")
    said = words.acts.get(entry.verb) or ACTS.get(entry.verb) or entry.verb
    via = "" if entry.via in {"", "browser"} else _("through %(via)s") % {"via": entry.via}
    told = entry.detail.get("reason") or entry.detail.get("purpose")
    reason = _("“%(reason)s”") % {"reason": told} if told else ""
    amount = " ".join(str(entry.detail[name]) for name in ("amount", "currency") if entry.detail.get(name))
    return Event(
        at=entry.created_at,
        kind="person",
        person=name,
        sentence=format_html("<b>{}</b> {}", name, said),
        detail=" · ".join(part for part in (amount, reason, via) if part),
        kind_label=_("Person"),
    )


def _moved(entry: JournalEntry, words: Words) -> Event:
    detail = entry.detail.get("why", "") if isinstance(entry.detail.get("why"), str) else ""
    return Event(
        at=entry.created_at,
        kind="state",
        before=words.badge(entry.ref, entry.old) if entry.old else None,
        after=words.badge(entry.ref, entry.new),
        sentence=_on_the_word_of(entry),
        detail=detail or _changes(entry, words),
        kind_label=_("State"),
        tone=_tone(words.badge(entry.ref, entry.new)),
    )


def _changed(entry: JournalEntry, words: Words) -> Event:
    return Event(
        at=entry.created_at,
        kind="state",
        icon="pencil-line",
        sentence=format_html("<b>{}</b> {}", _("Facts changed,"), _on_the_word_of(entry)),
        detail=_changes(entry, words),
        kind_label=_("Facts"),
    )


def _refused(entry: JournalEntry, _words: Words) -> Event:
    return Event(
        at=entry.created_at,
        kind="state",
        tone="bad",
        icon="circle-alert",
        sentence=format_html("<b>{}</b> {}", _("News refused,"), _on_the_word_of(entry)),
        detail=str(entry.detail.get("problem", "")),
        kind_label=_("Refused"),
    )


def _unknown_word(entry: JournalEntry, _words: Words) -> Event:
    return Event(
        at=entry.created_at,
        kind="state",
        tone="warn",
        icon="circle-question-mark",
        sentence=format_html(
            "{} <b>{}</b>", _("The provider used a word that is not known here:"), entry.detail.get("word", "")
        ),
        detail=_("Nothing was changed by it."),
        kind_label=_("State"),
    )


def _missing(entry: JournalEntry, _words: Words) -> Event:
    return Event(
        at=entry.created_at,
        kind="state",
        tone="warn",
        icon="circle-alert",
        sentence=format_html("<b>{}</b>", _("The provider's list does not name it any more.")),
        detail=_("Nothing was deleted; the provider is asked about it."),
        kind_label=_("State"),
    )


def _seen_again(entry: JournalEntry, _words: Words) -> Event:
    return Event(
        at=entry.created_at,
        kind="state",
        sentence=format_html("<b>{}</b> {}", _("There again,"), _on_the_word_of(entry)),
        kind_label=_("State"),
    )


def _callback(entry: JournalEntry, _words: Words) -> Event:
    applied = str(entry.detail.get("applied", ""))
    return Event(
        at=entry.created_at,
        kind="callback",
        tone="bad" if applied in BAD_NEWS else "warn" if entry.detail.get("disagreed") else "",
        sentence=format_html(
            "<b>{}</b> {}: {}", _("Callback"), entry.detail.get("topic", ""), APPLIED.get(applied, applied)
        ),
        detail=str(entry.detail.get("disagreed", ""))
        or _("A hint only: we asked the provider, and that answer counts."),
        url=address("webhooks:delivery", entry.delivery),
        url_label=_("Open"),
        kind_label=_("Callback"),
    )


def _call_left(entry: JournalEntry, _words: Words) -> Event:
    badge = state_badge(entry.new) if entry.new in Call.State.values else None
    return Event(
        at=entry.created_at,
        kind="call",
        after=badge,
        sentence=_("is how our call ended") if badge and badge.tone != "bad" else _("is where our call stands"),
        detail=str(entry.detail.get("problem", "")),
        tone=_tone(badge),
        kind_label=_("Call"),
    )


def _said_no(entry: JournalEntry, _words: Words) -> Event:
    """The provider said no to a change of something that exists: it stays as it is."""
    name = str(entry.detail.get("operation", "")).rpartition(".")[2]
    return Event(
        at=entry.created_at,
        kind="state",
        tone="bad",
        icon="circle-x",
        sentence=format_html("{} <b>{}</b> {}", _("Call"), name, _("was refused; nothing was changed")),
        detail=str(entry.detail.get("problem", "")),
        kind_label=_("Refused"),
    )


def _reveal_failed(entry: JournalEntry, _words: Words) -> Event:
    return Event(
        at=entry.created_at,
        kind="look",
        tone="bad",
        icon="circle-alert",
        sentence=format_html("<b>{}</b> {}", _("Nothing was shown,"), _on_the_word_of(entry)),
        detail=str(entry.detail.get("problem", "")),
        kind_label=_("Look"),
    )


def _other(entry: JournalEntry, _words: Words) -> Event:
    return Event(
        at=entry.created_at, kind="system", sentence=entry.verb, detail=_on_the_word_of(entry), kind_label=_("System")
    )


SYSTEM: Mapping[str, Callable[[JournalEntry, Words], Event]] = {
    "born": _moved,
    "moved": _moved,
    "changed": _changed,
    "news_refused": _refused,
    "unknown_word": _unknown_word,
    "missing": _missing,
    "seen_again": _seen_again,
    "callback": _callback,
    "call_left": _call_left,
    "refused": _said_no,
    "reveal_failed": _reveal_failed,
}
WORD_OF = {
    Source.REPLY: gettext_lazy("on the word of the provider's reply"),
    Source.LOOK: gettext_lazy("on the word of a look by our reference"),
    Source.WEBHOOK: gettext_lazy("on the word of a callback"),
    Source.POLL: gettext_lazy("on the word of a look"),
    Source.SYNC: gettext_lazy("on the word of the provider's list"),
    Source.FILE: gettext_lazy("on the word of the provider's file"),
    Source.SYSTEM: gettext_lazy("by the back office itself"),
}


def _on_the_word_of(entry: JournalEntry) -> str:
    return str(WORD_OF.get(Source(entry.source), ""))


def _changes(entry: JournalEntry, words: Words) -> str:
    changed = entry.detail.get("changed")
    if not isinstance(changed, dict):
        return ""
    told = ((words.facts.get(name), values) for name, values in changed.items())
    return ", ".join(
        (_("%(fact)s %(old)s → %(new)s") if _known(old) else _("%(fact)s %(new)s"))
        % {"fact": fact, "old": old, "new": new}
        for fact, (old, new) in told
        if fact
    )


def _known(text: str) -> bool:
    return text not in {"", "None"}


def _name_of(person: Any) -> str:
    return person.get_full_name() or person.get_username()


def _tone(badge: Badge | None) -> str:
    return badge.tone if badge and badge.tone in {"good", "warn", "bad", "busy"} else ""
