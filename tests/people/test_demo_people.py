"""The demo's people: one for each role, the same at each start."""

import json
import stat

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.password_validation import validate_password

from backoffice import demo_env
from backoffice.core.management.commands.demo_people import PEOPLE, make_people
from backoffice.people.roles import ROLES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(demo_env, "DEMO", tmp_path / "demo")
    return tmp_path / "demo"


def test_there_is_one_for_each_role_who_can_sign_in():
    people = make_people()
    assert sorted(person.role for person in PEOPLE.values()) == sorted(ROLES)
    for name, person in people.items():
        user = authenticate(username=name, password=person["password"])
        assert [group.name for group in user.groups.all()] == [PEOPLE[name].role]
    assert get_user_model().objects.get(username="hannah").get_full_name() == "Hannah Wu"


def test_a_second_start_says_the_same_and_hashes_nothing_again(folder):
    first = make_people()
    hashes = dict(get_user_model().objects.values_list("username", "password"))
    assert make_people() == first
    assert dict(get_user_model().objects.values_list("username", "password")) == hashes
    assert json.loads((folder / "people.json").read_text()) == first
    assert stat.S_IMODE((folder / "people.json").stat().st_mode) == 0o600


def test_another_installation_has_other_passwords(folder):
    first = make_people()
    (folder / "people.json").unlink()
    second = make_people()
    assert all(first[name]["password"] != second[name]["password"] for name in PEOPLE)
    assert authenticate(username="hannah", password=second["hannah"]["password"])
    assert authenticate(username="hannah", password=first["hannah"]["password"]) is None


def test_passwords_pass_the_projects_own_rules():
    for name, person in make_people().items():
        user = get_user_model().objects.get(username=name)
        validate_password(person["password"], user)
