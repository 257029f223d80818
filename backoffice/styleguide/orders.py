"""What the page of an order is made of, in each tone and at its edges. Invented."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.parts import Action, Badge, Event, Fact, Pending, Quote, QuoteLine, Step, View

BADGES = (
    Badge(tone="quiet", icon="circle-dashed", label=gettext_lazy("Requested")),
    Badge(tone="quiet", icon="snowflake", label=gettext_lazy("Frozen"), title="FROZEN"),
    Badge(tone="quiet", icon="circle-slash", label=gettext_lazy("Cancelled")),
    Badge(tone="busy", icon="loader", label=gettext_lazy("Processing"), title="wait_process"),
    Badge(tone="busy", icon="clock", label=gettext_lazy("Queued")),
    Badge(tone="busy", icon="user-round-check", label=gettext_lazy("Needs approval")),
    Badge(tone="good", icon="circle-check", label=gettext_lazy("Active")),
    Badge(tone="good", icon="badge-check", label=gettext_lazy("Verified")),
    Badge(tone="warn", icon="circle-question-mark", label=gettext_lazy("In doubt")),
    Badge(tone="warn", icon="hourglass", label=gettext_lazy("Late")),
    Badge(tone="warn", icon="wallet", label=gettext_lazy("Low")),
    Badge(tone="bad", icon="circle-x", label=gettext_lazy("Failed")),
    Badge(tone="bad", icon="ban", label=gettext_lazy("Blocked")),
    Badge(tone="bad", icon="circle-alert", label=gettext_lazy("Needs a person")),
    Badge(tone="bad", icon="undo-2", label=gettext_lazy("Returned")),
)
LONG_NAME = "Maximiliana Aurelia von Hohenstein-Wittgenberg 司徒·上官婉儿"
RAW = """POST /v1/cards/recharge   no reply after 15 003 ms
{"reference": "ref-000381", "card": "•••• 4417", "amount": "500.00"}"""


def actions() -> tuple[Action, ...]:
    return (
        Action(label=_("Note"), url="#buttons", icon="message-square"),
        Action(label=_("Freeze"), url="#buttons", icon="snowflake", dialog="freeze"),
        Action(label=_("Withdraw"), url="#buttons", off=_("A recharge on this card is still open.")),
        Action(label=_("Recharge"), url="#buttons", icon="plus", main=True),
    )


def question() -> tuple[Fact, ...]:
    return (
        Fact(label=_("Card"), value="•• 4417"),
        Fact(label=_("Available"), amount=Decimal("1204.50"), currency="USD"),
    )


def facts(now: datetime) -> tuple[Fact, ...]:
    return (
        Fact(label=_("Card receives"), amount=Decimal("500"), currency="USD"),
        Fact(label=_("Fee quoted"), note="1.2 % + 0.50", amount=Decimal("6.50"), currency="USD"),
        Fact(label=_("Wallet pays"), amount=Decimal("506.50"), currency="USD", total=True),
        Fact(label=_("Fee charged"), value=""),
        Fact(label=_("Holder"), value=LONG_NAME, url="#facts"),
        Fact(label=_("State"), badge=BADGES[3]),
        Fact(label=_("Created"), at=now - timedelta(days=3)),
        Fact(label=_("Our id"), id="cor_5vJ8aaaaaaaaaaaa2LqA"),
        Fact(label=_("Tries"), value=0),
    )


def steps(now: datetime, state: str) -> tuple[Step, ...]:
    hints = {"now": _("Usually within 2 min"), "late": _("Late by 11 min"), "failed": _("Card is frozen")}
    last = Step(name=_("Final"), state="ahead", hint=_("Usually within 2 min"))
    if state == "failed":
        last = Step(name=_("Failed"), state="failed", at=now, who=_("provider"), hint=hints["failed"])
    accepted = "done" if state == "failed" else state
    return (
        Step(name=_("Created"), state="done", at=now - timedelta(minutes=22), who="Mei Lin 林美"),
        Step(name=_("Approved"), state="done", at=now - timedelta(minutes=16), who=LONG_NAME),
        Step(name=_("Sent"), state="done", at=now - timedelta(minutes=16), who=_("reply lost")),
        Step(
            name=_("Accepted"),
            state=accepted,
            at=now - timedelta(minutes=15),
            hint="" if state == "failed" else hints[state],
        ),
        last,
    )


def pendings(now: datetime) -> tuple[Pending, ...]:
    late = Pending(
        sentence=_(
            "The provider has accepted the order and has not said how it ended. "
            "95 in 100 recharges end within 4 min 10 s; this one has waited 15 min 22 s."
        ),
        know=[_("The first reply was lost."), _("A look by our reference found the order, so it exists once.")],
        doing=[_("A callback ends the wait at once.")],
        can=[_("Ask now."), _("Sending again is off: the order exists there and a second one could pay twice.")],
        next_look=now + timedelta(seconds=41),
        asked=4,
        last_asked=now - timedelta(minutes=9),
        actions=[Action(label=_("Look up now"), url="#pending", icon="refresh-cw", main=True)],
    )
    busy = Pending(
        title=_("Under way"),
        tone="busy",
        sentence=_("Accepted 20 s ago; 95 in 100 end within 4 min 10 s."),
        know=[_("The provider has taken the order.")],
        doing=[_("We ask every 10 s and listen for a callback.")],
        can=[_("Nothing needs to be done.")],
    )
    bad = Pending(
        title=_("This needs a person"),
        tone="bad",
        sentence=_("We asked 6 times in 2 h and do not know how it ended. A person has to decide."),
        know=[_("Nothing was debited so far.")],
        doing=[_("Nothing more by ourselves.")],
        can=[_("Ask the provider by phone, then settle it by hand.")],
        asked=1,
    )
    return late, busy, bad


def events(now: datetime) -> tuple[Event, ...]:
    def ago(minutes: int) -> datetime:
        return now - timedelta(minutes=minutes)

    return (
        Event(
            at=ago(9),
            kind="look",
            kind_label=_("Look 4"),
            sentence=format_html("{} <b>{}</b>", _("Asked by our reference:"), _("still processing")),
            detail=_("Nothing changed."),
        ),
        Event(
            at=ago(10),
            kind="callback",
            kind_label=_("Callback"),
            sentence=format_html("<b>{}</b> {}", _("Callback"), _("signature valid, duplicate, not applied")),
            url="#timeline",
            url_label=_("Delivery"),
        ),
        Event(
            at=ago(12),
            kind="person",
            kind_label=_("Person"),
            person="Mei Lin",
            sentence=format_html("<b>{}</b> {}", "Mei Lin", _("added a note")),
            detail="“请留意 – the holder boards at 16:00.”",
        ),
        Event(
            at=ago(15),
            kind="state",
            kind_label=_("State"),
            tone="busy",
            before=BADGES[0],
            after=BADGES[3],
            sentence=_("on the word of look 2"),
        ),
        Event(
            at=ago(16),
            kind="exchange",
            kind_label=_("Exchange"),
            tone="warn",
            icon="circle-question-mark",
            sentence=format_html("<b>{}</b> {}", _("No reply"), _("within 15.0 s, outcome unknown")),
            raw=RAW,
            raw_label="exc_9Trw…04",
        ),
        Event(
            at=ago(16),
            kind="call",
            kind_label=_("Call"),
            sentence=format_html("{} <b>recharge_card</b> {}", _("Call"), _("sent")),
            detail=_("Attempt 1"),
        ),
        Event(
            at=ago(60 * 30),
            kind="person",
            kind_label=_("Person"),
            person="陈志远",
            sentence=format_html("<b>{}</b> {}", "陈志远", _("asked for the recharge")),
        ),
        Event(
            at=ago(60 * 31), kind="system", kind_label=_("System"), tone="bad", sentence=_("Refused: wallet is frozen")
        ),
    )


def kinds() -> tuple[View, ...]:
    words = (_("Everything"), _("People"), _("Provider"), _("States"))
    return tuple(View(label=word, url="#timeline", current=not at) for at, word in enumerate(words))


def quote(now: datetime) -> Quote:
    return Quote(
        currency="USD",
        lines=[
            QuoteLine(label=_("Card price"), note="2 × 3.00", amount=Decimal("6")),
            QuoteLine(label=_("First deposit"), note="2 × 250.00", amount=Decimal("500")),
            QuoteLine(label=_("Deposit fee"), note="2 × (1.2 % + 0.50)", amount=Decimal("7")),
        ],
        total=Decimal("513"),
        wallet="USD main",
        wallet_currency="USD",
        now=Decimal("218420.55"),
        reserved=Decimal("-4200"),
        request=Decimal("-513"),
        after=Decimal("213707.55"),
        path=_("Needs 1 of Finance managers, because the total is over 500.00 USD"),
        holds_until=now + timedelta(seconds=588),
        foot=_("Nothing is sent before approval"),
    )


def short_quote() -> Quote:
    return Quote(
        currency="JPY",
        lines=[QuoteLine(label=_("Recharge"), amount=None)],
        total=None,
        wallet="JPY main",
        wallet_currency="JPY",
        now=Decimal("1200"),
        request=None,
        after=None,
        short_by=Decimal("148200"),
    )
