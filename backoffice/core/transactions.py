from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import structlog
from django.db import OperationalError, connection, transaction

logger = structlog.get_logger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

MOST_TRIES = 3
PASSING = {"40001", "40P01", "55P03"}  # serialisation failure, deadlock, lock time-out: nothing was done, try again


def require_no_transaction() -> None:
    """Raise if a transaction is open: a slow provider must never hold a lock of ours. Django tells test cases apart."""
    if connection.in_atomic_block:
        with transaction.atomic(durable=True):
            return


def retried(phase: Callable[P, R]) -> Callable[P, R]:
    """Run a whole transaction again, three times in all, when the database gave it up in favour of another one.

    Goes around `transaction.atomic`. Inside a transaction of the caller's it is the caller's to run again.
    """

    @wraps(phase)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for tried in range(1, MOST_TRIES + 1):
            try:
                return phase(*args, **kwargs)
            except OperationalError as exc:
                if tried == MOST_TRIES or connection.in_atomic_block or not _passes(exc):
                    raise
                logger.warning("transaction_tried_again", phase=phase.__qualname__, tried=tried)
        raise AssertionError("unreachable")

    return run


def _passes(exc: OperationalError) -> bool:
    return getattr(exc.__cause__, "sqlstate", None) in PASSING
