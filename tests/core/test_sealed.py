"""Sealed text opens under any listed key, newest first; a lost key is a named error."""

import pytest
from cryptography.fernet import Fernet

from backoffice.core.sealed import Unreadable, seal, unseal


def test_a_rotated_key_still_opens_what_it_sealed(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.SEAL_KEYS = [old]
    sealed = seal(b"passport 123")
    settings.SEAL_KEYS = [new, old]
    assert unseal(sealed) == b"passport 123"
    assert Fernet(new).decrypt(seal(b"again")) == b"again"


def test_without_its_key_it_is_a_named_error(settings):
    settings.SEAL_KEYS = [Fernet.generate_key().decode()]
    sealed = seal(b"passport 123")
    settings.SEAL_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(Unreadable, match="SEAL_KEYS"):
        unseal(sealed)
