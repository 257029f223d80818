"""A file that is sealed block by block under a key of its own, so that it can be written and read as a stream.

Each block is AES-256-GCM with a counter as its nonce; whether it is the last one is authenticated with it. What was
changed, moved, left out, or cut off at the end does not open.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backoffice.core.sealed import Unreadable, seal, unseal

BLOCK = 64 * 1024
TAG = 16
MORE, LAST = b"more", b"last"


def new_key() -> bytes:
    return AESGCM.generate_key(bit_length=256)


def sealed_key(key: bytes) -> str:
    """The key as a row may hold it."""
    return seal(key).decode()


def opened_key(sealed: str) -> bytes:
    return unseal(sealed.encode())


class SealedFile:
    """A file to write to, front to back. It is whole only after `close`; `size` counts what was written to it."""

    def __init__(self, path: Path, key: bytes):
        self._cipher, self._blocks, self._buffer = AESGCM(key), 0, bytearray()
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)
        self.size = 0

    def write(self, data: bytes | bytearray | memoryview) -> int:
        self._buffer += data
        self.size += len(data)
        while len(self._buffer) > BLOCK:
            self._put(MORE)
        return len(data)

    def flush(self) -> None:
        """For whoever writes to it as to any file; a block that is not full stays here."""

    def close(self) -> None:
        self._put(LAST)
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        self._file.close()

    def _put(self, end: bytes) -> None:
        block = bytes(self._buffer[:BLOCK])
        del self._buffer[:BLOCK]
        self._file.write(self._cipher.encrypt(self._blocks.to_bytes(12, "big"), block, end))
        self._blocks += 1


def read_sealed(path: Path, key: bytes) -> Iterator[bytes]:
    """The blocks of a sealed file. It ends with `Unreadable` where the file is not the one that was written."""
    cipher, number = AESGCM(key), 0
    with path.open("rb") as file:
        block = file.read(BLOCK + TAG)
        while True:
            following = file.read(BLOCK + TAG)
            try:
                yield cipher.decrypt(number.to_bytes(12, "big"), block, MORE if following else LAST)
            except (InvalidTag, ValueError):
                raise Unreadable("this file was cut off or changed") from None
            if not following:
                return
            block, number = following, number + 1
