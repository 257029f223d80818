"""Every component in every tone and at every edge on one page, for whoever changes the look. All data is invented."""

from datetime import datetime, timedelta
from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from backoffice.core.keyset import Keyset
from backoffice.core.parts import (
    Action,
    Badge,
    Chart,
    Chip,
    Event,
    Fact,
    Pending,
    Queue,
    QueueRow,
    Quote,
    QuoteLine,
    Step,
    Sum,
    View,
)

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
AMOUNTS = (
    ("1204.50", "USD"),
    ("0", "USD"),
    ("-842.10", "EUR"),
    ("148200", "JPY"),
    ("0.000001", "USDT"),
    ("12345678901234.56", "HKD"),
    ("12.345", "USD"),
)
RAW = """POST /v1/cards/recharge   no reply after 15 003 ms
{"reference": "ref-000381", "card": "•••• 4417", "amount": "500.00"}"""


class SampleForm(forms.Form):
    amount = forms.DecimalField(
        label=gettext_lazy("First deposit"),
        help_text=gettext_lazy("20.00 to 5,000.00 USD"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("Cards"),
        help_text=gettext_lazy("Up to 20 at once"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    wallet = forms.ChoiceField(
        label=gettext_lazy("Pay from"), choices=[("usd", gettext_lazy("USD main, 218,420.55 USD")), ("eur", "EUR")]
    )
    label = forms.CharField(label=gettext_lazy("Label"), required=False, help_text=gettext_lazy("Your team sees it"))
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("prepaid", gettext_lazy("Prepaid")), ("shared", gettext_lazy("Shared"))],
        widget=forms.RadioSelect,
    )
    notify = forms.BooleanField(
        label=gettext_lazy("Tell the holder"),
        required=False,
        help_text=gettext_lazy("By email, once the card is active"),
    )


class SampleFilter(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("any")), ("a", gettext_lazy("Active"))]
    )
    since = forms.DateField(
        label=gettext_lazy("Created after"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


@require_GET
def styleguide(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    refused = SampleForm(
        {"amount": "12,5", "quantity": "40", "wallet": "usd", "kind": "prepaid", "label": "差旅 · 广州"}
    )
    refused.is_valid()
    refused.add_error("quantity", _("Enter 20 or less"))
    return render(
        request,
        "styleguide.html",
        {
            "badges": BADGES,
            "amounts": [(Decimal(amount), currency) for amount, currency in AMOUNTS],
            "moments": [now, now - timedelta(minutes=12), now - timedelta(hours=26), now - timedelta(days=400)],
            "soon": now + timedelta(seconds=41),
            "ids": ("crd_7Kq2Wm4ZpT8sYcVn9fXb", "ref-000381", "9f0c3b7e2a5d4c81b6e0f7a1d2c3b4e5"),
            "new_form": SampleForm(auto_id="new_%s"),
            "refused_form": refused,
            "filter_form": SampleFilter(auto_id="filter_%s"),
            "actions": _actions(),
            "bad_actions": (Action(label=_("Look up now"), url="#pending", icon="refresh-cw", main=True),),
            "crumbs": (View(label=_("Orders"), url="#list"), View(label="cor_5vJ8…2LqA", url="")),
            "confirm_facts": (Fact(label=_("Card"), value="•• 4417"), _fact_amount()),
            "facts": _facts(now),
            "stepper_now": _steps(now, "now"),
            "stepper_late": _steps(now, "late"),
            "stepper_failed": _steps(now, "failed"),
            "pendings": _pendings(now),
            "events": _events(now),
            "kinds": _kinds(),
            "quote": _quote(now),
            "short_quote": _short_quote(),
            "queues": _queues(),
            "views": _views(),
            "chips": _chips(),
            "rows": _rows(now),
            "sums": [
                Sum(amount=Decimal(a), currency=c)
                for a, c in (("412880.15", "USD"), ("9506.73", "GBP"), ("2140700", "JPY"))
            ],
            "page": Keyset(rows=[None] * 7, newer="", older="bmV4dA", size=50),
            "chart": _chart(),
            "raw": RAW,
        },
    )


def _actions() -> tuple[Action, ...]:
    return (
        Action(label=_("Note"), url="#buttons", icon="message-square"),
        Action(label=_("Freeze"), url="#buttons", icon="snowflake", dialog="freeze"),
        Action(label=_("Withdraw"), url="#buttons", off=_("A recharge on this card is still open.")),
        Action(label=_("Recharge"), url="#buttons", icon="plus", main=True),
    )


def _fact_amount() -> Fact:
    return Fact(label=_("Available"), amount=Decimal("1204.50"), currency="USD")


def _facts(now: datetime) -> tuple[Fact, ...]:
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


def _steps(now: datetime, state: str) -> tuple[Step, ...]:
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


def _pendings(now: datetime) -> tuple[Pending, ...]:
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


def _events(now: datetime) -> tuple[Event, ...]:
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


def _kinds() -> tuple[View, ...]:
    words = (_("Everything"), _("People"), _("Provider"), _("States"))
    return tuple(View(label=word, url="#timeline", current=not at) for at, word in enumerate(words))


def _quote(now: datetime) -> Quote:
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


def _short_quote() -> Quote:
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


def _queues() -> tuple[Queue, ...]:
    row = QueueRow(
        title="Pay 深圳远航物流有限公司",
        url="#queue",
        text="Mei Lin",
        amount=Decimal("48200"),
        currency="USD",
        age="2 h 14 min",
    )
    return (
        Queue(
            title=_("Needs me"),
            icon="user-round-check",
            count=3,
            tone="me",
            url="#queue",
            sums=[Sum(amount=Decimal("53140"), currency="USD"), Sum(amount=Decimal("12000"), currency="EUR")],
            rows=[
                QueueRow(
                    **{**vars(row), "tag": _("New payee"), "tag_tone": "warn", "action": _("Review"), "decides": True}
                ),
                QueueRow(
                    **{**vars(row), "title": LONG_NAME * 2, "text": LONG_NAME, "action": _("Review"), "decides": True}
                ),
                QueueRow(title=_("Holder waits for a decision"), url="#queue", age="12 min", action=_("Open")),
            ],
        ),
        Queue(
            title=_("In doubt"),
            icon="circle-question-mark",
            count=1,
            tone="warn",
            note=_("No answer came back, we keep asking"),
            rows=[row],
        ),
        Queue(title=_("Failed today"), icon="circle-x", count=1, tone="bad", note=_("Nothing was debited"), rows=[row]),
        Queue(title=_("On its way"), icon="loader", count=0, tone="busy"),
    )


def _views() -> tuple[View, ...]:
    return (
        View(label=_("All"), url="#list", count=1284),
        View(label=_("Spending now"), url="#list", count=214, current=True),
        View(label=_("Low balance"), url="#list", count=0),
        View(label=_("Frozen"), url="#list"),
    )


def _chips() -> tuple[Chip, ...]:
    return (
        Chip(property=_("Provider"), operator=_("is"), value="OPEN-API", remove_url="#list"),
        Chip(property=_("Holder"), operator=_("is"), value=LONG_NAME, remove_url="#list"),
    )


def _rows(now: datetime) -> list[dict]:
    names = ("Mei Lin 林美", "Daniel Okafor", LONG_NAME, "陈志远", "Priya Raman", "王丽娟", "Aiko Tanaka")
    return [
        {
            "badge": BADGES[(3 * place) % len(BADGES)],
            "key": f"•• {4417 + 311 * place}",
            "who": name,
            "label": "差旅 · 深圳" if place % 2 else "Travel, Q4",
            "amount": None if place == 4 else Decimal(AMOUNTS[place][0]),
            "currency": AMOUNTS[place][1],
            "at": now - timedelta(minutes=7 * place * place),
        }
        for place, name in enumerate(names)
    ]


def _chart() -> Chart:
    amounts = (42, 48, 62, 66, 39, 27, 69, 74, 79, 71, 86, 47, 32, 70)
    points = [(_("11 Nov"), Decimal(1000 * amounts[0]))]
    points += [("", Decimal(1000 * amount)) for amount in amounts[1:-1]]
    points += [(_("Today, so far"), Decimal(1000 * amounts[-1]))]
    return Chart(
        title=_("Volume"),
        total=Decimal("812000.55"),
        currency="USD",
        points=points,
        finding=_("Volume per day, 14 days. Today 70,000.00 USD so far."),
    )
