"""What a call takes: each field read strictly, in the order of the list, missing or malformed ones refused."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from backoffice.providers.emulator.clock import FORM
from backoffice.providers.emulator.openapi.refusals import Refusal

WIDEST = timedelta(days=90)
REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Field:
    """A name, how to read its value, and whether it may be left out."""

    name: str
    read: Callable[[Any], Any]
    required: bool = False


def read_all(fields: tuple[Field, ...], given: dict[str, Any]) -> dict[str, Any]:
    """The values that were given; empty text and null count as left out, names not in the list are ignored."""
    found = {}
    for field in fields:
        value = given.get(field.name)
        if value is None or value == "":
            if field.required:
                raise Refusal("parameter", f"{field.name} is required")
            continue
        try:
            found[field.name] = field.read(value)
        except (ValueError, InvalidOperation):
            raise Refusal("parameter", f"{field.name} is not valid") from None
    if found.get("start_time") and found.get("end_time"):
        _check_span(found["start_time"], found["end_time"])
    return found


def text(longest: int) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or len(value) > longest:
            raise ValueError
        return value

    return read


def reference(value: Any) -> str:
    if not isinstance(value, str) or not REFERENCE.fullmatch(value):
        raise ValueError
    return value


def digits(count: int) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(rf"[0-9]{{{count}}}", value):
            raise ValueError
        return value

    return read


def integer(value: Any) -> int:
    if type(value) is not int:
        raise ValueError
    return value


def between(lowest: int, highest: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if not lowest <= integer(value) <= highest:
            raise ValueError
        return value

    return read


def amount(value: Any) -> Decimal:
    """A JSON number, not below zero, with at most two decimals."""
    if type(value) not in (int, Decimal):
        raise ValueError
    exact = Decimal(value)
    if exact < 0 or exact != exact.quantize(Decimal("0.01")):
        raise ValueError
    return exact


def moment(value: Any) -> str:
    """A time in the provider's form, which sorts as text."""
    if not isinstance(value, str) or datetime.strptime(value, FORM).strftime(FORM) != value:  # noqa: DTZ007 no zone
        raise ValueError
    return value


def day(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError
    datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007 a day, no time
    return value


def structure(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError
    return value


def country(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{2}", value):
        raise ValueError
    return value


PAGING = (Field("page", between(1, 10**9)), Field("page_size", between(1, 100)))
WINDOW = (Field("start_time", moment), Field("end_time", moment))


def _check_span(start: str, end: str) -> None:
    first, last = (datetime.strptime(value, FORM) for value in (start, end))  # noqa: DTZ007 both in one zone
    if last < first or last - first > WIDEST:
        raise Refusal("parameter", "end_time is not valid")
