"""No float comes near money."""

import ast
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core.money import AmountField, parse_amount, plain
from backoffice.providers import exactjson
from tests.architecture.sources import PACKAGES, called, imported, name_of, nowhere, places

WIRE = "backoffice/providers"
MONEY = ("cards/", "wallets/", "payees/", "payments/", "backoffice/core/money.py", f"{WIRE}/openapi/")
MONEY += (f"{WIRE}/snapshots.py", f"{WIRE}/exactjson.py", f"{WIRE}/emulator/exact.py")
MEASURES = {"outbox.Exchange.seconds"}  # floats that are no money
MEASURING = {"usual_seconds"}


def own_models():
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES]


def test_a_float_column_measures_something_that_is_no_money():
    fields = [field for model in own_models() for field in model._meta.fields]
    assert {str(field) for field in fields if isinstance(field, models.FloatField)} == MEASURES


def test_every_decimal_column_is_an_exact_amount():
    decimals = [f for m in own_models() for f in m._meta.fields if isinstance(f, models.DecimalField)]
    assert [str(field) for field in decimals if not isinstance(field, AmountField)] == []


@nowhere
def test_money_code_says_float_only_to_refuse_it(path: Path):
    if not name_of(path).startswith(MONEY):
        return []
    checks = [place.node for place in places(path) if called(place.node) == "isinstance"]
    refusals = {id(part) for node in checks for part in ast.walk(node)}
    said = [place for place in places(path) if id(place.node) not in refusals and place.inside not in MEASURING]
    return [str(place) for place in said if _says_float(place.node)]


def _says_float(node: ast.AST) -> bool:
    named = isinstance(node, ast.Name) and node.id == "float"
    return named or (isinstance(node, ast.Constant) and isinstance(node.value, float))


@nowhere
def test_a_providers_json_is_read_by_the_exact_reader(path: Path):
    readers = {"exactjson.py", "exact.py"} | ({"state.py", "story.py"} if "emulator" in path.parts else set())
    roots = {name.split(".")[0] for name in imported(path)}
    if "providers" in path.parts and path.name not in readers and "json" in roots:
        yield "imports json"
    if "requests" in roots:  # its own `json()` would make floats
        yield from (str(place) for place in places(path) if called(place.node) == "json")


amounts = st.decimals(min_value=0, max_value=Decimal("9999999999999999.99999999"), places=8, allow_nan=False)


@given(amounts)
def test_an_amount_goes_through_text_unchanged(amount: Decimal):
    assert parse_amount(plain(amount, "USD")) == amount


@given(amounts)
def test_an_amount_goes_through_json_unchanged(amount: Decimal):
    read = exactjson.loads(f'{{"amount": {amount:f}}}')
    assert read["amount"] == amount
    assert type(read["amount"]) in {Decimal, int}


@given(st.floats())
def test_an_amount_field_refuses_every_float(number: float):
    with pytest.raises(ValidationError, match="never a float"):
        AmountField().to_python(number)
