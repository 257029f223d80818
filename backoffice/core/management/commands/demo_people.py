"""The demo's people, one for each role, with passwords of this installation alone."""

import secrets
from json import dumps
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import BaseCommand
from django.db import transaction

from backoffice.demo_env import people_file, private_folder, read_people, write_private


class Person(NamedTuple):
    first: str
    last: str
    role: str
    about: str
    staff: bool = False


PEOPLE = {
    "hannah": Person("Hannah", "Wu", "Operator", "operator: issues cards, looks calls up"),
    "daniel": Person("Daniel", "Okafor", "Approver", "approver: sees everything, makes nothing"),
    "ingrid": Person("Ingrid", "Solberg", "Finance manager", "finance manager: issues, mends calls, pauses accounts"),
    "marco": Person("Marco", "Bellini", "Viewer", "viewer: cards, orders, wallets, calls"),
    "amara": Person("Amara", "Diallo", "Compliance", "compliance: callbacks, exchanges, the journal"),
    "jonas": Person("Jonas", "Keller", "Developer", "developer: API keys, callbacks; no money", staff=True),
    "priya": Person("Priya", "Raman", "Admin", "admin: people and keys; no money", staff=True),
    "elena": Person("Elena", "Petrova", "Auditor", "auditor: reads everything", staff=True),
}


def make_people() -> dict[str, dict[str, str]]:
    """The demo's people as username → password and what they may do; the same at each start."""
    file = people_file()
    private_folder(file.parent)
    kept = read_people(file)
    known = {name: kept[name]["password"] if name in kept else _password() for name in PEOPLE}
    people = {name: {"password": known[name], "about": person.about} for name, person in PEOPLE.items()}
    if people != kept:
        write_private(file, dumps(people))
    with transaction.atomic():
        _write_rows(people, fresh=set(people) - set(kept))
    return people


def _write_rows(people: dict[str, dict[str, str]], *, fresh: set[str]) -> None:
    """Rows that exist keep their password hash, as hashing is slow on purpose; one whose password is new gets it."""
    model = get_user_model()
    users = {user.username: user for user in model.objects.filter(username__in=people).prefetch_related("groups")}
    groups = {group.name: group for group in Group.objects.filter(name__in={person.role for person in PEOPLE.values()})}
    for name, person in PEOPLE.items():
        user = users.get(name)
        if user is None or name in fresh:
            user = user or model(username=name)
            user.first_name, user.last_name, user.email = person.first, person.last, f"{name}@demo.example"
            user.is_staff = person.staff
            user.set_password(people[name]["password"])
            user.save()
        if groups[person.role] not in user.groups.all():
            user.groups.add(groups[person.role])


def _password() -> str:
    """Four groups of five letters and digits: 100 bits that a person can type."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


class Command(BaseCommand):
    help = "Make the demo's people, one for each role, and print their passwords."

    def handle(self, **_options) -> None:
        for name, person in make_people().items():
            self.stdout.write(f"{name:<10} {person['password']}  {person['about']}")
