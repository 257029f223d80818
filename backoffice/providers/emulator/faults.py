"""What can go wrong on the way: a queue of faults, and what each does to a request or to its answer."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

NEVER_LEFT = ("refuse_connection", "dns_failure", "connect_timeout", "tls_error")
DROPPED = ("lose_reply", "drop_request", "timeout", "timeout_before", "late_accept", "reset_mid_body", "truncated_body")
PAGES = ("status_500", "status_502", "status_503", "status_504", "empty_200", "html_200", "truncated_json")
DOORS = ("throttle_429", "unauthorized_401", "forbidden_403", "unauthorized_403")
REFUSALS = ("error_code", "not_found")
SPOILERS = (
    "wrong_amount", "wrong_currency", "wrong_card", "wrong_order", "wrong_holder", "unknown_status", "missing_fields",
    "extra_fields", "wrong_types", "null_fields", "empty_page",
)  # fmt: skip
KINDS = (*NEVER_LEFT, *DROPPED, *PAGES, *DOORS, *REFUSALS, *SPOILERS, "repeat_page", "delay")
WITHOUT_WORK = (*NEVER_LEFT, *DOORS, *REFUSALS, "drop_request", "timeout_before", "late_accept")


@dataclass(kw_only=True)
class Fault:
    """One kind of trouble for the next `times` requests whose path ends in `path` (any, when empty).

    Of the details, `where` names body fields and the values they must have.
    """

    kind: str
    path: str = ""
    times: int = 1
    details: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, entry: "str | dict | Fault") -> "Fault":
        """From a kind alone, or from a flat dict; a kind of digits is an error code."""
        if isinstance(entry, Fault):
            return entry
        given = {"kind": entry} if isinstance(entry, str) else dict(entry)
        kind, path, times = str(given.pop("kind")), str(given.pop("path", "") or ""), int(given.pop("times", 1))
        if kind.isdigit():
            kind, given = "error_code", {"code": int(kind), **given}
        if kind not in KINDS:
            raise ValueError(f"no such fault: {kind}")
        return cls(kind=kind, path=path.strip("/"), times=times, details=given)

    @property
    def works_first(self) -> bool:
        """Whether the call is carried out before the trouble starts; `when` may say `before` or `after` the work."""
        default = "before" if self.kind in WITHOUT_WORK else "after"
        return self.kind not in NEVER_LEFT and self.details.get("when", default) == "after"

    def seconds(self, default: int) -> float:
        return float(self.details.get("seconds", default))


class Faults(list):
    """The queue; entries may be given as a kind, a dict or a Fault."""

    def __init__(self, entries: Iterable = ()):
        super().__init__(map(Fault.of, entries))

    def append(self, entry: "str | dict | Fault") -> None:
        super().append(Fault.of(entry))

    def take(self, address: str, call: str, given: Any) -> Fault | None:
        """The first fault that this request meets; it is used up once."""
        fault = next((one for one in self if _meets(one, address, call, given)), None)
        if fault:
            fault.times -= 1
            if fault.times <= 0:
                self.remove(fault)
        return fault


class TransportFault(Exception):
    """No answer can be given: how the exchange ends instead."""

    def __init__(self, kind: str, *, seconds: float = 0, head: dict[str, str] | None = None, body: bytes = b""):
        super().__init__(kind)
        self.kind, self.seconds, self.head, self.body = kind, seconds, head or {}, body


def spoil(fault: Fault, data: dict) -> dict:
    """The same answer with something wrong in it."""
    spoiled = deepcopy(data)
    if fault.kind == "extra_fields":
        return {**spoiled, "extra_field": "new", "extra_object": {"list": [1, "two", None]}}
    _change(spoiled, SPOILED[fault.kind](fault))
    return spoiled


def _meets(fault: Fault, address: str, call: str, given: Any) -> bool:
    where = fault.details.get("where", {}).items()
    here = not fault.path or fault.path == call or f"/{address}".endswith(f"/{fault.path}")
    return here and all(isinstance(given, dict) and given.get(name) == value for name, value in where)


def _change(value: Any, change: Callable[[dict], None]) -> None:
    if isinstance(value, dict):
        change(value)
    for inner in list(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()):
        _change(inner, change)


def _put(fields: Iterable[str], new: Callable[[Any], Any]) -> Callable[[dict], None]:
    def change(row: dict) -> None:
        row.update({name: new(row[name]) for name in fields if name in row})

    return change


def _drop(fields: Iterable[str]) -> Callable[[dict], None]:
    def change(row: dict) -> None:
        for name in fields:
            row.pop(name, None)

    return change


def _empty(row: dict) -> None:
    row.update({name: [] for name, value in row.items() if isinstance(value, list)})


def _more(fault: Fault) -> Callable[[Any], Any]:
    return lambda old: fault.details.get("value", old + Decimal(fault.details.get("by", 1)))


def _other_type(old: Any) -> Any:
    return {"unexpected": old} if isinstance(old, list | dict) else [old] if isinstance(old, str) else str(old)


def _fields(fault: Fault, *default: str) -> list[str]:
    return fault.details.get("fields", list(default))


SPOILED: dict[str, Callable[[Fault], Callable[[dict], None]]] = {
    "wrong_amount": lambda f: _put(_fields(f, "amount", "total_amount"), _more(f)),
    "wrong_currency": lambda f: _put(["currency"], lambda _: f.details.get("value", "XTS")),
    "wrong_card": lambda f: _put(["card_id"], lambda _: f.details.get("value", "cid_0000000000000000")),
    "wrong_order": lambda f: _put(["out_order_id"], lambda _: f.details.get("value", "somebody_elses")),
    "wrong_holder": lambda f: _put(
        _fields(f, "holder_id", "out_holder_id"), lambda _: f.details.get("value", "hid_0000000000000000")
    ),
    "unknown_status": lambda f: _put(["status"], lambda _: f.details.get("value", 77)),
    "empty_page": lambda f: _empty,
    "missing_fields": lambda f: _drop(_fields(f, "mark", "holder_id", "end_at", "fail_reason")),
    "null_fields": lambda f: _put(_fields(f, "mark", "holder_id", "end_at", "fail_reason"), lambda _: None),
    "wrong_types": lambda f: _put(_fields(f, "mark", "holder_id", "end_at", "fail_reason"), _other_type),
}
