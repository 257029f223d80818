"""Make the database that the process tests start from: `python -m tests.processes.prepare`; prints ways in as JSON."""

import io
import json

import django

django.setup()

# ruff: noqa: E402
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from backoffice.mirror import syncs, watches

SCOPES = ("cards.issue_card", "outbox.send_call_again", "outbox.view_call")


def main() -> None:
    """Migrate, make a person with a key, and mirror the provider's wallets and BINs."""
    call_command("migrate_once", verbosity=0)
    person = get_user_model().objects.create_user("mei")
    person.groups.add(Group.objects.get(name="Finance manager"))
    scopes = [part for scope in SCOPES for part in ("--scope", scope)]
    said = io.StringIO()
    call_command("create_api_key", "--owner", "mei", "--name", "processes", *scopes, stdout=said)
    client = Client()
    client.force_login(person)
    syncs.start_due_syncs()
    syncs.continue_syncs(20)
    watches.drain_watches(20)
    print(json.dumps({"api_key": said.getvalue().split()[-1], "session": client.cookies["session"].value}))


if __name__ == "__main__":
    main()
