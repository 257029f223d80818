"""JSON and rounding without a binary float anywhere: what is not exact is refused."""

import json
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3, "USDC": 6, "USDT": 6}


def dumps(value: Any) -> str:
    """JSON text in which a Decimal is a number, whole ones without decimals."""
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, float):
        raise TypeError("a float is not exact")
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(key))}:{dumps(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(dumps, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def loads(text: str | bytes) -> Any:
    """Parse JSON with Decimals for fractions; NaN, Infinity and a nesting too deep raise ValueError."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except (RecursionError, InvalidOperation) as exc:
        raise ValueError("not readable as JSON") from exc


def number(value: Decimal) -> str:
    """10 for 10.00 and 11.5 for 11.50."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_digits(value: Decimal, currency: str) -> Decimal:
    """Round half up to the decimals of the currency."""
    return value.quantize(Decimal(1).scaleb(-DIGITS.get(currency, 2)), rounding=ROUND_HALF_UP)


def _refuse(word: str):
    raise ValueError(f"{word} is not JSON")
