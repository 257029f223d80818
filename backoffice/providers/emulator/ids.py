"""Ids in the provider's shapes."""

import string
from datetime import datetime
from random import Random

LETTERS_AND_DIGITS = string.ascii_letters + string.digits
SIZES = {"wid": 16, "cid": 16, "hid": 16, "trd": 16, "ord": 8, "bil": 8}


class Ids:
    """Draws ids; with a seed, the same ones in the same order."""

    def __init__(self, seed: int | None = None):
        self.random = Random(seed)  # nosec B311: made-up data, nothing is protected by it

    def of(self, prefix: str) -> str:
        return f"{prefix}_{self._draw(LETTERS_AND_DIGITS, SIZES[prefix])}"

    def bin_id(self) -> str:
        return f"cpi_{self._draw('0123456789abcdef', 13)}"

    def notify_id(self) -> str:
        return self._draw(string.ascii_lowercase + string.digits, 25)

    def transaction_id(self, group: int, at: datetime, customer_id: int) -> str:
        return f"{group:04d}{at:%Y%m%d%H%M%S}{customer_id:012d}{self._draw('0123456789abcdef', 16)}"

    def card_no(self) -> str:
        """21 digits that fail the Luhn check, so that none is ever a real number."""
        body = "9" + self._draw(string.digits, 19)
        return body + str((_luhn_digit(body) + self.random.randint(1, 9)) % 10)

    def cvv(self) -> str:
        return self._draw(string.digits, 3)

    def pin(self) -> str:
        return self._draw(string.digits, 6)

    def _draw(self, alphabet: str, size: int) -> str:
        return "".join(self.random.choices(alphabet, k=size))


def _luhn_digit(body: str) -> int:
    doubled = (int(digit) * 2 if place % 2 == 0 else int(digit) for place, digit in enumerate(reversed(body)))
    return -sum(value - 9 if value > 9 else value for value in doubled) % 10
