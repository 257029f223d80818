"""What may never be stored or logged, and the functions that remove it. None of them raises, whatever it is given."""

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from pathlib import PurePath
from uuid import UUID

from backoffice.providers import exactjson

REDACTED = "[redacted]"
DOTS = "••••"
MAX_DEPTH = 40
MAX_NODES = 100_000
LONGEST_NUMBER_BITS = 1_000
SHORTEST_CARD = 13  # digits
SMALLEST_CARD = 10**12
HARMLESS = {(False, False, False), (False, True, False)}  # names neither a secret nor a number to mask
LONGEST_USUAL_NAME = 64

# A field is secret by its whole name, by any word of its name, or by the last one: api_key, X-API-KEY, pinBlock.
SECRET_NAMES = frozenset(
    {
        "apikey",
        "privatekey",
        "authorization",
        "cookie",
        "track",
        "track1",
        "track2",
        "security_code",
        "securitycode",
        "active_code",
        "activecode",
    }
)
# What is surely said of a person; where a name says less (city, address), the exchange's own discretion cuts.
PERSONAL_NAMES = frozenset({"first_name", "last_name", "birthday", "email", "phone"})
SECRET_WORDS = frozenset(
    {"cvv", "cvv2", "cvc", "cvc2", "pin", "otp", "password", "passwd", "pwd", "secret", "signature"}
)
SECRET_ENDS = frozenset({"key", "token", "sign"})
MASKED_NAMES = frozenset(
    {
        "card_no",
        "card_number",
        "cardnumber",
        "pan",
        "primary_account_number",
        "account_no",
        "account_number",
        "iban",
        "id_no",
        "id_number",
        "passport_no",
    }
)
# Our numbers and theirs may look like card numbers; under these names only what must be a card number is masked.
NUMBERING_ENDS = frozenset({"id", "ref", "reference", "no", "number", "at", "time", "timestamp", "digest"})

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[0-9]+")
_JSONISH = re.compile(r"""[\s"\\]*(?:\{\s*\\*"|\[\s*(?:\\*"|\{|\[))""")
_RUN = re.compile(r"(?<![0-9])(?<![0-9]\.)[0-9]{13,22}(?![0-9])")
_GROUPS = re.compile(
    r"(?<![0-9])(?:[0-9]{4}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{1,7}|[0-9]{4}[ -][0-9]{6}[ -][0-9]{4,5})(?![0-9])"
)
_SURELY_CARD = re.compile(r"[2-6][0-9]{12,18}")
_BESIDE_NAME = re.compile(
    r"""((?<![a-z0-9])(?:(?:api|private)?key|cvv2?|cvc2?|pin|otp|sign|signature|password|passwd|pwd|secret|token|authorization)
    (?:\\*["'])?\s*[:=]\s*)(?:\[redacted\][^\s"',;&}\])]*|\\*"[^"]*"?|\\*'[^']*'?|(?:bearer|basic)\s+[^\s,;&]+|[^\s"',;&}\])]+)""",
    re.VERBOSE | re.IGNORECASE,
)
_CALLBACK_PATH = re.compile(r"(/webhooks/[A-Za-z0-9_-]{1,40}/)[A-Za-z0-9_-]{16,}")
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")  # no database keeps these in a text


def redacted(data: object) -> dict:
    """A deep copy that JSON, a database and a log may keep: secrets gone, card numbers masked, amounts as text."""
    cut = _amounts_as_text(_Cutter().cut(data))
    return cut if isinstance(cut, dict) else {"body": cut}


def redacted_json(value: object) -> bytes:
    """The same for a value read from JSON, as JSON with its numbers: each key once, so none hides behind its double."""
    return exactjson.dumps(_Cutter().cut(value))


def scrub(text: object) -> str:
    """A text without card numbers and without values that stand beside the name of a secret."""
    clean = _readable(text)
    if _is_plain(clean):
        return clean
    clean = _UNKEEPABLE.sub("\ufffd", clean)
    clean = _BESIDE_NAME.sub(lambda found: found[1] + REDACTED, clean)
    return _without_cards(_CALLBACK_PATH.sub(rf"\1{REDACTED}", clean))


def redact_event(_logger: object, _name: str, event: Mapping) -> dict:
    """The last structlog processor before a line is written."""
    cutter = _Cutter()
    return {str(name): cutter.cut(value, str(name)) for name, value in event.items()}


def last4(number: object) -> str:
    """The last four digits of a card number, masked or not; empty where there are none, or little else."""
    text = _readable(number) if isinstance(number, str | int) and not isinstance(number, bool) else ""
    return text[-4:] if len(text) >= 8 and text[-4:].isascii() and text[-4:].isdigit() else ""


def masked(number: object) -> str:
    """A card number as it is kept."""
    return f"{DOTS} {last4(number)}".rstrip()


class _Cutter:
    """One pass over one value; its depth and size are bounded, so a hostile or a cyclic value ends too."""

    def __init__(self):
        self.left = MAX_NODES

    def cut(self, value: object, name: str = "", depth: int = 0) -> object:
        self.left -= 1
        if self.left < 0 or depth > MAX_DEPTH:
            return REDACTED
        if value is None or isinstance(value, bool) or (isinstance(value, str) and not value):
            return value
        if name and _is_secret(name):
            return REDACTED
        if isinstance(value, str):
            return masked(value) if name.lower() in MASKED_NAMES else self._text(value, name, depth)
        if isinstance(value, Mapping):
            return {
                _key(key) if type(key) is str and len(key) <= LONGEST_USUAL_NAME else scrub(key): self._item(
                    item, key if type(key) is str else _readable(key), depth + 1
                )
                for key, item in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [self.cut(item, name, depth + 1) for item in value]
        if name.lower() in MASKED_NAMES:
            return masked(value)
        return self._number(value, name) if isinstance(value, int | float | Decimal) else self._text(value, name, depth)

    def _item(self, item: object, name: str, depth: int) -> object:
        """Most of what there is is short and plain and needs no second look."""
        judged = _judged(name)
        if type(item) is str:
            is_short = _is_plain(item) and "{" not in item and "[" not in item or judged[1] and _is_numbered(item)
        else:
            is_short = type(item) is int and -SMALLEST_CARD < item < SMALLEST_CARD
        if is_short and self.left > 0 and depth <= MAX_DEPTH and judged in HARMLESS:
            self.left -= 1
            return item
        return self.cut(item, name, depth)

    def _number(self, value: int | float | Decimal, name: str) -> object:
        if isinstance(value, float):
            return value
        if isinstance(value, int) and value.bit_length() > LONGEST_NUMBER_BITS:
            return REDACTED
        whole = str(value).partition(".")[0]
        clean = _without_cards(whole, name)
        return value if clean == whole else clean

    def _text(self, value: object, name: str, depth: int) -> str:
        text = _readable(value)
        if _JSONISH.match(text):
            return self._nested(text, depth)
        return _without_cards(_UNKEEPABLE.sub("\ufffd", text), name) if _is_numbering(name) else scrub(text)

    def _nested(self, text: str, depth: int) -> str:
        """JSON inside a text is cut as well, and written anew; what looks like it and cannot be read goes whole."""
        try:
            inner = exactjson.loads(text)
        except exactjson.NotJson:
            return REDACTED
        return exactjson.dumps(self.cut(inner, "", depth + 1)).decode()


def _is_secret(name: str) -> bool:
    return _judged(name)[0]


def _is_numbering(name: str) -> bool:
    return _judged(name)[1]


def _judged(name: str) -> tuple[bool, bool, bool]:
    """Whether it names a secret, a numbering, a number to mask; names of a usual length are judged once."""
    return _judge_once(name) if len(name) <= LONGEST_USUAL_NAME else _judge(name)


def _judge(name: str) -> tuple[bool, bool, bool]:
    words = [word.lower() for word in _WORD.findall(name)]
    is_secret = (
        name.lower() in SECRET_NAMES | PERSONAL_NAMES
        or not SECRET_WORDS.isdisjoint(words)
        or not SECRET_ENDS.isdisjoint(words[-1:])
    )
    return is_secret, not NUMBERING_ENDS.isdisjoint(words[-1:]), name.lower() in MASKED_NAMES


_judge_once = lru_cache(maxsize=2048)(_judge)
_key = lru_cache(maxsize=2048)(scrub)


def _without_cards(text: str, name: str = "") -> str:
    if len(text) < SHORTEST_CARD:
        return text
    if name and _is_numbering(name):
        return masked(text) if _SURELY_CARD.fullmatch(text) and _luhn(text) else text
    return _GROUPS.sub(_mask_card, _RUN.sub(_mask_card, text))


def _mask_card(found: re.Match) -> str:
    digits = re.sub(r"[^0-9]", "", found[0])
    return masked(digits) if len(digits) > 19 or _luhn(digits) else found[0]


def _luhn(digits: str) -> bool:
    total = sum(int(digit) for digit in digits[-1::-2])
    total += sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return total % 10 == 0


def _is_plain(text: str) -> bool:
    """Too short for a card number, and nothing in it stands beside a name or hides more."""
    return len(text) < SHORTEST_CARD and text.isascii() and not (":" in text or "=" in text or "\0" in text)


def _is_numbered(text: str) -> bool:
    """Under the name of a numbering: no card number, as it is more than digits, and no JSON, by its beginning."""
    return text[:1].isalnum() and text.isascii() and not text.isdigit() and "\0" not in text


def _readable(value: object) -> str:
    """The text of the few types whose text is known to be harmless, else only the type's name."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, int) and value.bit_length() > LONGEST_NUMBER_BITS:
        return REDACTED
    known = (int, float, Decimal, date, time, timedelta, UUID, PurePath, Enum, type(None))
    return str(value) if isinstance(value, known) else f"<{type(value).__name__}>"


def _amounts_as_text(value: object) -> object:
    if isinstance(value, dict):
        return {key: _amounts_as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_amounts_as_text(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value
