"""A bell that wakes a worker: at most once in a while, never in the caller's time, never lost for the last ring."""

import threading
from collections.abc import Callable

import structlog

logger = structlog.get_logger(__name__)


class Bell:
    """`ring()` publishes soon, from a thread of its own; rings in between are one. A broker away costs nothing here."""

    def __init__(self, *, seconds: float = 0.2):
        self._publish: Callable[[], object] | None = None
        self._seconds = seconds
        self._lock = threading.Lock()
        self._pending = False

    def hang(self, publish: Callable[[], object]) -> None:
        """Say what a ring does; a bell that hangs nowhere rings for nobody."""
        self._publish = publish

    def ring(self) -> None:
        with self._lock:
            if self._pending or self._publish is None:
                return
            self._pending = True
        timer = threading.Timer(self._seconds, self._strike)
        timer.daemon = True
        timer.start()

    def _strike(self) -> None:
        with self._lock:
            self._pending, publish = False, self._publish
        try:
            if publish:
                publish()
        except Exception as exc:  # the sweep comes anyway; a broker away must not matter
            logger.warning("wake_up_failed", problem=type(exc).__name__)
