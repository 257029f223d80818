"""Counting what is turned away, so that a flood of it costs neither disk nor time."""

import hashlib
import threading
from collections.abc import Mapping
from datetime import timedelta
from time import monotonic

from django.db import Error
from django.db.models import F
from django.utils import timezone

from backoffice.accounts.models import Account
from backoffice.providers.redaction import scrub
from webhooks.models import Refusal

KEEP = timedelta(days=7)
EACH = 10.0  # seconds between writes about one sender and reason
WRITES_A_MINUTE = 30  # of one process, whoever sends
MANY = "*"


class Counter:
    """What this process has turned away and not written down yet."""

    def __init__(self):
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        with self._lock:
            self._unwritten: dict[tuple, int] = {}
            self._written_at: dict[tuple, float] = {}
            self._minute, self._writes = 0.0, 0

    def add(self, key: tuple) -> tuple[tuple, int]:
        """Count one; the key to write now and how many it stands for (0: nothing to write)."""
        with self._lock:
            now = monotonic()
            if now - self._minute > 60:
                self._minute, self._writes = now, 0
                self._written_at = {one: at for one, at in self._written_at.items() if now - at < EACH}
            if key not in self._written_at and len(self._written_at) >= WRITES_A_MINUTE:
                key = (*key[:-1], MANY)  # too many senders to name them all
            count = self._unwritten.pop(key, 0) + 1
            is_late = now - self._written_at.get(key, -EACH) < EACH
            if is_late or self._writes >= WRITES_A_MINUTE:
                self._unwritten[key] = count
                return key, 0
            self._written_at[key] = now
            self._writes += 1
            return key, count


counter = Counter()


def note(
    reason: str,
    sender: str,
    headers: Mapping[str, str],
    *,
    account: Account | None = None,
    size: int | None = None,
    body: bytes = b"",
) -> None:
    """Count a refusal; the first of its kind leaves a sample without the body. A database that is away is no matter."""
    provider, slug = (account.provider, account.slug) if account else ("", "")
    (*_rest, source), count = counter.add((provider, slug, reason, sender))
    if not count:
        return
    now = timezone.now()
    key = {"on": now.date(), "provider": provider, "account": slug, "reason": reason, "source": source}
    try:
        if Refusal.objects.filter(**key).update(count=F("count") + count, last_at=now):
            return
        row = Refusal(**key, count=count, first_at=now, last_at=now, sample=_sample(headers, size, body))
        Refusal.objects.bulk_create([row], ignore_conflicts=True)
    except Error:
        return


def forget_refusals() -> int:
    """Drop what is older than a week."""
    return Refusal.objects.filter(on__lt=(timezone.now() - KEEP).date()).delete()[0]


def _sample(headers: Mapping[str, str], size: int | None, body: bytes) -> dict:
    """Well under a kilobyte, whatever was sent."""
    sample: dict = {name: scrub(headers.get(name, ""))[:120] for name in ("Content-Type", "User-Agent")}
    if size is not None:
        sample["size"] = size
    if body:
        sample["sha256"] = hashlib.sha256(body).hexdigest()
    return sample
