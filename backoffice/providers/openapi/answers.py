"""The envelope of an answer, and what each code makes the caller do."""

import re
from collections.abc import Mapping

from backoffice.providers.discretion import NOTHING_PRIVATE, Discretion
from backoffice.providers.errors import (
    Misconfigured,
    NotFound,
    NotSent,
    OutcomeUnknown,
    ProviderError,
    Rejected,
    UsedBefore,
)
from backoffice.providers.http import Reply
from backoffice.providers.openapi.fields import Fields
from backoffice.providers.openapi.tables import Tables

# Every other code of the table is a refusal; one that is not in the table may have done anything.
OUTCOMES: dict[str, type[ProviderError]] = {
    "key": Misconfigured,
    "app": Misconfigured,
    "address": Misconfigured,
    "throttled": NotSent,
    "not_found": NotFound,
    "repeated": UsedBefore,
    "channel": OutcomeUnknown,
    "system": OutcomeUnknown,
}


LONGEST_READ, LONGEST_MESSAGE = 4_000, 200  # cut short only after what is private was cut out
# The fields that a refusal may name, in our words.
OUR_WORDS: Mapping[str, str] = {
    "out_order_id": "merchant_ref",
    "out_holder_id": "merchant_ref",
    "card_id": "card_id",
    "bin_id": "bin_id",
    "wallet_id": "wallet_id",
    "holder_id": "holder_id",
    "amount": "amount",
    "mark": "note",
    "delivery": "delivery",
    "reason": "reason",
    "active_code": "code",
    "pin": "pin",
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email",
    "phone_code": "phone_code",
    "phone": "phone",
    "birthday": "birthday",
    "nationality": "nationality",
    "id_type": "id_kind",
    "id_no": "id_number",
    "country": "country",
    "state": "region",
    "city": "city",
    "address": "street",
    "post_code": "post_code",
}
_NAME = re.compile(r"[a-z][a-z_]*")


def data_of(reply: Reply, tables: Tables, discretion: Discretion = NOTHING_PRIVATE) -> Fields:
    """The result of a successful answer, or the error that its code means."""
    envelope = Fields("the answer", reply.json())
    code = envelope.data.get("code")
    if type(code) is not int:
        raise envelope.wrong("code", "is no number")
    if tables.code_name(code) != "success":
        message = discretion.text(envelope.text("message", LONGEST_READ) or "")
        raise _error(code, message[:LONGEST_MESSAGE], reply, tables)
    return Fields("the answer's data", envelope.data.get("data"))


def _error(code: int, message: str, reply: Reply, tables: Tables) -> ProviderError:
    name, text, said = tables.code_name(code), message or "refused without a word", str(code)[:40]
    kind = OUTCOMES.get(name, Rejected) if name else OutcomeUnknown
    if kind is NotSent:
        return NotSent(text, code=said, retry_after=reply.retry_after)
    if name == "parameter":
        return Rejected(text, code=said, fields=_fields_at_fault(text))
    return kind(text, code=said)


def _fields_at_fault(message: str) -> dict[str, str]:
    """The first field of the contract that the message names, with what is said of it."""
    named = next((found for found in _NAME.finditer(message) if found[0] in OUR_WORDS), None)
    if not named:
        return {}
    return {OUR_WORDS[named[0]]: message[named.end() :].strip(" .:,\"'") or message}
