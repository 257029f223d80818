"""The envelope of an answer, and what each code makes the caller do."""

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


def data_of(reply: Reply, tables: Tables) -> Fields:
    """The result of a successful answer, or the error that its code means."""
    envelope = Fields("the answer", reply.json())
    code = envelope.data.get("code")
    if type(code) is not int:
        raise envelope.wrong("code", "is no number")
    if tables.code_name(code) != "success":
        raise _error(code, envelope.text("message", 200) or "", reply, tables)
    return Fields("the answer's data", envelope.data.get("data"))


def _error(code: int, message: str, reply: Reply, tables: Tables) -> ProviderError:
    name, text, said = tables.code_name(code), message or "refused without a word", str(code)[:40]
    kind = OUTCOMES.get(name, Rejected) if name else OutcomeUnknown
    if kind is NotSent:
        return NotSent(text, code=said, retry_after=reply.retry_after)
    return kind(text, code=said)
