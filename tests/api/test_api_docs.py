"""The API's description, its pages, and the catalogue of its errors, held to the code."""

import ast
from pathlib import Path

import pytest
import schemathesis
from django.test import Client
from django.urls import get_resolver
from hypothesis import HealthCheck, given, settings

from backoffice.core.problems import CODES, catalogue
from backoffice.wsgi import application
from tests.api.conftest import EVERY_SCOPE, Caller, make_key

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("backoffice", "cards", "wallets", "payees", "payments", "webhooks")
REFUSALS = {"DomainError", "IllegalTransition", "StillOpen", "KeyReused", "Refused"}


def codes_in_use() -> set[str]:
    """The codes of every refusal in the sources."""
    found = set()
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in REFUSALS:
                    named = [word.value for word in node.keywords if word.arg == "code"]
                    named += node.args[:1] if node.func.id == "Refused" else []
                    found |= {value.value for value in named if isinstance(value, ast.Constant) and value.value}
    return found


def test_the_catalogue_has_every_code_that_a_refusal_may_carry():
    assert codes_in_use() - set(CODES) == set()


def test_the_docs_page_of_errors_is_the_catalogue():
    assert (ROOT / "docs" / "api-errors.md").read_text() == catalogue()
    answer = Client().get("/api/errors")
    assert (answer.status_code, answer.content.decode()) == (200, catalogue())


def test_the_schema_describes_every_address_of_the_api(staff):
    schema = Caller(make_key(staff.username)).get("/api/schema/", {"Accept": "application/vnd.oai.openapi+json"}).json()
    api = next(part for part in get_resolver().url_patterns if str(part.pattern) == "api/v1/")
    known = {"/api/v1/" + str(part.pattern).replace("<slug:", "{").replace(">", "}") for part in api.url_patterns}
    assert set(schema["paths"]) == known
    assert schema["openapi"] == "3.1.1"
    orders = schema["paths"]["/api/v1/card-orders"]
    refusals = (400, 401, 403, 406, 409, 411, 413, 415, 422, 429)
    assert set(orders["post"]["responses"]) == {"200", "202", *map(str, refusals)}


def test_the_pages_open_for_who_is_signed_in_and_run_no_foreign_script(browser_client):
    assert Client().get("/api/docs/").status_code == 302
    page = browser_client.get("/api/docs/")
    assert page.status_code == 200
    policy = dict(part.strip().split(" ", 1) for part in page["Content-Security-Policy"].split(";"))
    assert policy["style-src"] == "'self' 'unsafe-inline'"
    assert "unsafe" not in policy["script-src"]
    html = page.content.decode()
    assert html.count("<script") == html.count('<script src="/') == 3
    assert browser_client.get("/api/docs/?script").headers["Content-Type"] == "application/javascript"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)  # the server closes its connection after each request
def test_the_live_app_answers_as_the_schema_says(person, order_body):
    """Property tests made from the schema: whatever comes, an answer that is described, and never a 5xx."""
    key = make_key(person("finance manager").username, *EVERY_SCOPE)
    paths = Caller(key).get("/api/schema/", {"Accept": "application/vnd.oai.openapi+json"}).json()["paths"]
    schema = schemathesis.openapi.from_wsgi("/api/schema/", application, headers={"Authorization": f"Bearer {key}"})
    checks = [
        schemathesis.checks.not_a_server_error,
        schemathesis.checks.response_schema_conformance,
        schemathesis.checks.content_type_conformance,
        schemathesis.checks.status_code_conformance,
    ]
    seen = set()
    for result in schema.get_all_operations():
        operation = result.ok()

        @given(case=operation.as_strategy())
        @settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def run(case):
            case.call_and_validate(checks=checks, headers={"Authorization": f"Bearer {key}"})

        run()
        seen.add((operation.method.upper(), operation.path))
    described = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert seen == described
    assert ("POST", "/api/v1/card-orders") in seen
