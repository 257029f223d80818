"""What the page of a batch over many rows tells: how far it is, and what became of each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from backoffice.core.money import ExactSum
from backoffice.core.parts import Badge, Fact, Sum, View
from backoffice.core.refs import ref_rows
from backoffice.outbox.badges import call_badge
from backoffice.outbox.bulk import bulk_words
from backoffice.outbox.models import Batch, BatchItem, Call

State = BatchItem.State
ON_A_PAGE = 100
LOOKS = {
    State.WAITING: ("quiet", "clock"),
    State.PROMISED: ("good", "circle-check"),
    State.REFUSED: ("bad", "circle-x"),
    State.STOPPED: ("quiet", "circle-slash"),
}
ARGUMENTS = {
    "amount": gettext_lazy("Amount each"),
    "currency": gettext_lazy("Currency"),
    "reason": gettext_lazy("Reason"),
}
MOVING = (Call.State.QUEUED, Call.State.CLAIMED, Call.State.UNCERTAIN)


@dataclass(frozen=True)
class ItemRow:
    item: BatchItem
    about: Model | None

    @property
    def badge(self) -> Badge:
        if self.item.call:
            return call_badge(self.item.call)
        tone, icon = LOOKS[State(self.item.state)]
        return Badge(tone=tone, icon=icon, label=State(self.item.state).label)

    @property
    def title(self) -> str:
        return str(self.about) if self.about else self.item.target

    @property
    def url(self) -> str:
        return getattr(self.about, "get_absolute_url", str)()

    @property
    def told(self) -> str:
        """Why it was not asked for, or what is wrong with its call."""
        return self.item.reason or (self.item.call.problem if self.item.call else "")


@dataclass(frozen=True)
class BatchPage:
    batch: Batch
    counts: dict[tuple[str, str | None], int]  # item's state, its call's state
    rows: Sequence[ItemRow]
    show: str
    after: int | None  # the place behind which the next page begins

    def count(self, *states: State) -> int:
        return sum(found for (state, _call), found in self.counts.items() if state in states)

    def calls(self, *states: Call.State) -> int:
        return sum(found for (_state, call), found in self.counts.items() if call in states)

    @property
    def title(self) -> str:
        return f"{bulk_words(self.batch.operation)}: {self.size_words}"

    @property
    def size_words(self) -> str:
        return ngettext("%(n)s row", "%(n)s rows", self.batch.size) % {"n": f"{self.batch.size:,}"}

    @property
    def done(self) -> int:
        return self.batch.size - self.count(State.WAITING)

    @property
    def badge(self) -> Badge:
        if self.batch.stopped_at:
            return Badge(tone="quiet", icon="circle-slash", label=_("Stopped"))
        if not self.batch.ended_at:
            return Badge(tone="busy", icon="loader", label=_("Under way"))
        if self.calls(*MOVING):
            return Badge(tone="busy", icon="loader", label=_("All asked for"))
        return Badge(tone="good", icon="circle-check", label=pgettext("batch", "Ended"))

    @property
    def may_stop(self) -> bool:
        return not self.batch.ended_at

    @property
    def is_moving(self) -> bool:
        return not self.batch.ended_at or bool(self.calls(*MOVING))

    @property
    def facts(self) -> list[Fact]:
        actor = self.batch.actor
        told = [
            Fact(label=_("Asked for by"), value=(actor.get_full_name() or actor.get_username()) if actor else ""),
            Fact(label=_("Asked for"), at=self.batch.created_at),
            *[Fact(label=str(ARGUMENTS[name]), value=value) for name, value in self._arguments],
            Fact(label=_("Rows"), value=f"{self.batch.size:,}"),
            Fact(label=_("Waiting"), value=f"{self.count(State.WAITING):,}"),
            Fact(label=_("Asked of the provider"), value=f"{self.count(State.PROMISED):,}"),
        ]
        named = (
            (_("Answered"), self.calls(Call.State.DONE)),
            (_("Refused by the provider"), self.calls(Call.State.REJECTED)),
            (_("In doubt"), self.calls(Call.State.UNCERTAIN)),
            (_("Needs a person"), self.calls(Call.State.DEAD)),
            (_("Not possible"), self.count(State.REFUSED)),
            (_("Stopped"), self.count(State.STOPPED)),
        )
        ends = [Fact(label=_("Ended"), at=self.batch.ended_at)] if self.batch.ended_at else []
        return [*told, *(Fact(label=label, value=f"{count:,}") for label, count in named if count), *ends]

    @property
    def _arguments(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.batch.arguments.items() if value and name in ARGUMENTS]

    @property
    def views(self) -> list[View]:
        url = self.batch.get_absolute_url()
        words = {
            "": (_("All"), self.batch.size),
            "refused": (_("Not possible"), self.count(State.REFUSED)),
            "waiting": (_("Waiting"), self.count(State.WAITING)),
            "promised": (_("Asked for"), self.count(State.PROMISED)),
            "stopped": (_("Stopped"), self.count(State.STOPPED)),
        }
        return [
            View(label=label, url=f"{url}?show={name}" if name else url, count=count, current=name == self.show)
            for name, (label, count) in words.items()
            if count or name in {"", self.show}
        ]


def batch_page(batch: Batch, *, show: str = "", after: int = 0) -> BatchPage:
    """One page of its items and the counts of all, with four queries and one for each kind of row."""
    shown = show if show in State.values else ""
    items = batch.items.filter(place__gt=after).select_related("call__account")
    if shown:
        items = items.filter(state=shown)
    found = list(items.order_by("place")[: ON_A_PAGE + 1])
    page = found[:ON_A_PAGE]
    about = ref_rows(item.target for item in page)
    counts = batch.items.order_by().values_list("state", "call__state").annotate(Count("pk"))
    return BatchPage(
        batch,
        {(state, call): count for state, call, count in counts},
        [ItemRow(item, about.get(item.target)) for item in page],
        shown,
        page[-1].place if len(found) > ON_A_PAGE else None,
    )


def held_sums(batch: Batch) -> list[Sum]:
    """What its calls hold or held, a currency."""
    held = batch.calls.exclude(reserves="").order_by().values_list("reserved_currency")
    rows = held.annotate(ExactSum("reserved_amount")).order_by("reserved_currency")
    return [Sum(amount=amount or Decimal(0), currency=currency) for currency, amount in rows]
