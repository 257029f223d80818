"""Reading the fields of an answer: what must be there is there, amounts stay exact, the rest is taken or left."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from backoffice.providers import exactjson
from backoffice.providers.errors import OutcomeUnknown
from backoffice.providers.redaction import redacted, scrub

TIME = "%Y-%m-%d %H:%M:%S"
WHOLE_DIGITS, DECIMALS = 16, 8  # an amount beyond these cannot be kept exactly
LONGEST_WORD = 40

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CURRENCY = re.compile(r"[A-Z][A-Z0-9]{1,7}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


def is_id(value: object) -> bool:
    """Whether this may be the id of an object: it has the form of one, and is no card number."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        return False
    return not value.isdigit() or redacted({"id": value}) == {"id": value}  # a card number has nothing but digits


class Fields:
    """One object of an answer. A missing, null or empty field is "not said", unless something needs it."""

    def __init__(self, what: str, data: object):
        if not isinstance(data, Mapping):
            raise OutcomeUnknown(f"{what}: not an object")
        self.what, self.data = what, data

    def wrong(self, name: str, problem: str) -> OutcomeUnknown:
        return OutcomeUnknown(f"{self.what}: {name} {problem}")

    def id(self, name: str) -> str:
        value = self.data.get(name)
        if not is_id(value):
            raise self.wrong(name, "is missing" if value in (None, "") else "is no id")
        return str(value)

    def optional_id(self, name: str) -> str | None:
        """The id, "" where it is said to be empty, None where nothing usable is said."""
        value = self.data.get(name)
        return value if value == "" or is_id(value) else None

    def reference(self, name: str) -> str:
        """Our own number, echoed; empty where the provider made the order itself."""
        return "" if self.data.get(name) in (None, "") else self.id(name)

    def echo(self, name: str, asked: str) -> None:
        """The answer is about what was asked for."""
        if self.data.get(name) != asked:
            raise self.wrong(name, "is not the one that was asked for")

    def currency(self, name: str) -> str:
        value = self.data.get(name)
        if not isinstance(value, str) or not _CURRENCY.fullmatch(value):
            raise self.wrong(name, "is no currency")
        return value

    def text(self, name: str, longest: int) -> str | None:
        value = self.data.get(name)
        return scrub(value)[:longest] if isinstance(value, str) else None

    def exact_text(self, name: str, longest: int) -> str | None:
        """The text as it was sent, for what is kept sealed or not at all: it is not freed of card numbers."""
        value = self.data.get(name)
        return _UNKEEPABLE.sub("\ufffd", value)[:longest] if isinstance(value, str) else None

    def matching(self, name: str, pattern: str) -> str | None:
        """The text if it has this form, "" where it is said to be empty."""
        value = self.data.get(name)
        return value if isinstance(value, str) and (not value or re.fullmatch(pattern, value)) else None

    def integer(self, name: str) -> int | None:
        value = self.data.get(name)
        return value if type(value) is int and abs(value) < 10**18 else None

    def balance(self, name: str) -> Decimal:
        """An amount that must be there and may be below zero."""
        amount = self._amount(name)
        if amount is None:
            raise self.wrong(name, "is missing")
        return amount

    def optional_balance(self, name: str) -> Decimal | None:
        return self._amount(name)

    def amount(self, name: str) -> Decimal:
        """An amount that must be there; never below zero, as the direction stands beside it."""
        return self._not_negative(name, self.balance(name))

    def optional_amount(self, name: str) -> Decimal | None:
        amount = self._amount(name)
        return None if amount is None else self._not_negative(name, amount)

    def bound(self, name: str) -> Decimal | None:
        """A limit, where 0 says that there is none."""
        return self.optional_amount(name) or None

    def time(self, name: str, zone: ZoneInfo) -> datetime | None:
        """A time without a zone, read in the account's; None where it is not one."""
        value = self.data.get(name)
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            return None
        try:
            return datetime.strptime(value, TIME).replace(tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    def day(self, name: str) -> date | None:
        value = self.data.get(name)
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None

    def word(self, name: str) -> str:
        """The provider's own word as it was sent; what is not a number shows that it was not."""
        value = self.data.get(name)
        if value is None:
            return ""
        return scrub(exactjson.dumps(value).decode())[:LONGEST_WORD]

    def objects(self, name: str) -> list["Fields"]:
        """A list of objects that must be there, empty or not."""
        rows = self.data.get(name)
        if not isinstance(rows, list):
            raise self.wrong(name, "is no list")
        return [Fields(f"{self.what}, {name}", row) for row in rows]

    def texts(self, name: str, pattern: str) -> tuple[str, ...]:
        rows = self.data.get(name)
        found = rows if isinstance(rows, list) else []
        return tuple(row for row in found if isinstance(row, str) and re.fullmatch(pattern, row))

    def _amount(self, name: str) -> Decimal | None:
        value = self.data.get(name)
        if value is None or value == "":
            return None
        if type(value) is not int and not isinstance(value, Decimal):
            raise self.wrong(name, "is no number")
        amount = Decimal(value)
        if not fits(amount):
            raise self.wrong(name, "has more digits than an amount has")
        return amount

    def _not_negative(self, name: str, amount: Decimal) -> Decimal:
        if amount < 0:
            raise self.wrong(name, "is below zero")
        return amount


def fits(amount: Decimal) -> bool:
    """Whether the amount can be kept exactly."""
    if not amount.is_finite():
        return False
    _sign, figures, exponent = amount.as_tuple()
    trailing = len(figures) - len("".join(map(str, figures)).rstrip("0"))
    return not amount or (amount.adjusted() < WHOLE_DIGITS and -(int(exponent) + trailing) <= DECIMALS)


def wire_time(moment: datetime, zone: ZoneInfo, *, up: bool) -> str:
    """A moment in the provider's form, to the second: `up` for a bound that itself is left out."""
    local = moment.astimezone(zone)
    if up and local.microsecond:
        local += timedelta(seconds=1)
    return local.strftime(TIME)
