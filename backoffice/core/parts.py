"""What shared pieces of a screen are made of: views fill these and `templates/components/` draws them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class Badge:
    """A state: tone (quiet, busy, good, warn, bad), lucide icon, word, and the provider's raw word for the hover."""

    tone: str
    icon: str
    label: str | Promise
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class View:
    """A tab over a list: a named filter. `count` None where counting is not worth it."""

    label: str
    url: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A filter that is on: property, operator, value, and the address without it."""

    property: str
    operator: str
    value: str
    remove_url: str


@dataclass(frozen=True, kw_only=True)
class Sum:
    """An amount of one currency: of a whole filter in a list's foot, of a queue on the home screen."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of a `dl`: the first of amount, at, badge, id and value that is set; `url` makes it a link."""

    label: str
    value: Any = ""
    note: str = ""  # under the label: the arithmetic
    amount: Decimal | None = None
    currency: str = ""
    at: datetime | None = None
    badge: Badge | None = None
    id: str = ""
    url: str = ""
    total: bool = False  # in 600


STEP_ICONS = {
    "done": "circle-check",
    "now": "loader",
    "late": "hourglass",
    "failed": "circle-x",
    "ahead": "circle-dashed",
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One of the five columns of a stepper. `state`: done, now, late, failed, ahead."""

    name: str
    state: str
    at: datetime | None = None
    who: str = ""
    hint: str = ""

    @property
    def icon(self) -> str:
        return STEP_ICONS[self.state]

    @property
    def is_current(self) -> bool:
        return self.state in {"now", "late", "failed"}


@dataclass(frozen=True, kw_only=True)
class Action:
    """A button: a link, or a form where `post` is set. `off` holds the reason why it cannot be pressed now."""

    label: str
    url: str
    icon: str = ""
    main: bool = False
    post: bool = False
    key: str = ""  # the form's idempotency key
    dialog: str = ""  # the id of the dialog that a link opens where there is a script
    off: str = ""


@dataclass(frozen=True, kw_only=True)
class Pending:
    """Why something is not settled: one sentence of fact, then what we know, are doing, and what the reader can do."""

    sentence: str
    know: Sequence[str]
    doing: Sequence[str]
    can: Sequence[str]
    title: str = ""  # "Why is this pending?" unless told
    tone: str = "warn"  # busy while in time, warn when late or in doubt, bad when it needs a person
    next_look: datetime | None = None
    asked: int = 0
    last_asked: datetime | None = None
    actions: Sequence[Action] = ()

    @property
    def icon(self) -> str:
        return {"busy": "loader", "warn": "hourglass", "bad": "circle-alert"}.get(self.tone, "info")


MARKS = {
    "call": "arrow-up-right",
    "exchange": "arrow-up-down",
    "look": "search",
    "callback": "webhook",
    "state": "git-commit-horizontal",
    "system": "settings-2",
}


@dataclass(frozen=True, kw_only=True)
class Event:
    """A line of a timeline. `sentence` may hold safe <b>; a change of state gives `before` and `after` instead."""

    at: datetime
    kind: str  # person, call, exchange, look, callback, state, system
    sentence: str = ""
    kind_label: str = ""  # "Look 4"
    detail: str = ""
    tone: str = ""
    icon: str = ""  # in place of the kind's own mark
    person: str = ""  # whose initials are the mark
    before: Badge | None = None
    after: Badge | None = None
    raw: str = ""  # redacted; folded away
    raw_label: str = ""
    url: str = ""
    url_label: str = ""

    @property
    def mark(self) -> str:
        return self.icon or MARKS.get(self.kind, "circle-dashed")

    @property
    def day(self) -> date:
        return timezone.localtime(self.at).date()


@dataclass(frozen=True, kw_only=True)
class QuoteLine:
    label: str
    amount: Decimal | None
    note: str = ""  # the arithmetic: "2 × (1.2 % + 0.50)"


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What a request will cost. `now`, `reserved`, `request` and `after` are the wallet's; negative where they take."""

    currency: str
    lines: Sequence[QuoteLine]
    total: Decimal | None
    total_label: str = ""
    wallet: str = ""
    wallet_currency: str = ""
    now: Decimal | None = None
    reserved: Decimal | None = None
    request: Decimal | None = None
    after: Decimal | None = None
    short_by: Decimal | None = None  # how much the wallet lacks
    path: str = ""  # who has to approve, and why
    holds_until: datetime | None = None
    foot: str = ""  # what does not happen yet


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    title: str
    url: str
    text: str = ""
    tag: str = ""
    tag_tone: str = ""
    amount: Decimal | None = None
    currency: str = ""
    age: str = ""
    action: str = ""
    decides: bool = False  # an edged button: the row asks for a decision


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A block of the home screen: who waits for whom. `tone`: me, busy, warn, bad or nothing."""

    title: str
    icon: str
    count: int
    url: str = ""
    tone: str = ""
    note: str = ""
    sums: Sequence[Sum] = ()
    rows: Sequence[QueueRow] = field(default_factory=tuple)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar of a chart in the units of its drawing, 336 wide and 84 high."""

    label: str
    amount: Decimal
    x: str
    y: str
    width: str
    height: str
    now: bool


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A figure over time. `finding` says in words what the drawing shows; the last point is the current period."""

    title: str
    total: Decimal
    currency: str
    points: Sequence[tuple[str, Decimal]]  # label, amount; oldest first
    finding: str

    @property
    def first(self) -> str:
        return self.points[0][0] if self.points else ""

    @property
    def last(self) -> str:
        return self.points[-1][0] if self.points else ""

    @property
    def bars(self) -> Sequence[Bar]:
        if not self.points:
            return ()
        most = max(amount for _, amount in self.points)
        slot = Decimal(336) / len(self.points)
        width = slot * 3 / 4
        gap = (slot - width) / max(len(self.points) - 1, 1)  # so that the last bar ends at the edge
        bars = []
        for place, (label, amount) in enumerate(self.points):
            height = max(amount, Decimal(0)) / most * 76 if most > 0 else Decimal(0)
            bars.append(
                Bar(
                    label=label,
                    amount=amount,
                    x=f"{place * (slot + gap):.1f}",
                    y=f"{84 - height:.1f}",
                    width=f"{width:.1f}",
                    height=f"{height:.1f}",
                    now=place == len(self.points) - 1,
                )
            )
        return bars


@dataclass(frozen=True, kw_only=True)
class Peek:
    """A record beside the list that it is a row of: one figure, at most three actions, facts, the latest of it."""

    title: str
    url: str
    badge: Badge
    text: str = ""
    amount: Decimal | None = None
    currency: str = ""
    amount_label: str = ""
    at: datetime | None = None
    notice: str = ""
    notice_tone: str = "warn"
    actions: Sequence[Action] = ()
    facts: Sequence[Fact] = ()
    latest: Sequence[QueueRow] = ()
    latest_title: str = ""
