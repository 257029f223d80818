"""Their words and numbers against ours: every constant of the contract, and all that is in none of its tables."""

from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from backoffice.providers import exactjson, snapshots
from backoffice.providers.errors import OutcomeUnknown, ProviderError
from backoffice.providers.openapi import mapping, people, replies
from backoffice.providers.openapi.fields import Fields
from backoffice.providers.openapi.mapping import WORDS, Reading
from backoffice.providers.openapi.tables import CONSTANTS, Tables
from backoffice.providers.snapshots import (
    BillLine,
    BinSnapshot,
    CardOrderSnapshot,
    CardSnapshot,
    CardStatusSnapshot,
    FeeLine,
    HolderSnapshot,
    WalletSnapshot,
)
from tests.providers.emulator.asking import FIXTURES, START

# The contract's constants as a second reading of them: number → our word.
CONTRACT = {
    "wallet_status": {1: "normal", 2: "frozen", 3: "closed"},
    "bin_type": {1: "virtual", 2: "physical"},
    "bin_mode": {1: "prepaid", 2: "shared"},
    "bin_status": {1: "available", 2: "maintenance", 3: "offline"},
    "card_status": {1: "pending", 2: "active", 3: "frozen", 4: "closing", 5: "closed", 6: "lost", 7: "replaced"},
    "card_type": {1: "virtual", 2: "physical"},
    "order_type": {1: "issue", 2: "recharge", 3: "close", 4: "replace"},
    "order_status": {1: "pending", 2: "succeeded", 3: "failed"},
    "bill_type": {1: "charge", 2: "refund"},
    "bill_in_out": {1: "in", 2: "out"},
    "bill_category": {
        0: "trade", 1: "principal", 2: "opening", 3: "recharge", 4: "monthly", 5: "closing", 6: "shipping",
        7: "replacement",
    },
    "charge_mode": {1: "fixed", 2: "rate"},
    "id_type": {1: "passport", 2: "national_id", 3: "driving_licence"},
}  # fmt: skip
# Where each constant is read: (fixture's object, field, what reads it, the snapshot's attribute)
PLACES = {
    "wallet_status": ("api.wallet.detail", "status", mapping.wallet, "status"),
    "bin_type": ("api.card.bin.detail", "bin_type", mapping.bin_, "kind"),
    "bin_mode": ("api.card.bin.detail", "bin_mode", mapping.bin_, "mode"),
    "bin_status": ("api.card.bin.detail", "status", mapping.bin_, "status"),
    "card_status": ("api.card.detail", "status", mapping.card, "status"),
    "card_type": ("api.card.order.detail", "card_type", mapping.card_order, "card_kind"),
    "order_type": ("api.card.order.detail", "order_type", mapping.card_order, "kind"),
    "order_status": ("api.card.order.detail", "status", mapping.card_order, "status"),
    "bill_type": ("api.card.order.detail", "order_bill_type", mapping.card_order, "bills.kind"),
    "bill_in_out": ("api.card.order.detail", "in_out_type", mapping.card_order, "bills.direction"),
    "bill_category": ("api.card.order.detail", "bill_category", mapping.card_order, "bills.category"),
    "charge_mode": ("api.card.bin.fee", "charge_mode", mapping.bin_fees, "fees.charge"),
    "id_type": ("api.card.holder.detail", "id_type", people.holder, "id_kind"),
}
closing = partial(replies.closing, merchant_ref="CC1")
WHOLE = {
    "api.wallet.detail": mapping.wallet,
    "api.card.bin.detail": mapping.bin_,
    "api.card.bin.fee": mapping.bin_fees,
    "api.card.bin.limit": mapping.bin_limits,
    "api.card.detail": mapping.card,
    "api.card.order.open": replies.ordered,
    "api.card.order.detail": mapping.card_order,
    "api.card.order.recharge": replies.ordered,
    "api.card.close": closing,
    "api.card.freeze": replies.card_status,
    "api.card.holder.detail": people.holder,
    "api.card.holder.create": people.known_as,
    "api.card.holder.update": people.known_as,
    "api.card.holder.delete": people.deleted,
}
LISTS = {
    "api.wallet.list": ("wallet_list", mapping.wallet),
    "api.card.bin.list": ("bin_list", mapping.bin_),
    "api.card.list": ("card_list", mapping.card),
    "api.card.order.list": ("order_list", mapping.card_order),
    "api.card.holder.list": ("holder_list", people.holder),
}


def fixture(name):
    return exactjson.loads((FIXTURES / f"{name}.response.json").read_bytes())["data"]


def reading(zone="UTC"):
    return Reading(account="main", observed_at=START, zone=ZoneInfo(zone), tables=Tables.of())


def read(one, data, zone="UTC"):
    return one(Fields("answer", data), reading(zone))


def changed(data, field, value):
    """The answer with this field replaced: in the object itself, else in each row of its list."""
    data = deepcopy(data)
    rows = [data] if field in data else next(value for value in data.values() if isinstance(value, list))
    for row in rows:
        row[field] = value
    return data


def seen(snapshot, attribute):
    """The values of an attribute; of each line for `lines.attribute`."""
    lines, _, name = attribute.rpartition(".")
    return {str(getattr(line, name)) for line in (getattr(snapshot, lines) if lines else [snapshot])}


def test_the_tables_have_what_the_contract_has():
    assert {group: set(table.values()) for group, table in CONSTANTS.items()} == {
        group: set(table) for group, table in CONTRACT.items()
    }
    assert {group: table.keys() for group, table in WORDS.items()} == {
        group: table.keys() for group, table in CONSTANTS.items()
    }


@pytest.mark.parametrize(("group", "number"), [(group, number) for group in CONTRACT for number in CONTRACT[group]])
def test_a_constant_becomes_our_word(group, number):
    name, field, one, attribute = PLACES[group]
    snapshot = read(one, changed(fixture(name), field, number))
    assert seen(snapshot, attribute) == {CONTRACT[group][number]}


@pytest.mark.parametrize("group", CONTRACT)
@pytest.mark.parametrize("value", [8, 77, -1, 2**70, "2", "active", True, Decimal("2.0"), None, [], {}, "", ["2"]])
def test_anything_else_becomes_unknown(group, value):
    name, field, one, attribute = PLACES[group]
    snapshot = read(one, changed(fixture(name), field, value))
    not_said = group == "id_type" and value in (None, "")  # a holder need not have a number
    assert seen(snapshot, attribute) == {"None" if not_said else "unknown"}


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (77, "77"),
        ("2", '"2"'),
        (None, ""),
        (True, "true"),
        (Decimal("2.50"), "2.5"),
        ({"code": 2}, '{"code":2}'),
        ("x" * 100, '"' + 39 * "x"),
        ("4111111111111111", '"•••• 1111"'),
    ],
)
def test_a_word_is_kept_as_it_was_sent(value, word):
    assert read(mapping.card, changed(fixture("api.card.detail"), "status", value)).word == word


@pytest.mark.parametrize("name", WHOLE)
def test_no_example_has_a_word_that_nobody_knows(name):
    snapshot = read(WHOLE[name], fixture(name))
    assert "unknown" not in words_of(snapshot)


@pytest.mark.parametrize("name", LISTS)
def test_no_row_of_an_example_list_has_a_word_that_nobody_knows(name):
    rows, one = LISTS[name]
    data = fixture(name)
    page = mapping.page(Fields("answer", data), rows, reading(), one, asked=(1, 10))
    assert (len(page.items), page.total) == (len(data[rows]), data["total"])
    assert {word for row in page.items for word in words_of(row)} & {"unknown"} == set()


@pytest.mark.parametrize("file", sorted(FIXTURES.glob("webhook.card.*.json")), ids=lambda file: file.stem)
def test_the_contents_of_the_example_callbacks_read_like_answers(file):
    envelope = exactjson.loads(file.read_bytes())
    data = exactjson.loads(envelope["event_data"])
    if not envelope["event"].startswith("card.trade."):
        one = mapping.card if envelope["event"].startswith("card.status.") else mapping.card_order
        assert "unknown" not in words_of(read(one, data))


def words_of(snapshot):
    lines = [*(getattr(snapshot, "bills", None) or ()), *getattr(snapshot, "fees", ())]
    enums = [getattr(one, name) for one in (snapshot, *lines) for name in one.__dataclass_fields__]
    return {str(value) for value in enums if type(value).__module__ == snapshots.__name__}


# --- whole snapshots of the examples --------------------------------------------------------------------------------


def test_a_wallet():
    data = fixture("api.wallet.detail")
    assert read(mapping.wallet, data) == WalletSnapshot(
        account="main",
        observed_at=START,
        raw=read(mapping.wallet, data).raw,
        wallet_id="wid_Qm7TzK2wYp9RbL4s",
        currency="USD",
        balance=Decimal("2761.5"),
        frozen_balance=Decimal(0),
        status=snapshots.WalletStatus.NORMAL,
        word="1",
        created_at=datetime(2025, 1, 6, 3, 20, 41, tzinfo=UTC),
    )


def test_a_bin():
    data = fixture("api.card.bin.detail")
    found = read(mapping.bin_, data)
    assert found == BinSnapshot(
        account="main",
        observed_at=START,
        raw=found.raw,
        bin_id=data["bin_id"],
        digits=data["bin"],
        name=data["bin_name"],
        network=data["organization"],
        country=data["country"],
        currency="USD",
        kind=snapshots.CardKind.VIRTUAL,
        mode=snapshots.CardMode.PREPAID,
        status=snapshots.BinStatus.AVAILABLE,
        word="1",
        needs_holder=bool(data["need_holder"]),
        notes=data["mark"],
    )


def test_fees_keep_their_bounds_and_zero_is_none():
    found = read(mapping.bin_fees, fixture("api.card.bin.fee"))
    lines = {line.code: line for line in found.fees}
    given = {line["fee_code"]: line for line in fixture("api.card.bin.fee")["fee_list"]}
    assert lines.keys() == given.keys()
    assert lines["open"] == FeeLine(
        code="open",
        name=given["open"]["fee_name"],
        category=snapshots.BillCategory.OPENING,
        charge=snapshots.FeeCharge.FIXED,
        value=Decimal(given["open"]["fee_value"]),
        minimum=None,
        maximum=None,
    )
    for code, line in lines.items():
        assert (line.value, line.minimum, line.maximum) == (
            Decimal(given[code]["fee_value"]),
            Decimal(given[code]["min_fee"]) or None,
            Decimal(given[code]["max_fee"]) or None,
        )


def test_limits_and_zero_is_none():
    data = fixture("api.card.bin.limit")
    found = read(mapping.bin_limits, data)
    for ours, theirs in {
        "open_min": "open_min_amount",
        "open_max": "open_max_amount",
        "recharge_min": "recharge_min_amount",
        "recharge_max": "recharge_max_amount",
        "card_max_balance": "card_max_balance",
        "trade_single_max": "trade_single_max",
        "trade_day_max": "trade_day_max",
        "trade_month_max": "trade_month_max",
    }.items():
        assert getattr(found, ours) == (Decimal(data[theirs]) or None)
    assert found.max_card_count == (data["max_card_count"] or None)
    assert found.forbidden_countries == tuple(data["forbid_country_list"])
    assert found.forbidden_mccs == tuple(data["forbid_mcc_list"])


def test_a_card():
    found = read(mapping.card, fixture("api.card.detail"))
    assert found == CardSnapshot(
        account="main",
        observed_at=START,
        raw=found.raw,
        card_id="cid_sxdwXPRxtXt6Ch4n",
        order_id="ord_5uY0AjUE",
        merchant_ref="platform_ord_5uY0AjUE",
        app_id=str(fixture("api.card.detail")["app_id"]),
        bin_id="cpi_6530de6a2f1c7",
        holder_id="",
        last4="4064",
        balance=Decimal(fixture("api.card.detail")["balance"]),
        recharged=Decimal(fixture("api.card.detail")["limit"]),
        expiry="03/28",
        status=snapshots.CardStatus.ACTIVE,
        word="2",
        activated_at=datetime(2025, 3, 3, 2, 42, 11, tzinfo=UTC),
        note="",
    )
    assert (found.raw["cvv"], found.raw["card_no"]) == ("[redacted]", "•••• 4064")


def test_an_order_with_its_bills():
    found = read(mapping.card_order, fixture("api.card.order.detail"))
    bills = fixture("api.card.order.detail")["bill_list"]
    assert found == CardOrderSnapshot(
        account="main",
        observed_at=START,
        raw=found.raw,
        merchant_ref="platform_ord_8Kd2QmZx",
        order_id="ord_8Kd2QmZx",
        app_id="100001",
        kind=snapshots.OrderKind.RECHARGE,
        card_kind=snapshots.CardKind.VIRTUAL,
        bin_id="cpi_6530de6a2f1c7",
        card_id="cid_sxdwXPRxtXt6Ch4n",
        holder_id="",
        wallet_id="wid_Qm7TzK2wYp9RbL4s",
        currency="USD",
        amount=Decimal(200),
        fee=Decimal(2),
        total=Decimal(202),
        status=snapshots.OrderStatus.SUCCEEDED,
        word="2",
        reason="",
        note="",
        created_at=datetime(2025, 3, 4, 7, 12, 9, tzinfo=UTC),
        ended_at=datetime(2025, 3, 4, 7, 12, 20, tzinfo=UTC),
        bills=found.bills,
    )
    assert found.bills[1] == BillLine(
        bill_id=bills[1]["bill_id"],
        direction=snapshots.Direction.OUT,
        kind=snapshots.BillKind.CHARGE,
        category=snapshots.BillCategory.RECHARGE,
        amount=Decimal(2),
        currency="USD",
        transaction_id=bills[1]["transaction_id"],
        created_at=datetime(2025, 3, 4, 7, 12, 9, tzinfo=UTC),
    )


def test_an_order_of_a_list_says_nothing_of_bills():
    row = fixture("api.card.order.list")["order_list"][0]
    assert read(mapping.card_order, row).bills is None


def test_a_recharge_is_answered_like_an_opening():
    data = fixture("api.card.order.recharge")
    assert read(replies.ordered, data) == CardOrderSnapshot(
        account="main",
        observed_at=START,
        raw=data,
        merchant_ref="platform_ord_8Kd2QmZx",
        order_id="ord_8Kd2QmZx",
        status=snapshots.OrderStatus.PENDING,
        word="1",
    )


@pytest.mark.parametrize(
    ("number", "status"),
    [(4, "pending"), (5, "pending"), (2, "unknown"), (1, "unknown"), (77, "unknown"), ("4", "unknown")],
)
def test_a_closing_is_answered_with_the_cards_status_which_does_not_end_the_order(number, status):
    data = fixture("api.card.close") | {"status": number}
    assert read(closing, data) == CardOrderSnapshot(
        account="main",
        observed_at=START,
        raw=data,
        merchant_ref="CC1",
        order_id="ord_Z5cB1yHt",
        kind=snapshots.OrderKind.CLOSE,
        card_id="cid_sxdwXPRxtXt6Ch4n",
        status=snapshots.OrderStatus(status),
    )


@pytest.mark.parametrize(("name", "status"), [("freeze", "frozen"), ("unfreeze", "active"), ("activate", "active")])
def test_a_card_that_moved_says_so_and_no_more(name, status):
    data = fixture(f"api.card.{name}")
    assert read(replies.card_status, data) == CardStatusSnapshot(
        account="main",
        observed_at=START,
        raw=data,
        card_id="cid_sxdwXPRxtXt6Ch4n",
        status=snapshots.CardStatus(status),
        word=str(data["status"]),
    )


def test_a_holder():
    found = read(people.holder, fixture("api.card.holder.detail"), "Asia/Shanghai")
    assert found == HolderSnapshot(
        account="main",
        observed_at=START,
        raw=found.raw,
        holder_id="hid_t5BqWm8LzX2nRk7D",
        merchant_ref="staff_00042",
        bin_id="cpi_659b21f40ac3e",
        first_name="MEI",
        last_name="CHAN",
        email="mei.chan@example.com",
        phone_code="852",
        phone="51230000",
        birthday=date(1991, 4, 17),
        nationality="HK",
        id_kind=snapshots.IdKind.PASSPORT,
        id_number="K01234567",
        country="HK",
        region="Hong Kong",
        city="Kowloon",
        street="12 Example Road",
        post_code="999077",
        created_at=datetime(2025, 2, 19, 18, 0, tzinfo=UTC),
        updated_at=datetime(2025, 2, 19, 18, 0, tzinfo=UTC),
    )
    kept = {"holder_id", "out_holder_id", "bin_id", "id_type", "create_at", "update_at"}
    assert found.raw == {
        name: value if name in kept else "[redacted]" for name, value in fixture("api.card.holder.detail").items()
    } | {"id_no": "•••• 4567"}


def test_what_is_said_of_a_person_is_exact_even_where_it_looks_like_a_card_number():
    data = fixture("api.card.holder.detail") | {"id_no": "4111111111111111", "phone": "4111111111111111"}
    found = read(people.holder, data)
    assert (found.id_number, found.phone) == ("4111111111111111", "4111111111111111")
    assert (found.raw["id_no"], found.raw["phone"]) == ("•••• 1111", "[redacted]")


def test_a_field_that_nobody_knows_is_not_kept_of_a_holder():
    data = fixture("api.card.holder.detail") | {"middle_name": "SUI", "mei@x.test": "1", "kin": [{"name": "LEE"}]}
    found = read(people.holder, data)
    assert {name: found.raw[name] for name in ("middle_name", "kin", "[redacted]")} == dict.fromkeys(
        ("middle_name", "kin", "[redacted]"), "[redacted]"
    )
    assert "SUI" not in repr(found.raw) + repr(found)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1991-04-17", date(1991, 4, 17)),
        ("1991-02-30", None),
        ("17.04.1991", None),
        ("１９９１-04-17", None),
        ("", None),
        (19910417, None),
        (None, None),
    ],
)
def test_a_day_is_a_day_or_not_said(text, day):
    assert read(people.holder, fixture("api.card.holder.detail") | {"birthday": text}).birthday == day


def test_the_secrets_of_a_card():
    data = fixture("api.card.detail") | {"pin": "739124"}
    found = read(replies.secrets, data)
    assert (found.number, found.expiry, found.cvv, found.pin) == (data["card_no"], "03/28", data["cvv"], "739124")
    assert repr(found) == "CardSecrets()"
    with pytest.raises(OutcomeUnknown, match="^answer: card_no is missing$"):
        read(replies.secrets, data | {"card_no": ""})


# --- times, amounts, ids --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "text", "moment"),
    [
        ("UTC", "2025-03-03 02:42:11", datetime(2025, 3, 3, 2, 42, 11, tzinfo=UTC)),
        ("Asia/Shanghai", "2025-03-03 02:42:11", datetime(2025, 3, 2, 18, 42, 11, tzinfo=UTC)),
        ("Europe/Berlin", "2025-07-01 00:00:00", datetime(2025, 6, 30, 22, 0, 0, tzinfo=UTC)),
        ("Europe/Berlin", "2025-10-26 02:30:00", datetime(2025, 10, 26, 0, 30, 0, tzinfo=UTC)),
        ("Europe/Berlin", "2025-03-30 02:30:00", datetime(2025, 3, 30, 1, 30, 0, tzinfo=UTC)),
        ("UTC", "2025-02-30 00:00:00", None),
        ("UTC", "2025-03-03T02:42:11", None),
        ("UTC", "2025-03-03 02:42:11Z", None),
        ("UTC", "2025-3-3 2:42:11", None),
        ("UTC", "٢٠٢٥-03-03 02:42:11", None),
        ("Asia/Shanghai", "0001-01-01 00:00:00", None),
        ("America/New_York", "9999-12-31 23:59:59", None),
        ("UTC", "", None),
        ("UTC", 1740969731, None),
        ("UTC", None, None),
    ],
)
def test_a_time_is_read_in_the_accounts_zone(zone, text, moment):
    data = changed(fixture("api.card.detail"), "use_at", text)
    assert read(mapping.card, data, zone).activated_at == moment


@pytest.mark.parametrize(
    "text",
    ["0.3", "0.10", "1e-7", "0.00000001", "9999999999999999.99999999", "1234567890123456", "1E+3", "0", "2761.50"],
)
def test_an_amount_is_exact(text):
    body = b'{"wallet_id":"wid_1","currency":"USD","balance":%s,"status":1}' % text.encode()
    assert read(mapping.wallet, exactjson.loads(body)).balance == Decimal(text)


@pytest.mark.parametrize(
    "value",
    [
        Decimal("1E-9"),
        Decimal("0.123456789"),
        Decimal("12345678901234567"),
        10**16,
        Decimal("1E+400"),
        "100",
        "1,000.00",
        "１００",
        True,
        [100],
        {"amount": 100},
    ],
)
@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("api.wallet.detail", "balance"),
        ("api.wallet.detail", "frozen_balance"),
        ("api.card.detail", "limit"),
        ("api.card.order.detail", "fee"),
        ("api.card.bin.limit", "open_max_amount"),
    ],
)
def test_an_amount_that_is_none_or_cannot_be_kept_makes_the_answer_unknown(name, field, value):
    data = fixture(name) | {field: value}
    with pytest.raises(OutcomeUnknown):
        read(WHOLE[name], data)


@pytest.mark.parametrize("field", ["amount", "fee", "total_amount"])
def test_an_order_amount_is_never_below_zero(field):
    with pytest.raises(OutcomeUnknown, match=f"^answer: {field} is below zero$"):
        read(mapping.card_order, fixture("api.card.order.detail") | {field: Decimal("-0.01")})


def test_a_balance_may_be_below_zero():
    assert read(mapping.wallet, fixture("api.wallet.detail") | {"balance": -5}).balance == Decimal(-5)
    assert read(mapping.card, fixture("api.card.detail") | {"balance": Decimal("-0.5")}).balance == Decimal("-0.5")


NEEDED = [
    ("api.wallet.detail", ["wallet_id", "currency", "balance"]),
    ("api.card.bin.detail", ["bin_id", "currency"]),
    ("api.card.bin.fee", ["bin_id", "currency", "fee_list"]),
    ("api.card.bin.limit", ["bin_id", "currency"]),
    ("api.card.detail", ["card_id", "balance"]),
    ("api.card.order.open", ["order_id", "out_order_id", "status"]),
    ("api.card.order.detail", ["order_id", "currency", "amount"]),
    ("api.card.order.recharge", ["order_id", "out_order_id", "status"]),
    ("api.card.close", ["card_id", "order_id", "status"]),
    ("api.card.freeze", ["card_id", "status"]),
    ("api.card.holder.detail", ["holder_id"]),
    ("api.card.holder.create", ["holder_id"]),
    ("api.card.holder.update", ["holder_id"]),
    ("api.card.holder.delete", ["holder_id"]),
]


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("change", ["missing", "null", "empty"])
def test_only_what_an_answer_cannot_do_without_must_be_there(name, change):
    needed = dict(NEEDED)[name]
    for field in fixture(name):
        data = fixture(name)
        if change == "missing":
            del data[field]
        else:
            data[field] = None if change == "null" else ""
        failed = False
        try:
            read(WHOLE[name], data)
        except OutcomeUnknown:
            failed = True
        empty_list = isinstance(fixture(name)[field], list) and change == "empty" and field == "bill_list"
        status_said_empty = (field, change) == ("status", "empty")
        assert failed is ((field in needed or empty_list) and not status_said_empty), (field, change)


@pytest.mark.parametrize(
    "value", ["with space", "x" * 65, "../etc", "4111111111111111", 5, ["cid_1"], "cid_1\x00", "ｃid"]
)
def test_an_id_that_is_none_makes_the_answer_unknown(value):
    with pytest.raises(OutcomeUnknown):
        read(mapping.card, fixture("api.card.detail") | {"card_id": value})


def test_our_own_numbers_are_ids_whatever_digits_they_have():
    for ref in ("CI411111111111111100000000", "CI000000000000000000000000", "CI4111111111111111abcdef00"):
        assert read(mapping.card_order, fixture("api.card.order.detail") | {"out_order_id": ref}).merchant_ref == ref


def test_texts_are_cut_to_what_can_be_kept():
    data = fixture("api.card.order.detail") | {
        "fail_reason": "no\x00 \ud800" + "x" * 300,
        "mark": "pin: 7391, " + "y" * 100,
    }
    found = read(mapping.card_order, data)
    assert (len(found.reason), found.reason[:5], len(found.note), "7391" in found.note) == (
        200,
        "no\ufffd \ufffd",
        64,
        False,
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"total": -1}, "answer: total is no number of rows"),
        ({"total": "5"}, "answer: total is no number of rows"),
        ({"wallet_list": None}, "answer: wallet_list is no list"),
        ({"wallet_list": {}}, "answer: wallet_list is no list"),
        ({"wallet_list": ["row"]}, "answer, wallet_list: not an object"),
    ],
)
def test_a_page_that_is_none_makes_the_answer_unknown(change, problem):
    data = fixture("api.wallet.list") | change
    with pytest.raises(OutcomeUnknown) as caught:
        mapping.page(Fields("answer", data), "wallet_list", reading(), mapping.wallet, asked=(1, 10))
    assert str(caught.value) == problem


@pytest.mark.parametrize("echo", [None, 0, -3, "2", Decimal("2.5")])
def test_a_page_that_does_not_say_which_it_is_is_the_one_that_was_asked_for(echo):
    data = fixture("api.wallet.list") | {"page": echo, "page_size": echo}
    page = mapping.page(Fields("answer", data), "wallet_list", reading(), mapping.wallet, asked=(2, 10))
    assert (page.page, page.page_size) == (2, 10)


# --- any JSON at all ------------------------------------------------------------------------------------------------

ANYTHING = [
    None, True, False, 0, 1, -1, 77, 2**63, 10**400, Decimal("0.1"), Decimal("-0"), Decimal("1E+9999"),
    Decimal("1E-400"), "", "x", "0", "1e5", "x" * 5000,
    "\x00", "\ud800", "4111111111111111", "2025-99-99 00:00:00", '{"cvv":"921"}', "{",
    [], {}, [None], [[]], ["x"], [{}], [{"amount": 1}], {"a": {"b": [1]}}, {"\ud800": "\x00"},
]  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_whatever_is_answered_there_is_a_snapshot_or_a_provider_error(name):
    good, outcomes = fixture(name), set()
    bodies = [*ANYTHING, *({**good, field: value} for field in good for value in ANYTHING)]
    for field in (
        key for key, value in good.items() if isinstance(value, list) and value and isinstance(value[0], dict)
    ):
        bodies += [{**good, field: [good[field][0] | {key: value}]} for key in good[field][0] for value in ANYTHING]
    for body in bodies:
        try:
            outcomes.add(read(WHOLE[name], body).account)
        except ProviderError as exc:
            outcomes.add(type(exc))
    assert outcomes == {"main", OutcomeUnknown}
