"""What an exchange is about: set by whoever asks (drain, polls, syncs), read by whoever writes the exchange down."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from backoffice.journal.models import Source


@dataclass(frozen=True)
class About:
    """The row's ref (or ""), on whose account we ask, and the public id of the call if it is one."""

    ref: str = ""
    source: Source = Source.SYSTEM
    call: int | None = None


_about: ContextVar[About] = ContextVar("about", default=About())  # noqa: B039 (frozen)


@contextmanager
def about(ref: str, source: Source, call: int | None = None) -> Iterator[None]:
    token = _about.set(About(ref, source, call))
    try:
        yield
    finally:
        _about.reset(token)


def current() -> About:
    return _about.get()
