"""What may be told of one exchange, beside what is cut from every one: people's data and secrets that we sent."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from backoffice.providers.redaction import REDACTED

_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Discretion:
    """Only what stands under `names` is told (None: under any), and none of `values` wherever it is quoted."""

    names: frozenset[str] | None = None
    values: frozenset[str] = field(default=frozenset(), repr=False)

    def text(self, text: str) -> str:
        """The text without the values; a provider that refuses one likes to quote it."""
        return _any_of(self.values).sub(REDACTED, text) if self.values else text

    def cut(self, kept: dict) -> dict:
        """What is left of something that was redacted, which also bounds its depth."""
        shown = kept if self.names is None else _only(kept, self.names)
        return {name: _texts(item, self.text) for name, item in shown.items()} if self.values else shown


NOTHING_PRIVATE = Discretion()


def values_of(data: Mapping[str, object]) -> frozenset[str]:
    """The texts of some fields, to be quoted nowhere."""
    return frozenset(value for value in data.values() if isinstance(value, str) and value)


def _any_of(values: Iterable[str]) -> re.Pattern:
    """Any of them on its own, in any case: not as a part of a longer word or number."""
    return re.compile("|".join(map(_alone, sorted(values, key=len, reverse=True))), re.IGNORECASE)


def _alone(value: str) -> str:
    part = "[0-9]" if value.isdigit() else r"[^\W_]"
    return f"(?<!{part}){re.escape(value)}(?!{part})"


def _only(kept: dict, names: frozenset[str]) -> dict:
    return {
        name if _FIELD.fullmatch(name) else REDACTED: _inner(item, names) if name in names else _emptied(item)
        for name, item in kept.items()
    }


def _inner(item: object, names: frozenset[str]) -> object:
    if isinstance(item, dict):
        return _only(item, names)
    return [_inner(one, names) for one in item] if isinstance(item, list) else item


def _emptied(item: object) -> object:
    """Whether something was said is no secret."""
    return item if item is None or item in ("", [], {}) else REDACTED


def _texts(item: object, change: Callable[[str], str]) -> object:
    if isinstance(item, str):
        return change(item)
    if isinstance(item, dict):
        return {name: _texts(one, change) for name, one in item.items()}
    return [_texts(one, change) for one in item] if isinstance(item, list) else item
