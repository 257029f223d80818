"""Numbers stay what they were, both ways."""

from decimal import Decimal

import pytest

from backoffice.providers import exactjson
from backoffice.providers.exactjson import NotJson


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", Decimal("0.1")),
        ("0.10", Decimal("0.10")),
        ("1e-7", Decimal("1E-7")),
        ("1E400", Decimal("1E+400")),
        ("12345678901234567890.12345678", Decimal("12345678901234567890.12345678")),
        ("10", 10),
        ("-0", 0),
        ("true", True),
        ('{"a":1,"a":2}', {"a": 2}),
    ],
)
def test_numbers_are_read_digit_by_digit(text, value):
    found = exactjson.loads(text)
    assert (found, type(found), str(found)) == (value, type(value), str(value))
    assert exactjson.loads(b"\xef\xbb\xbf" + text.encode()) == value


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        ("NaN", "not JSON"),
        ("-Infinity", "not JSON"),
        ("1" * 5000, "not JSON"),
        ("1e" + "9" * 30, "not JSON"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_not_read_is_one_kind_of_error(data, problem):
    with pytest.raises(NotJson, match=f"^{problem}$"):
        exactjson.loads(data)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("10.00"), "10"),
        (Decimal("0.10"), "0.1"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E+400"), "1E+400"),
        (Decimal("12345678901234567890.12"), "12345678901234567890.12"),
        ({"a": [1, None, True, "é"]}, '{"a":[1,null,true,"\\u00e9"]}'),
    ],
)
def test_a_value_is_written_with_exactly_its_digits(value, text):
    assert exactjson.dumps(value).decode() == text


@pytest.mark.parametrize("value", [0.1, {"amount": 0.1}, [float("nan")], object()])
def test_a_float_never_leaves(value):
    with pytest.raises(TypeError, match="has no exact JSON form$"):
        exactjson.dumps(value)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_never_leaves(value):
    with pytest.raises(ValueError, match="^JSON has no number for this$"):
        exactjson.dumps(Decimal(value))


def test_sums_of_what_was_read_are_exact():
    assert sum(exactjson.loads("[0.1,0.2]")) == Decimal("0.3")
