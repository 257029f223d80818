"""What may be told of an error outside of this place: where in the code it happened, and never with whose data."""

from typing import Any

from backoffice.providers.redaction import scrub

TOLD = frozenset(
    {
        "event_id",
        "timestamp",
        "platform",
        "level",
        "logger",
        "release",
        "environment",
        "server_name",
        "sdk",
        "transaction",
        "exception",
    }
)
FRAME = frozenset({"filename", "abs_path", "function", "module", "lineno", "in_app"})


def cut_event(event: dict[str, Any], _hint: Any = None) -> dict[str, Any]:
    """An error report with what is named here and nothing else: no request, no values of variables, no crumbs."""
    kept = {name: value for name, value in event.items() if name in TOLD}
    if "exception" in kept:
        kept["exception"] = {"values": [_exception(one) for one in (event["exception"] or {}).get("values") or ()]}
    message = event.get("message") or (event.get("logentry") or {}).get("message")
    return kept | ({"message": scrub(message)[:500]} if message else {})


def _exception(told: dict[str, Any]) -> dict[str, Any]:
    frames = (told.get("stacktrace") or {}).get("frames") or ()
    return {
        "type": told.get("type"),
        "module": told.get("module"),
        "value": scrub(told.get("value") or "")[:500],
        "stacktrace": {"frames": [{name: frame[name] for name in FRAME & frame.keys()} for frame in frames]},
    }
