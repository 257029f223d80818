"""Who a card holder is: kept as one sealed text, opened for those who may see it, masked for everybody else."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from backoffice.core.sealed import seal_fields, unseal_fields

FIELDS = (
    *("first_name", "last_name", "email", "phone_code", "phone", "birthday", "nationality"),
    *("id_kind", "id_number", "country", "region", "city", "street", "post_code"),
)
DOTS = "••••"


def sealed(fields: Mapping[str, Any]) -> str:
    """The ciphertext of what is known; dates as ISO text."""
    return seal_fields({name: _text(fields[name]) for name in FIELDS if fields.get(name) not in (None, "")})


def opened(text: str) -> dict[str, str]:
    return unseal_fields(text) if text else {}


def for_provider(text: str) -> dict[str, Any]:
    """The same in the types of `ports.HolderFields`."""
    fields: dict[str, Any] = opened(text)
    if fields.get("birthday"):
        fields["birthday"] = date.fromisoformat(fields["birthday"])
    return fields


def masked(text: str) -> dict[str, str]:
    """Enough to tell two people apart, not enough to know one: A•••• L••••, a••••@example.com, •••• 4567."""
    return {name: _mask(name, value) for name, value in opened(text).items()}


def masked_name(text: str) -> str:
    fields = masked(text)
    return " ".join(fields[name] for name in ("first_name", "last_name") if fields.get(name))


def _mask(name: str, value: str) -> str:
    if name in {"nationality", "country", "id_kind", "phone_code"}:
        return value
    if name == "email":
        person, _at, host = value.partition("@")
        return f"{person[:1]}{DOTS}@{host}"
    if name in {"phone", "id_number"}:
        return f"{DOTS} {value[-4:]}" if len(value) > 6 else DOTS
    if name == "birthday":
        return f"{value[:4]}-{DOTS[:2]}-{DOTS[:2]}"
    return f"{value[:1]}{DOTS}"


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
