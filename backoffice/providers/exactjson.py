"""JSON whose numbers stay exact: Decimal both ways, no float, no NaN, and one kind of error."""

import json
from collections.abc import Callable
from decimal import Decimal
from json.encoder import encode_basestring_ascii as quoted

WIDEST = 64  # digits that are written out; a longer number keeps its exponent


class NotJson(ValueError):
    """These bytes are not JSON, or not such as we read."""


def loads(data: bytes | str):
    """The value, or NotJson. A key that occurs twice counts with its last value."""
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        return json.loads(text, parse_float=_decimal, parse_constant=_refuse)
    except RecursionError as exc:
        raise NotJson("nested too deeply") from exc
    except ValueError as exc:  # also what is not UTF-8, and integers of thousands of digits
        raise NotJson("not JSON") from exc


def dumps(value) -> bytes:
    """Compact JSON; a Decimal leaves with exactly its digits, a whole one without decimals; a float is a TypeError."""
    parts: list[str] = []
    _write(value, parts.append)
    return "".join(parts).encode()


def number(value: Decimal) -> str:
    """A finite Decimal as a JSON number, never through a float."""
    if not value.is_finite():
        raise ValueError("JSON has no number for this")
    if abs(value.adjusted()) > WIDEST:
        return str(value)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _write(value, put: Callable[[str], None]) -> None:
    if isinstance(value, str):
        put(quoted(value))
    elif isinstance(value, dict):
        before = "{"
        for key, item in value.items():
            put(f"{before}{quoted(str(key))}:")
            if type(item) is str:  # as most are
                put(quoted(item))
            else:
                _write(item, put)
            before = ","
        put("}" if value else "{}")
    elif isinstance(value, list | tuple):
        before = "["
        for item in value:
            put(before)
            _write(item, put)
            before = ","
        put("]" if value else "[]")
    elif isinstance(value, Decimal):
        put(number(value))
    elif type(value) is int:
        put(str(value))
    elif value is None or isinstance(value, bool | int):
        put(json.dumps(value))
    else:
        raise TypeError(f"{type(value).__name__} has no exact JSON form")


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError as exc:  # an exponent beyond every bound
        raise NotJson("a number beyond every bound") from exc


def _refuse(name: str):
    raise NotJson(f"{name} is no JSON number")
