"""How the emulated provider behaves until told otherwise."""

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

WORDS = {"true": True, "on": True, "1": True, "yes": True, "false": False, "off": False, "0": False, "no": False}


@dataclass(kw_only=True)
class Switches:
    """Every switch off is a provider on a good day; a count of -1 means for ever."""

    settle_after: Decimal = Decimal(2)  # seconds until an order ends
    close_after: Decimal = Decimal(2)  # seconds until a closing ends
    approval: bool = False  # wallet rows wait at status 1 until their order ends
    late_settlement: bool = False  # a closed card gets one more purchase
    secrets_everywhere: bool = False  # lists carry cvv and pin too
    rate_limit: bool = False  # ten calls a second an app, one of them a write
    shuffle: bool = False  # callbacks that are due together leave in any order
    duplicates: int = 0  # how often each callback is sent again under the same id
    renewed: int = 0  # how often each callback is sent again under a new id
    delay: Decimal = Decimal(0)  # seconds that callbacks wait
    drop: int = 0  # how many of the next events are never sent
    object_data: bool = False  # event_data as an object instead of text
    unknown_tag: bool = False  # each event is followed by one of an unknown kind
    before_reply: bool = False  # callbacks leave before the call that caused them is answered
    ignore_acks: int = 0  # how many of the next acknowledgements count as refusals

    def turn(self, changes: dict[str, Any]) -> None:
        """Set switches from JSON or form values; an unknown name or value raises ValueError and changes nothing."""
        kinds = {field.name: field.type for field in fields(self)}
        if strange := set(changes) - set(kinds):
            raise ValueError(f"no such switch: {', '.join(sorted(strange))}")
        for name, value in {name: _read(kinds[name], value) for name, value in changes.items()}.items():
            setattr(self, name, value)


def _read(kind: Any, value: Any) -> Any:
    try:
        return WORDS[str(value).lower()] if kind is bool else kind(str(value))
    except (KeyError, ValueError, ArithmeticError):
        raise ValueError(f"not a value for a switch: {value!r}") from None
