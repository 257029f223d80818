"""What one column of an export holds, said twice: as SQL for PostgreSQL's COPY, and as text made here from a value.

Both make the same bytes. Text that a spreadsheet would take for a formula gets an apostrophe in front.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, F, Model, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat, Trim
from django.utils import timezone
from django.utils.functional import Promise

from backoffice.core.money import CRYPTO_DIGITS, ISO_DIGITS, digits, plain

RISKY = "=+-@\t\r\n\0＝＋－＠"  # noqa: RUF001 (full-width letters are taken for formulas as well)
_CODES = ", ".join(str(ord(letter)) for letter in RISKY if letter != "\0")  # PostgreSQL keeps no NUL
MOST_FIGURES = 15  # a spreadsheet's number keeps no more

Input = Combinable
Sql = tuple[str, list[Any]]


@dataclass(frozen=True)
class Text:
    """Words, ids, numbers that are names."""

    label: str | Promise
    source: Input | str

    @property
    def inputs(self) -> list[Input]:
        return [_expression(self.source)]

    @property
    def heading(self) -> str:
        return str(self.label)

    def sql(self, name: str) -> Sql:
        return f"CASE WHEN ascii({name}) IN ({_CODES}) THEN '''' || {name} ELSE {name} END", []

    def text(self, value: Any) -> str:
        return guarded(str(value)) if value is not None else ""

    def number(self, *values: Any) -> Decimal | int | None:
        """The value where a spreadsheet can hold it as a number, exactly."""
        return None


@dataclass(frozen=True)
class Count(Text):
    """A whole number."""

    def sql(self, name: str) -> Sql:
        return f"{name}::text", []

    def text(self, value: Any) -> str:
        return "" if value is None else str(value)

    def number(self, *values: Any) -> int | None:
        return values[0]


@dataclass(frozen=True)
class Moment(Text):
    """A time, in ISO 8601 with its offset; the heading names the zone."""

    @property
    def heading(self) -> str:
        return f"{self.label} ({timezone.get_current_timezone_name()})"

    def sql(self, name: str) -> Sql:
        return f"""to_char({name}, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM')""", []  # the connection has the zone

    def text(self, value: datetime | None) -> str:
        return "" if value is None else timezone.localtime(value).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Amount(Text):
    """An exact amount with the decimals of its currency, more only where it has more. A `Currency` stands beside it."""

    currency: str = "currency"
    less: Input | str = ""  # what is taken from it

    @property
    def inputs(self) -> list[Input]:
        parts = [self.source, *([self.less] if self.less else []), self.currency]
        return [_expression(part) for part in parts]

    def sql(self, *names: str) -> Sql:
        *amounts, currency = names
        amount = f"({' - '.join(amounts)})"
        return f"round({amount}, greatest(min_scale({amount}), {_digits_sql(currency)}))::text", []

    def text(self, *values: Any) -> str:
        amount = self._amount(*values)
        return "" if amount is None else plain(amount, values[-1] or "")

    def number(self, *values: Any) -> Decimal | None:
        """More figures than a spreadsheet's number has stay text, so that none of them is lost."""
        amount = self._amount(*values)
        if amount is None:
            return None
        figures = Decimal(plain(amount, values[-1] or ""))
        return figures if len(amount.normalize().as_tuple().digits) <= MOST_FIGURES else None

    def _amount(self, amount: Decimal | None, *rest: Any) -> Decimal | None:
        less = rest[0] if self.less else Decimal(0)
        return None if amount is None or less is None else amount - less


Cell = Text
Columns = Mapping[str, Sequence[Cell]]


@dataclass(frozen=True)
class Rows:
    """A list as it is written: one cell a column, and the inputs of all cells side by side."""

    cells: Sequence[Cell]
    spans: Sequence[slice] = field(init=False)

    def __post_init__(self) -> None:
        spans, at = [], 0
        for cell in self.cells:
            spans.append(slice(at, at := at + len(cell.inputs)))
        object.__setattr__(self, "spans", spans)

    @property
    def headings(self) -> list[str]:
        return [guarded(cell.heading) for cell in self.cells]

    @property
    def inputs(self) -> dict[str, Input]:
        every = [part for cell in self.cells for part in cell.inputs]
        return {f"input{number}": part for number, part in enumerate(every)}

    def texts(self, values: Sequence[Any]) -> list[str]:
        return [cell.text(*values[span]) for cell, span in zip(self.cells, self.spans, strict=True)]

    def sql(self) -> Sql:
        """The outer select list over the inputs' names. Empty text and no value are the same: nothing."""
        names, parts, params = [f'"{name}"' for name in self.inputs], [], []
        for cell, span in zip(self.cells, self.spans, strict=True):
            one, given = cell.sql(*names[span])
            # a row of one empty cell is written as "", which is not an empty line
            parts.append(f"NULLIF({one}, '')" if len(self.cells) > 1 else f"COALESCE({one}, '')")
            params += given
        return ", ".join(parts), params


def guarded(text: str) -> str:
    return f"'{text}" if text and text[0] in RISKY else text


def words(source: str, choices: Sequence[tuple[str, str | Promise]], *, otherwise: Input | None = None) -> Case:
    """The label of each value, in the language that is on; an unknown value stays as it is."""
    named = [When(**{source: value}, then=Value(str(label))) for value, label in choices]
    return Case(*named, default=otherwise or F(source), output_field=CharField())


def _expression(source: Input | str) -> Input:
    return F(source) if isinstance(source, str) else source


def _digits_sql(currency: str) -> str:
    """How many decimals a currency has, from the one table of them."""
    by_digits: dict[int, list[str]] = {}
    for code in sorted(ISO_DIGITS.keys() | CRYPTO_DIGITS.keys()):
        if digits(code) != 2:
            by_digits.setdefault(digits(code), []).append(f"'{code}'")
    whens = " ".join(f"WHEN {currency} IN ({', '.join(codes)}) THEN {n}" for n, codes in sorted(by_digits.items()))
    unusual = ", ".join(code for codes in by_digits.values() for code in codes)
    return f"CASE WHEN {currency} IN ({unusual}) THEN CASE {whens} END ELSE 2 END"  # one look-up for nearly all rows


def account_name(account: str = "account") -> Case:
    """What an account is called."""
    return either(f"{account}__title", f"{account}__slug")


def person_name(person: str, nobody: str) -> Case:
    """A person's full name, or the name they sign in with."""
    full = Trim(Concat(f"{person}__first_name", Value(" "), f"{person}__last_name"))
    return Case(
        When(**{f"{person}__isnull": True}, then=Value(nobody)),
        When(**{f"{person}__first_name": "", f"{person}__last_name": ""}, then=F(f"{person}__username")),
        default=full,
        output_field=CharField(),
    )


def either(first: str, second: str) -> Case:
    """The first text, or the second where it is empty."""
    return Case(When(**{first: ""}, then=F(second)), default=F(first), output_field=CharField())


def row_ref(model: type[Model], pk: str | Combinable = "pk") -> Concat:
    """How calls and the journal name a row: "cards.card:12"."""
    return Concat(Value(f"{model._meta.label_lower}:"), Cast(pk, CharField()), output_field=CharField())
