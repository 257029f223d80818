"""Which handler carries out which operation; handlers register from above, in `ready()`."""

from typing import Protocol

from django.utils.functional import Promise

from backoffice.outbox.models import Call
from backoffice.providers.errors import Rejected


class Contradicted(Exception):
    """The provider's answer is about another amount, currency or thing than we asked for."""


class Handler(Protocol):
    """How one operation is carried out. No transaction is open in `send` and `look_up`."""

    label: str | Promise  # the operation in words: "Issue card"
    repeatable: bool  # where a look-up finds that it is not so yet, it may be sent again; never money

    def send(self, call: Call, **in_memory: str) -> None:
        """Make the provider call and apply its answer. `in_memory` is what may not be stored, such as a PIN."""

    def look_up(self, call: Call) -> bool:
        """Ask by our reference what became of it; apply what is found. Whether it was found."""

    def refuse(self, call: Call, error: Rejected) -> None:
        """The provider said no: let the target fail through its apply."""

    def withdraw(self, call: Call, why: str) -> None:
        """The call was given up: mark the target as withdrawn."""


_handlers: dict[str, Handler] = {}


def handles(operation: str):
    """Class decorator: register one instance as the operation's handler."""

    def register(handler):
        _handlers[operation] = handler()
        return handler

    return register


def handler_for(operation: str) -> Handler:
    return _handlers[operation]


def operations() -> frozenset[str]:
    return frozenset(_handlers)


def operation_words(operation: str) -> str:
    """What a call does: the words of its handler, or its bare name where no handler is left."""
    known = _handlers.get(operation)
    return str(known.label) if known else operation
