"""JSON as the standard has it and no more: what Python's parser forgives is refused."""

import json
from decimal import Decimal
from typing import Any

DEPTH = 12


class _NotJson(Exception):
    """What Python's parser would have taken; the message is for the caller."""


def strict_object(body: bytes) -> dict[str, Any]:
    """The JSON object in these bytes, or ValueError with the reason in plain words."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise ValueError("The body is not UTF-8.") from None
    try:
        found = json.loads(text, parse_constant=_constant, parse_float=Decimal, object_pairs_hook=_members)
    except json.JSONDecodeError as exc:
        raise ValueError(f"The body is not JSON: line {exc.lineno}, column {exc.colno}.") from None
    except _NotJson as exc:
        raise ValueError(str(exc)) from None
    except RecursionError:
        raise ValueError("The body is nested too deeply.") from None
    except (ArithmeticError, ValueError):  # an exponent or more digits than Python reads
        raise ValueError("A number in the body is out of any range.") from None
    if not isinstance(found, dict):
        raise ValueError("The body has to be a JSON object.")
    _check(found, DEPTH)
    return found


def clean_text(text: str) -> bool:
    """Whether a database can keep it: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _constant(name: str) -> None:
    raise _NotJson(f"{name} is not JSON.")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotJson("The body names a member twice.")
    return found


def _check(value: Any, depth: int) -> None:
    if not depth:
        raise ValueError("The body is nested too deeply.")
    if isinstance(value, str) and not clean_text(value):
        raise ValueError("A text in the body holds characters that are no text.")
    for part in [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check(part, depth - 1)
