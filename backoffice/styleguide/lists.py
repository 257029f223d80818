"""What lists and the home screen are made of, in each tone and at their edges. Invented."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.core.parts import Chart, Chip, Queue, QueueRow, Sum, View
from backoffice.styleguide.orders import BADGES, LONG_NAME

AMOUNTS = (
    ("1204.50", "USD"),
    ("0", "USD"),
    ("-842.10", "EUR"),
    ("148200", "JPY"),
    ("0.000001", "USDT"),
    ("12345678901234.56", "HKD"),
    ("12.345", "USD"),
)
SUMS = (
    Sum(amount=Decimal("412880.15"), currency="USD"),
    Sum(amount=Decimal("9506.73"), currency="GBP"),
    Sum(amount=Decimal("2140700"), currency="JPY"),
)


def queues() -> tuple[Queue, ...]:
    pay = QueueRow(
        title="Pay 深圳远航物流有限公司",
        url="#queue",
        text="Mei Lin",
        amount=Decimal("48200"),
        currency="USD",
        age="2 h 14 min",
    )
    review = replace(pay, action=_("Review"), decides=True)
    return (
        Queue(
            title=_("Needs me"),
            icon="user-round-check",
            count=3,
            tone="me",
            url="#queue",
            sums=SUMS[:2],
            rows=[
                replace(review, tag=_("New payee"), tag_tone="warn"),
                replace(review, title=LONG_NAME * 2, text=LONG_NAME),
                QueueRow(title=_("Holder waits for a decision"), url="#queue", age="12 min", action=_("Open")),
            ],
        ),
        Queue(
            title=_("In doubt"),
            icon="circle-question-mark",
            count=1,
            tone="warn",
            note=_("No answer came back, we keep asking"),
            rows=[pay],
        ),
        Queue(title=_("Failed today"), icon="circle-x", count=1, tone="bad", note=_("Nothing was debited"), rows=[pay]),
        Queue(title=_("On its way"), icon="loader", count=0, tone="busy"),
    )


def views() -> tuple[View, ...]:
    return (
        View(label=_("All"), url="#list", count=1284),
        View(label=_("Spending now"), url="#list", count=214, current=True),
        View(label=_("Low balance"), url="#list", count=0),
        View(label=_("Frozen"), url="#list"),
    )


def chips() -> tuple[Chip, ...]:
    return (
        Chip(property=_("Provider"), operator=_("is"), value="OPEN-API", remove_url="#list"),
        Chip(property=_("Holder"), operator=_("is"), value=LONG_NAME, remove_url="#list"),
    )


def rows(now: datetime) -> list[dict]:
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


def chart() -> Chart:
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
