"""Every endpoint, asked with a key of every scope by an owner in every role: the table decides, nothing happens."""

import pytest
from django.urls import get_resolver

from backoffice.journal.models import JournalEntry
from backoffice.outbox.models import Ask, Call
from backoffice.people.roles import ROLES
from cards.models import CardOrder
from tests.api.conftest import EVERY_SCOPE, Caller, make_key


def endpoints():
    """(path, view class) of every address under /api/v1/; ids are made up, as the permission is asked first."""
    api = next(part for part in get_resolver().url_patterns if str(part.pattern) == "api/v1/")
    for part in api.url_patterns:
        path = str(part.pattern).replace("<slug:id>", "nothing").replace("<slug:slug>", "nothing")
        yield f"/api/v1/{path}", part.callback.view_class


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (CardOrder, Call, Ask)) + (
        JournalEntry.objects.exclude(verb="people.create_api_key").count(),
    )


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_what_the_table_says_and_no_more(role, person, mirrored):
    owner = person(role)
    caller = Caller(make_key(owner.username, *EVERY_SCOPE))
    before = everything()
    for path, view in endpoints():
        for method, permission in view.permissions.items():
            if not view.knows(method):
                continue
            if method == "POST" and permission in ROLES[role]:
                continue  # what is done has tests of its own
            answer = caller.get(path) if method == "GET" else caller.send(method, path, {"Idempotency-Key": "k1"})
            allowed = {200, 404, 428} if permission in ROLES[role] else {403}
            assert answer.status_code in allowed, (method, path)
    assert everything() == before


def test_every_endpoint_names_a_permission_for_each_method_it_knows():
    for path, view in endpoints():
        known = {method for method in ("GET", "POST", "PUT", "PATCH", "DELETE") if view.knows(method)}
        assert known <= set(view.permissions), path


def test_nobody_gets_in_without_a_key_whatever_the_endpoint(db):
    for path, view in endpoints():
        statuses = {Caller("").send(method, path).status_code for method in view.permissions if view.knows(method)}
        assert statuses == {401}, path
