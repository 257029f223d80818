"""How a call is shown: its badge, what it does and to what, what happened to it in plain words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.core.parts import Action, Badge, Event, Fact, Pending
from backoffice.journal.models import JournalEntry, Source
from backoffice.outbox.badges import call_badge
from backoffice.outbox.call_events import of_call, of_exchanges
from backoffice.outbox.journal_events import Words, of_entry
from backoffice.outbox.models import Call
from backoffice.outbox.queries import exchanges_of
from backoffice.outbox.registry import operation_words


@dataclass(frozen=True)
class ShownCall:
    """A call with the row it is about; `about` is None where that row is gone."""

    call: Call
    about: Model | None

    @property
    def badge(self) -> Badge:
        return call_badge(self.call)

    @property
    def operation(self) -> str:
        return operation_words(self.call.operation)

    @property
    def url(self) -> str:
        return self.call.get_absolute_url()

    @property
    def about_words(self) -> str:
        return str(self.about) if self.about else self.call.target

    @property
    def about_url(self) -> str:
        return getattr(self.about, "get_absolute_url", str)()

    @property
    def maker(self) -> str:
        actor = self.call.actor
        return (actor.get_full_name() or actor.get_username()) if actor else _("The back office")

    @property
    def told(self) -> str:
        """What happened to it, in one line."""
        return TOLD[Call.State(self.call.state)](self.call)

    @property
    def next_at(self) -> datetime | None:
        """When we try or look again; None where nothing is planned."""
        return self.call.due_at if Call.State(self.call.state) in PLANNED else None

    @property
    def is_moving(self) -> bool:
        """Something may happen to it without anybody."""
        return self.call.is_open and Call.State(self.call.state) not in WAITS_FOR_PEOPLE


WAITS_FOR_PEOPLE = (Call.State.HELD, Call.State.DEAD)
PLANNED = (Call.State.QUEUED, Call.State.UNCERTAIN)


def _queued(call: Call) -> str:
    if call.account.is_paused:
        return _("Waits: the account is paused")
    if not call.attempts:
        return _("Waits to be sent")
    return ngettext("Waits to be sent, tried once", "Waits to be sent, tried %(count)d times", call.attempts) % {
        "count": call.attempts
    }


def _claimed(call: Call) -> str:
    return _("Is being looked up") if call.maybe_sent else _("Is being sent")


def _in_doubt(call: Call) -> str:
    if not call.looks:
        return _("No clear answer came back")
    return ngettext(
        "The provider does not know it yet, asked once",
        "The provider does not know it yet, asked %(count)d times",
        call.looks,
    ) % {"count": call.looks}


def _dead(call: Call) -> str:
    if call.problem_code == "not_found":
        return ngettext(
            "The provider does not know our reference, asked once",
            "The provider does not know our reference, asked %(count)d times",
            call.looks,
        ) % {"count": call.looks}
    return capfirst(call.problem)


def _refused(call: Call) -> str:
    return f"{capfirst(call.problem)} ({call.problem_code})" if call.problem_code else capfirst(call.problem)


TOLD: dict[Call.State, Callable[[Call], str]] = {
    Call.State.HELD: lambda call: _("Waits for a second person"),
    Call.State.QUEUED: _queued,
    Call.State.CLAIMED: _claimed,
    Call.State.UNCERTAIN: _in_doubt,
    Call.State.DONE: lambda call: _("Answered"),
    Call.State.REJECTED: _refused,
    Call.State.DEAD: _dead,
    Call.State.WITHDRAWN: lambda call: _("Given up: %(reason)s") % {"reason": call.problem},
}


# --- why it has not ended ---------------------------------------------------------------------------------------------


def pending(shown: ShownCall, actions: list[Action]) -> Pending | None:
    """Why a call has no outcome yet; None where it has one."""
    call = shown.call
    if not call.is_open:
        return None
    sentence, know, doing, can = WHY[Call.State(call.state)](call)
    return Pending(
        sentence=sentence,
        know=know,
        doing=doing,
        can=can,
        tone=call.tone,
        next_look=shown.next_at,
        asked=call.looks,
        actions=actions,
    )


Why = tuple[str, list[str], list[str], list[str]]


def _why_on_its_way(call: Call) -> Why:
    return (
        TOLD[Call.State(call.state)](call) + ".",
        [_("It is written down here and cannot get lost."), _("No money has moved for it.")],
        [_("A worker sends it as soon as it is due.")],
        [_("Wait, or give it up while it was not sent.")],
    )


def _why_being_sent(call: Call) -> Why:
    return (
        _("A worker has it in hand now."),
        [_("Attempt %(attempt)d.") % {"attempt": call.attempts}],
        [_("If the worker dies, another one looks up what became of it.")],
        [_("Nothing now; this takes seconds.")],
    )


def _why_in_doubt(call: Call) -> Why:
    return (
        _("It may have reached the provider, but no clear answer came back."),
        [
            TOLD[Call.State(call.state)](call) + ".",
            *([_("Last problem: %(problem)s") % {"problem": call.problem}] if call.problem else []),
            *([_("Its money stays held, so it cannot be spent twice.")] if call.reserves else []),
        ],
        [
            _("We ask by our own reference and never send it twice.")
            if call.reference
            else _("We look at how it is there now.")
        ],
        [_("Wait, or ask now.")],
    )


def _why_dead(call: Call) -> Why:
    return (
        _("We asked as often as makes sense. Now a person must decide."),
        [
            TOLD[Call.State(call.state)](call) + ".",
            *([_("Its money stays held until somebody decides.")] if call.reserves else []),
        ],
        [_("Nothing more by ourselves.")],
        [
            _("Look into the provider's own console for our reference.")
            if call.reference
            else _("Look into the provider's own console for how it is now."),
            _("If it is not there, send it again or give it up."),
        ],
    )


WHY: dict[Call.State, Callable[[Call], Why]] = {
    Call.State.HELD: _why_on_its_way,
    Call.State.QUEUED: _why_on_its_way,
    Call.State.CLAIMED: _why_being_sent,
    Call.State.UNCERTAIN: _why_in_doubt,
    Call.State.DEAD: _why_dead,
}


# --- facts ------------------------------------------------------------------------------------------------------------


def money_facts(shown: ShownCall) -> list[Fact]:
    call = shown.call
    held = call.reserved_amount if call.is_open else None
    if not call.reserves:
        return []
    return [
        Fact(label=_("Total debit"), amount=call.reserved_amount, currency=call.reserved_currency),
        Fact(label=_("Held in the wallet now"), amount=held or Decimal(0), currency=call.reserved_currency),
    ]


def facts(shown: ShownCall) -> list[Fact]:
    call = shown.call
    return [
        Fact(label=_("About"), id=shown.about_words, url=shown.about_url),
        Fact(label=_("Account"), value=str(call.account)),
        Fact(label=_("Asked for by"), value=shown.maker, note=call.via),
        Fact(label=_("Created"), at=call.created_at),
        Fact(label=_("Last sent"), at=call.sent_at),
        Fact(label=_("Ended"), at=call.left_at),
        Fact(label=_("Attempts"), value=str(call.attempts)),
        Fact(label=_("Look-ups that found nothing"), value=str(call.looks)),
        Fact(label=_("Our reference"), id=call.reference),
        Fact(label=_("Call"), id=call.public_id),
        Fact(label=_("Request"), id=call.request_id),
        Fact(label=_("Digest of what was asked"), id=call.digest),
    ]


def events(shown: ShownCall, *, raw: bool) -> list[Event]:
    """What happened to this call alone, newest first; `raw` adds what was exchanged."""
    call = shown.call
    acts = JournalEntry.objects.filter(ref=call.target, source=Source.COMMAND, detail__call=call.public_id)
    found = [
        *(of_entry(entry, WORDS) for entry in acts.select_related("actor")),
        *of_call(call),
        *of_exchanges(list(exchanges_of(call)), raw=raw),
    ]
    return sorted(found, key=lambda event: event.at, reverse=True)


WORDS = Words(badge=lambda _ref, _state: None)  # a call's own acts name no state of the row it is about


def consequence(shown: ShownCall) -> list[Fact]:
    """What a question about a call names: the thing, the amount, the account."""
    call = shown.call
    lines = [
        Fact(label=_("Operation"), value=shown.operation),
        Fact(label=_("About"), id=shown.about_words, url=shown.about_url),
        Fact(label=_("Account"), value=str(call.account)),
        Fact(label=_("Our reference"), id=call.reference),
    ]
    if call.reserves:
        lines.append(
            Fact(label=_("Total debit"), amount=call.reserved_amount, currency=call.reserved_currency, total=True)
        )
    return lines
