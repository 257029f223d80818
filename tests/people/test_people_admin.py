"""Who administers people cannot make themselves, or anybody, more than a role makes them."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.test import Client

from backoffice.journal.models import JournalEntry
from backoffice.people.models import ApiKey
from tests.api.conftest import make_key

FORM = {
    "username": "viewer",
    "first_name": "Vi",
    "is_active": "on",
    "date_joined_0": "2026-01-01",
    "date_joined_1": "00:00",
}


@pytest.fixture
def admin(person):
    person("admin")
    get_user_model().objects.filter(username="admin").update(is_staff=True)
    return get_user_model().objects.get(username="admin")


@pytest.fixture
def browser(admin):
    client = Client()
    client.force_login(admin)
    return client


def test_a_role_is_given_and_written_down(browser, admin, person):
    viewer = person("viewer")
    groups = list(Group.objects.filter(name__in=["Viewer", "Approver"]).values_list("pk", flat=True))
    answer = browser.post(f"/admin/auth/user/{viewer.pk}/change/", FORM | {"groups": groups})
    assert answer.status_code == 302
    assert sorted(viewer.groups.values_list("name", flat=True)) == ["Approver", "Viewer"]
    entry = JournalEntry.objects.get(verb="people.change_person")
    assert (entry.actor, entry.via, entry.detail["roles_before"]) == (admin, "admin", ["Viewer"])
    assert entry.detail["roles"] == ["Approver", "Viewer"]


def test_rights_beside_the_roles_cannot_be_given(browser, person):
    viewer = person("viewer")
    issue = Permission.objects.get(codename="issue_card").pk
    browser.post(f"/admin/auth/user/{viewer.pk}/change/", FORM | {"is_superuser": "on", "user_permissions": [issue]})
    viewer.refresh_from_db()
    assert (viewer.first_name, viewer.is_superuser, viewer.user_permissions.count()) == ("Vi", False, 0)


def test_nobody_changes_their_own_roles(browser, admin):
    groups = list(Group.objects.values_list("pk", flat=True))
    browser.post(f"/admin/auth/user/{admin.pk}/change/", FORM | {"username": "admin", "groups": groups})
    admin.refresh_from_db()
    assert admin.first_name == "Vi"
    assert [group.name for group in admin.groups.all()] == ["Admin"]


def test_a_superuser_is_out_of_reach(browser, db):
    root = get_user_model().objects.create_superuser("root", password="a-long-root-password")
    assert browser.post(f"/admin/auth/user/{root.pk}/change/", FORM | {"username": "root"}).status_code == 403
    assert browser.post(f"/admin/auth/user/{root.pk}/password/", {}).status_code == 403
    root.refresh_from_db()
    assert root.first_name == ""


def test_people_are_never_deleted_and_roles_are_not_edited(browser, person):
    viewer = person("viewer")
    assert browser.post(f"/admin/auth/user/{viewer.pk}/delete/", {"post": "yes"}).status_code == 403
    assert browser.get("/admin/auth/group/").status_code == 404
    assert get_user_model().objects.filter(pk=viewer.pk).count() == 1


def test_a_key_is_revoked_once_and_its_hash_is_not_shown(browser, person):
    owner = person("operator")
    make_key(owner.username)
    key = ApiKey.objects.get()
    page = browser.get(f"/admin/people/apikey/{key.pk}/change/")
    assert page.status_code == 200
    assert key.hashed_key not in page.content.decode()
    for _ in range(2):
        browser.post("/admin/people/apikey/", {"action": "revoke", "_selected_action": [key.pk]})
    key.refresh_from_db()
    assert key.revoked is True
    assert JournalEntry.objects.filter(verb="people.revoke_api_key").count() == 1
