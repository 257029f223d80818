"""The one table of roles, and the groups that follow it."""

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.outbox.registry import operations
from backoffice.people.roles import MAKE, MEND, PEOPLE, ROLES
from backoffice.people.scopes import SCOPES

MONEY = MAKE | MEND | {"cards.view_card", "cards.view_cardorder", "wallets.view_wallet", "outbox.view_call"}


def declared() -> set[str]:
    """The permissions that models name for commands."""
    return {
        f"{model._meta.app_label}.{name}" for model in apps.get_models() for name, _title in model._meta.permissions
    }


def held(role: str) -> set[str]:
    found = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in found}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_a_roles_group_holds_what_the_table_says(role):
    assert held(role) == set(ROLES[role])


def test_every_operation_has_a_permission_and_a_role_that_may_start_it():
    for operation in operations():
        assert operation in declared()
        assert any(operation in permissions for permissions in ROLES.values()), operation


def test_every_command_permission_is_given_to_some_role():
    given = frozenset().union(*ROLES.values())
    assert declared() - given == set()


def test_who_administers_people_touches_no_money():
    assert {permission for permission in ROLES["Admin"] & MONEY if ".view_" not in permission} == set()
    assert {role for role, permissions in ROLES.items() if permissions >= PEOPLE} == {"Admin"}


def test_who_approves_makes_nothing_and_who_audits_changes_nothing():
    assert ROLES["Approver"] & (MAKE | MEND) == set()
    assert {permission for permission in ROLES["Auditor"] if ".view_" not in permission} == set()


def test_no_key_may_be_given_a_persons_powers_over_people():
    assert {scope for scope in SCOPES if scope.startswith(("auth.", "people."))} == set()


@pytest.mark.django_db
def test_bringing_the_database_up_to_date_again_repairs_the_groups_and_costs_little():
    group = Group.objects.get(name="Viewer")
    group.permissions.set(Permission.objects.filter(codename__in=["add_user", "view_card"]))
    own = Group.objects.create(name="Treasury")
    own.permissions.set(Permission.objects.filter(codename="issue_card"))
    call_command("migrate", verbosity=0)
    assert held("Viewer") == set(ROLES["Viewer"])
    assert held("Treasury") == {"cards.issue_card"}
    with CaptureQueriesContext(connection) as seen:
        call_command("migrate", verbosity=0)
    ours = [query for query in seen if "auth_group" in query["sql"]]
    assert len(ours) == 2


@pytest.mark.django_db
def test_a_person_without_a_role_may_nothing():
    nobody = get_user_model().objects.create_user("nobody")
    assert nobody.get_all_permissions() == set()
