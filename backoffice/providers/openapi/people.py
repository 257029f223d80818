"""What is said of a card holder, both ways: our words onto the wire, and theirs into a snapshot."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from backoffice.providers.discretion import Discretion, values_of
from backoffice.providers.errors import Rejected
from backoffice.providers.openapi.fields import Fields, is_id
from backoffice.providers.openapi.mapping import WORDS, Reading
from backoffice.providers.openapi.tables import Tables
from backoffice.providers.redaction import redacted
from backoffice.providers.snapshots import HolderSnapshot, IdKind

LONGEST = 255
EMPTY = (None, "")
# All that a record or a `raw` may tell of a holder; an identity number is masked by its name.
TOLD = frozenset(
    {
        "customer_id", "app_id", "code", "message", "data", "total", "page", "page_size", "holder_list",
        "holder_id", "out_holder_id", "bin_id", "id_type", "id_no", "create_at", "update_at",
    }
)  # fmt: skip
ABOUT_HOLDER = Discretion(names=TOLD)


def holder(row: Fields, reading: Reading) -> HolderSnapshot:
    return HolderSnapshot(
        account=reading.account,
        observed_at=reading.observed_at,
        raw=ABOUT_HOLDER.cut(redacted(row.data)),
        holder_id=row.id("holder_id"),
        merchant_ref=row.optional_id("out_holder_id"),
        bin_id=row.optional_id("bin_id"),
        first_name=row.exact_text("first_name", LONGEST),
        last_name=row.exact_text("last_name", LONGEST),
        email=row.exact_text("email", LONGEST),
        phone_code=row.exact_text("phone_code", LONGEST),
        phone=row.exact_text("phone", LONGEST),
        birthday=row.day("birthday"),
        nationality=row.matching("nationality", r"[A-Z]{2}"),
        id_kind=None if row.data.get("id_type") in EMPTY else reading.word("id_type", row, "id_type", IdKind.UNKNOWN),
        id_number=row.exact_text("id_no", LONGEST),
        country=row.matching("country", r"[A-Z]{2}"),
        region=row.exact_text("state", LONGEST),
        city=row.exact_text("city", LONGEST),
        street=row.exact_text("address", LONGEST),
        post_code=row.exact_text("post_code", LONGEST),
        created_at=row.time("create_at", reading.zone),
        updated_at=row.time("update_at", reading.zone),
    )


def known_as(row: Fields, reading: Reading) -> HolderSnapshot:
    """The answer to a command: whose it is, and nothing else."""
    return HolderSnapshot(
        account=reading.account,
        observed_at=reading.observed_at,
        raw=ABOUT_HOLDER.cut(redacted(row.data)),
        holder_id=row.id("holder_id"),
        merchant_ref=row.optional_id("out_holder_id"),
    )


def deleted(row: Fields, reading: Reading) -> HolderSnapshot:
    return HolderSnapshot(
        account=reading.account,
        observed_at=reading.observed_at,
        raw=ABOUT_HOLDER.cut(redacted(row.data)),
        holder_id=row.id("holder_id"),
        deleted=True,
    )


def discretion_about(written: Mapping[str, object]) -> Discretion:
    """Nothing of what is said of the person is told, and none of it where a refusal quotes it."""
    return Discretion(names=TOLD, values=values_of({name: written[name] for name in written.keys() - {"bin_id"}}))


def of_new(fields: Mapping[str, object], tables: Tables) -> dict[str, object]:
    """A new holder as the wire wants one; all that is wrong is said at once."""
    given = {name: value for name, value in fields.items() if value not in EMPTY or name not in OPTIONAL}
    missing = {name: "is required" for name in WRITERS.keys() - OPTIONAL if given.get(name) in EMPTY}
    return _written(given, tables, missing)


def of_change(fields: Mapping[str, object], tables: Tables) -> dict[str, object]:
    """A change: the wire takes what is empty for "not said", so nothing can be emptied."""
    if not fields:
        raise Rejected("there is nothing to change", code="holder")
    return _written(fields, tables, {name: "cannot be emptied" for name, value in fields.items() if value in EMPTY})


def _written(fields: Mapping[str, object], tables: Tables, problems: dict[str, str]) -> dict[str, object]:
    written = {}
    for name in fields.keys() - problems.keys():
        try:
            theirs, write = WRITERS[name]
            written[theirs] = write(fields[name], tables)
        except KeyError:
            problems[name] = "is not known"
        except ValueError as exc:
            problems[name] = str(exc)
    if problems:
        raise Rejected("the holder is not such as can be sent", code="holder", fields=problems)
    return written


def _like(pattern: str, problem: str) -> Callable[[object, Tables], str]:
    def write(value: object, _tables: Tables) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(problem)
        return value

    return write


def _line(value: object, _tables: Tables) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > LONGEST:
        raise ValueError(f"is not a line of at most {LONGEST} characters")
    return value.strip()


def _id(value: object, _tables: Tables) -> str:
    if not is_id(value):
        raise ValueError("no id")
    return str(value)


def _day(value: object, _tables: Tables) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError("is not a day")
    return value.isoformat()


def _id_kind(value: object, tables: Tables) -> int:
    name = next((name for name, kind in WORDS["id_type"].items() if kind == value), "")
    if not name:
        raise ValueError("is not known")
    return tables.number("id_type", name)


COUNTRY = _like(r"[A-Z]{2}", "is not the two letters of a country")
# Our word → theirs, and how it is written.
WRITERS: Mapping[str, tuple[str, Callable[[object, Tables], object]]] = {
    "bin_id": ("bin_id", _id),
    "first_name": ("first_name", _line),
    "last_name": ("last_name", _line),
    "email": ("email", _line),
    "phone_code": ("phone_code", _like(r"[0-9]{1,8}", "is not digits alone")),
    "phone": ("phone", _line),
    "birthday": ("birthday", _day),
    "nationality": ("nationality", COUNTRY),
    "id_kind": ("id_type", _id_kind),
    "id_number": ("id_no", _line),
    "country": ("country", COUNTRY),
    "region": ("state", _line),
    "city": ("city", _line),
    "street": ("address", _line),
    "post_code": ("post_code", _line),
}
OPTIONAL = {"bin_id", "id_kind", "id_number"}
