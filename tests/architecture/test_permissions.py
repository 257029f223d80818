"""Who may do what: an operation has all its parts; an address refuses whom it should, and then nothing happened."""

import re
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from backoffice.accounts.models import Account
from backoffice.journal.models import JournalEntry
from backoffice.mirror.models import SyncRun, Watch
from backoffice.outbox.models import Ask, Call
from backoffice.outbox.registry import handler_for, operations
from backoffice.people.roles import ROLES
from cards.models import CardOrder, Holder
from tests.architecture.samples import ENDPOINTS, OPEN, OWN_PAGES, PAGES, Door
from tests.architecture.sources import PACKAGES
from webhooks.models import Delivery

# Commands that owe a provider nothing, and the address that starts each.
LOCAL_COMMANDS = {
    "outbox.look_up_call": "outbox:look_up_call",
    "outbox.send_call_again": "outbox:send_call_again",
    "outbox.give_up_call": "outbox:give_up_call",
    "webhooks.replay_delivery": "webhooks:replay_delivery",
    "people.share_view": "people:share_view",
    "cards.reveal_card": "cards:reveal_card",
    "cards.unmask_holder": "cards:unmask_holder",
    "mirror.ask_now": "cards:ask_order",
    "mirror.start_sync": "mirror:start_sync",
    "accounts.pause_account": "mirror:pause_account",
    "accounts.resume_account": "mirror:resume_account",
}


def addresses() -> dict[str, URLPattern]:
    """Every pattern of the resolver by its full name."""
    return dict(_walk(get_resolver(), ""))


def _walk(resolver, namespace: str):
    for pattern in resolver.url_patterns:
        inner = getattr(pattern, "namespace", None)
        name = f"{namespace}{inner}:" if inner else namespace
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or pattern.pattern}", pattern
        else:
            yield from _walk(pattern, name)


def declared() -> set[str]:
    """The permissions of every model's Meta.permissions."""
    models = [model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES]
    return {f"{m._meta.app_label}.{codename}" for m in models for codename, _name in m._meta.permissions}


# --- operations -----------------------------------------------------------------------------------------------------


def test_there_are_operations():
    assert operations() == {
        "cards.issue_card",
        "cards.recharge_card",
        "cards.activate_card",
        "cards.freeze_card",
        "cards.unfreeze_card",
        "cards.close_card",
        "cards.create_holder",
        "cards.edit_holder",
        "cards.delete_holder",
    }


@pytest.mark.parametrize("operation", sorted(operations()))
def test_an_operation_has_all_its_parts_under_one_name(operation: str):
    app, name = operation.split(".")
    handler = handler_for(operation)
    assert type(handler).__name__ == "".join(word.title() for word in name.split("_"))
    assert isinstance(handler.repeatable, bool)
    assert all(callable(getattr(handler, part)) for part in ("send", "look_up", "refuse", "withdraw"))
    command = getattr(import_module(f"{app}.commands"), name)
    assert command.operation == operation
    assert operation in declared()
    assert f"{app}:{name}" in addresses()
    assert operation in set().union(*ROLES.values())
    asked = [permissions for door in ENDPOINTS.values() for permissions in door.methods.values()]
    assert [permissions for permissions in asked if operation in permissions] != []


@pytest.mark.parametrize(("command", "address"), LOCAL_COMMANDS.items())
def test_a_command_of_our_own_has_permission_role_and_address(command: str, address: str):
    assert command in declared()
    assert command in set().union(*ROLES.values())
    assert [door for name, door in PAGES.items() if name == address and command in door.methods["POST"]] != []


def test_every_permission_that_a_model_declares_is_a_command():
    assert declared() == operations() | LOCAL_COMMANDS.keys()


def test_every_permission_of_the_role_table_exists(db):
    known = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}
    assert set().union(*ROLES.values()) - known == set()


def test_only_those_who_may_move_money_move_it():
    about_people = {"cards.create_holder", "cards.edit_holder", "cards.delete_holder"}
    makers = {role for role, permissions in ROLES.items() if permissions & (operations() - about_people)}
    assert makers == {"Operator", "Finance manager"}


# --- addresses ------------------------------------------------------------------------------------------------------


def test_every_address_has_a_sample():
    names = {name for name in addresses() if not name.startswith("admin:")}
    known = PAGES.keys() | ENDPOINTS.keys() | OPEN.keys() | OWN_PAGES
    assert names - known == set()
    assert known - names == set()


def path_of(name: str, door: Door, rows) -> str:
    if not door.row:
        return reverse(name)
    row = rows[door.row]
    return reverse(name, kwargs={door.argument: getattr(row, "public_id", None) or getattr(row, door.argument)})


def ask(client: Client, method: str, path: str, door: Door):
    return client.generic(method, path) if method != "POST" else client.post(path, {"key": "k" * 32, **door.post})


def everything() -> dict[str, list]:
    """What a command leaves behind, and what it could change."""
    models = [Call, Ask, JournalEntry, SyncRun, Watch, CardOrder, Holder, Delivery, Account]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


def grant(user, *permissions: str) -> Client:
    """A client of this user with exactly these permissions."""
    rows = Permission.objects.select_related("content_type")
    user.groups.clear()
    user.user_permissions.set(p for p in rows if f"{p.content_type.app_label}.{p.codename}" in permissions)
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def knocks(doors):
    return [(name, door, method) for name, door in doors.items() for method in door.methods]


def test_a_stranger_is_sent_to_sign_in_and_nothing_happens(sample_rows, world):
    before, sent = everything(), len(world.requests)
    answers = {}
    for name, door, method in knocks(PAGES):
        path = path_of(name, door, sample_rows)
        answer = ask(Client(), method, path, door)
        answers[name, method] = (answer.status_code, answer.get("Location", "").split("?")[0])
    assert {knock: answer for knock, answer in answers.items() if answer != (302, reverse("account_login"))} == {}
    assert (everything(), len(world.requests)) == (before, sent)


def test_the_api_refuses_a_stranger_and_nothing_happens(sample_rows, world):
    before, sent = everything(), len(world.requests)
    answers = {}
    for name, door, method in [*knocks(ENDPOINTS), ("api-schema", Door({"GET": ()}), "GET")]:
        answer = ask(Client(), method, path_of(name, door, sample_rows), door)
        answers[name, method] = (answer.status_code, answer.get("WWW-Authenticate", "").partition(" ")[0])
    assert {knock: answer for knock, answer in answers.items() if answer != (401, "Bearer")} == {}
    assert (everything(), len(world.requests)) == (before, sent)


def test_without_its_permission_nobody_gets_in_and_nothing_happens(sample_rows, world, person):
    """Each permission that a door asks for is missing once, while the person holds every other one there is."""
    user = person("viewer")
    all_of_them = {
        f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")
    }
    before, sent = everything(), len(world.requests)
    answers = {}
    for name, door, method in [*knocks(PAGES), *knocks(ENDPOINTS)]:
        for missing in door.methods[method]:
            client = grant(user, *(all_of_them - {missing}))
            answers[name, method, missing] = ask(client, method, path_of(name, door, sample_rows), door).status_code
    assert {knock: status for knock, status in answers.items() if status != 403} == {}
    assert len(answers) > 40
    assert (everything(), len(world.requests)) == (before, sent)


def test_with_its_permissions_and_no_others_a_person_gets_in(sample_rows, person):
    user = person("viewer")
    answers = {}
    for name, door, method in [*knocks(PAGES), *knocks(ENDPOINTS)]:
        client = grant(user, *door.methods[method])
        answers[name, method] = ask(client, method, path_of(name, door, sample_rows), door).status_code
    assert {knock: status for knock, status in answers.items() if status in {401, 403, 404, 405} or status >= 500} == {}
    assert {knock: status for knock, status in answers.items() if knock[1] == "GET" and status != 200} == {}


def test_no_page_does_something_on_a_get(sample_rows, person, world):
    user = person("viewer")
    before, sent = everything(), len(world.requests)
    for name, door, method in knocks(PAGES):
        if method == "GET":
            grant(user, *door.methods[method]).get(path_of(name, door, sample_rows))
    assert (everything(), len(world.requests)) == (before, sent)


@pytest.mark.parametrize("name", sorted(OWN_PAGES))
def test_the_pages_about_oneself_are_closed_to_strangers(name: str, db):
    path = reverse(name, kwargs={"pk": 1} if name in {"mfa_remove_webauthn", "mfa_edit_webauthn"} else {})
    for answer in (Client().get(path), Client().post(path)):
        assert (answer.status_code, answer.get("Location", "").split("?")[0]) == (302, reverse("account_login"))


def test_sign_up_is_closed(client, django_user_model, db):
    fields = {
        "username": "new",
        "email": "new@merchant.test",
        "password1": "a-long-pass-word",
        "password2": "a-long-pass-word",
    }
    assert client.post(reverse("account_signup"), fields).status_code == 200
    assert client.get(reverse("account_signup")).templates[0].name == "account/signup_closed.html"
    assert django_user_model.objects.count() == 0


def test_an_address_under_the_api_that_leads_nowhere_is_not_found_for_everybody(client, db):
    assert client.get("/api/v1/nowhere").status_code == 404


# --- the admin ------------------------------------------------------------------------------------------------------


def admin_paths() -> dict[str, str]:
    """Every address of the admin, with the number of no row in it."""
    values = {"app_label": "cards", "object_id": "1", "id": "1", "content_type_id": "1", "url": "nowhere"}
    found = {}
    for name, pattern in addresses().items():
        if name.startswith("admin:"):
            route = str(pattern.pattern)
            names = re.findall(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>", route)
            found[name] = (
                reverse(name, kwargs={a or b: values[a or b] for a, b in names}) if pattern.name else f"/admin/{route}"
            )
    return found


def test_the_admin_refuses_everybody_but_its_own(db, person, settings):
    everybody = {"a stranger": Client()}
    for role in ("viewer", "finance manager", "admin"):
        everybody[role] = Client()
        everybody[role].force_login(person(role))
    almost = person("developer", "staff")
    almost.is_staff = True
    almost.save()
    almost.user_permissions.set(Permission.objects.all())
    everybody["staff of another role"] = Client()
    everybody["staff of another role"].force_login(almost)
    free = {reverse("admin:jsi18n"), reverse("admin:login"), reverse("admin:logout")}
    let_in = {
        (who, path): answer.status_code
        for who, client in everybody.items()
        for path in admin_paths().values()
        if path not in free and (answer := client.get(path)).status_code not in {302, 403}
    }
    assert let_in == {}
    assert len(admin_paths()) > 5 * len(admin.site._registry)
