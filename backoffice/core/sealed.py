"""Text that is stored only sealed (MultiFernet): keys from the environment, newest first."""

import json
from collections.abc import Mapping
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class Unreadable(Exception):
    """None of the seal keys opens this text."""


def seal(plain: bytes) -> bytes:
    return _box(tuple(settings.SEAL_KEYS)).encrypt(plain)


def unseal(sealed: bytes) -> bytes:
    try:
        return _box(tuple(settings.SEAL_KEYS)).decrypt(sealed)
    except InvalidToken:
        raise Unreadable("sealed under a key that SEAL_KEYS no longer lists") from None


def seal_fields(fields: Mapping[str, str]) -> str:
    """Several texts as one sealed text, for a column or a JSON value."""
    return seal(json.dumps(dict(fields), sort_keys=True).encode()).decode()


def unseal_fields(sealed: str) -> dict[str, str]:
    return json.loads(unseal(sealed.encode()))


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("SEAL_KEYS is empty: set one or more Fernet keys, newest first")
    return MultiFernet([Fernet(key) for key in keys])
