"""Calls and their exchanges as lines of a timeline."""

import json
from collections.abc import Sequence

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.core.parts import Event
from backoffice.journal.models import Source
from backoffice.outbox.models import Call, Exchange


def of_call(call: Call) -> list[Event]:
    name = call.operation.rpartition(".")[2]
    url = address("outbox:call", call.public_id)
    queued = Event(
        at=call.created_at,
        kind="call",
        icon="clock",
        sentence=format_html("{} <b>{}</b> {}", _("Call"), name, _("written down")),
        detail=_("Reference %(reference)s") % {"reference": call.reference} if call.reference else "",
        url=url,
        url_label=_("Open"),
        kind_label=_("Call"),
    )
    if not call.sent_at:
        return [queued]
    times = ngettext("%(n)d attempt so far", "%(n)d attempts so far", call.attempts) % {"n": call.attempts}
    sent = Event(
        at=call.sent_at,
        kind="call",
        sentence=format_html("{} <b>{}</b> {}", _("Call"), name, _("left for the provider")),
        detail=_("%(times)s, digest %(digest)s checked") % {"times": times, "digest": call.digest[:8]},
        kind_label=_("Call"),
    )
    return [sent, queued]


def of_exchanges(exchanges: Sequence[Exchange], *, raw: bool) -> list[Event]:
    """Newest first as they come; looks are numbered from the first one. `raw` adds what was said, redacted."""
    events, number = [], sum(not exchange.is_write for exchange in exchanges)
    for exchange in exchanges:
        events.append(
            _sent(exchange, _raw(exchange) if raw else "")
            if exchange.is_write
            else _look(exchange, number, _raw(exchange) if raw else "")
        )
        number -= not exchange.is_write
    return events


SAID = {  # how an attempt to send ended: what it says, what that means, tone
    Exchange.Outcome.ANSWERED: (gettext_lazy("The provider answered"), gettext_lazy("and took it"), ""),
    Exchange.Outcome.REFUSED: (gettext_lazy("The provider refused"), "", "bad"),
    Exchange.Outcome.NOT_FOUND: (gettext_lazy("The provider refused"), "", "bad"),
    Exchange.Outcome.NOT_SENT: (gettext_lazy("Not sent,"), gettext_lazy("the provider did nothing"), "warn"),
    Exchange.Outcome.UNKNOWN: (gettext_lazy("No clear answer,"), gettext_lazy("outcome unknown"), "warn"),
    Exchange.Outcome.MISCONFIGURED: (gettext_lazy("Our access was refused,"), gettext_lazy("nothing was done"), "bad"),
}


def _sent(exchange: Exchange, raw: str) -> Event:
    said, meaning, tone = SAID[Exchange.Outcome(exchange.outcome)]
    return Event(
        at=exchange.created_at,
        kind="exchange",
        icon="circle-question-mark" if exchange.outcome == Exchange.Outcome.UNKNOWN else "",
        tone=tone,
        sentence=format_html("<b>{}</b> {}", said, meaning),
        detail=_told(exchange, problem=exchange.problem),
        raw=raw,
        raw_label=_("Exchange %(path)s") % {"path": exchange.path},
        kind_label=_("Exchange"),
    )


def _look(exchange: Exchange, number: int, raw: str) -> Event:
    by_reference = exchange.source == Source.LOOK
    asked = _("Asked by our reference:") if by_reference else _("Asked the provider:")
    not_found = exchange.outcome == Exchange.Outcome.NOT_FOUND
    answered = not_found or exchange.outcome == Exchange.Outcome.ANSWERED
    said = _("not found") if not_found else _("answered") if answered else _("no answer to be had")
    proof = _("which proves nothing yet") if by_reference and not_found else ""
    return Event(
        at=exchange.created_at,
        kind="look",
        tone="" if answered else "warn",
        sentence=format_html("{} <b>{}</b> {}", asked, said, proof),
        detail=_told(exchange, problem="" if answered else exchange.problem),
        raw=raw,
        raw_label=_("Exchange %(path)s") % {"path": exchange.path},
        kind_label=_("Look %(number)d") % {"number": number},
    )


def _told(exchange: Exchange, *, problem: str) -> str:
    took = _("%(ms)d ms") % {"ms": round(exchange.seconds * 1000)}
    code = _("code %(code)s") % {"code": exchange.code} if exchange.code and exchange.problem else ""
    return ", ".join(part for part in (problem, code, took) if part)


def _raw(exchange: Exchange) -> str:
    return json.dumps({"request": exchange.request, "answer": exchange.answer}, ensure_ascii=False, indent=2)


def address(view: str, public_id: str) -> str:
    """The page of something another app shows; "" where there is none."""
    try:
        return reverse(view, args=[public_id]) if public_id else ""
    except NoReverseMatch:
        return ""
