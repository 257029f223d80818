"""What is private in one exchange is cut from what is told of it, and nothing else is."""

import pytest

from backoffice.providers.discretion import NOTHING_PRIVATE, Discretion, values_of
from backoffice.providers.redaction import redacted


@pytest.mark.parametrize(
    ("value", "text", "kept"),
    [
        ("Li", "Li is not a name, limit reached", "[redacted] is not a name, limit reached"),
        ("LI", "name=li;", "name=[redacted];"),
        ("739124", "pin739124x", "pin[redacted]x"),
        ("739124", "order 17391242", "order 17391242"),
        ("12 Example Road", "at 12 example road.", "at [redacted]."),
        ("a+b@x.test", "<a+b@x.test>", "<[redacted]>"),
        ("李", "李 is taken", "[redacted] is taken"),
        ("ord", "ord_5uY0AjUE and order", "[redacted]_5uY0AjUE and order"),
    ],
)
def test_a_value_is_cut_where_it_stands_alone(value, text, kept):
    assert Discretion(values=frozenset({value})).text(text) == kept


def test_the_longer_of_two_values_goes_first():
    both = Discretion(values=frozenset({"Hong", "Hong Kong"}))
    assert both.text("from Hong Kong, Mr Hong") == "from [redacted], Mr [redacted]"


def test_only_what_stands_under_a_known_name_is_told():
    told = Discretion(names=frozenset({"data", "id", "rows"}))
    given = {"data": {"id": "a", "name": "MEI", "rows": [{"id": 1, "age": 5, "note": ""}, "x"], "none": None}, "a@b": 1}
    assert told.cut(redacted(given)) == {
        "data": {
            "id": "a",
            "name": "[redacted]",
            "rows": [{"id": 1, "age": "[redacted]", "note": ""}, "x"],
            "none": None,
        },
        "[redacted]": "[redacted]",
    }
    assert told.cut(redacted("MEI")) == {"body": "[redacted]"}


def test_values_are_cut_at_every_depth_and_a_repr_shows_none():
    quiet = Discretion(values=values_of({"name": "MEI", "kind": 1, "note": "", "day": None}))
    assert quiet.values == {"MEI"}
    assert quiet.cut({"a": [{"b": "mei!"}, 1, None], "c": "x"}) == {"a": [{"b": "[redacted]!"}, 1, None], "c": "x"}
    assert "MEI" not in repr(quiet)


def test_where_nothing_is_private_nothing_is_changed():
    assert NOTHING_PRIVATE.cut({"a": "MEI"}) == {"a": "MEI"}
    assert NOTHING_PRIVATE.text("MEI") == "MEI"
