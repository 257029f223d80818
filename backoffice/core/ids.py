"""Ids that outsiders see: a prefix and 20 random characters, never the primary key and never a provider's number."""

import secrets
import string
from typing import Any

from django.db import models

ALPHABET = string.ascii_letters + string.digits


class PublicIdField(models.CharField):
    """`crd_` and 20 random letters and digits (119 bits), made when the row is made."""

    def __init__(self, prefix: str = "", **kwargs):
        self.prefix = prefix
        usual: dict[str, Any] = {"max_length": 32, "unique": True, "editable": False, "default": PublicId(prefix)}
        super().__init__(**usual | kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for key in ("max_length", "unique", "editable", "default"):
            kwargs.pop(key, None)
        return name, path, args, kwargs | {"prefix": self.prefix}


class PublicId:
    """Makes ids of one prefix; an object, so that migrations and tests can name it."""

    def __init__(self, prefix: str):
        self.prefix = prefix

    def __call__(self) -> str:
        return f"{self.prefix}_{''.join(secrets.choice(ALPHABET) for _ in range(20))}"


def new_reference(letters: str) -> str:
    """Our own number for an operation: two letters and 96 random bits in hex, 26 characters."""
    return f"{letters}{secrets.token_hex(12)}"
