"""What a call asked for, in words."""

import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.parts import Fact
from backoffice.outbox.models import Call

ARGUMENTS = {
    "bin_id": gettext_lazy("BIN"),
    "card_id": gettext_lazy("Card"),
    "wallet_id": gettext_lazy("Wallet"),
    "holder_id": gettext_lazy("Card holder"),
    "amount": gettext_lazy("Amount"),
    "note": gettext_lazy("Note"),
    "reason": gettext_lazy("Reason"),
    "in_person": gettext_lazy("With a code or a PIN"),
    "sealed": gettext_lazy("Personal data"),
}
CLOSED_NAMES = frozenset({"sealed"})
SEALED = gettext_lazy("kept sealed")


def argument_facts(call: Call) -> list[Fact]:
    """What was asked for, field by field; what is sealed or nested is somebody's personal data and stays closed."""
    return [
        Fact(label=str(ARGUMENTS.get(name, name)), value=str(SEALED) if name in CLOSED_NAMES else _plain(value))
        for name, value in sorted(call.arguments.items())
        if value not in ("", None, False)
    ]


def _plain(value: Any) -> str:
    if isinstance(value, dict | list):
        return str(SEALED)
    if value is True:
        return _("yes")
    return value if isinstance(value, str) else json.dumps(value)
