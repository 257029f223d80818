"""REST: calls and batches; and how an endpoint turns a write into a command, once per idempotency key."""

from backoffice.outbox.api.accepting import DRY_RUN, IDEMPOTENCY_KEY, accept, accept_in_person, rehearse, repeated
from backoffice.outbox.api.calls import BatchOut, CallName, CallOut, routes, show_calls

__all__ = [
    "DRY_RUN",
    "IDEMPOTENCY_KEY",
    "BatchOut",
    "CallName",
    "CallOut",
    "accept",
    "accept_in_person",
    "rehearse",
    "repeated",
    "routes",
    "show_calls",
]
