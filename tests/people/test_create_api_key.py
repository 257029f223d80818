"""Making an API key on the command line."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from backoffice.journal.models import JournalEntry
from backoffice.people.models import ApiKey


def create(**options) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(
        "create_api_key",
        **{"owner": "operator", "name": "ERP", "scope": ["cards.view"]} | options,
        stdout=out,
        stderr=err,
    )
    return out.getvalue(), err.getvalue()


def test_the_key_is_printed_once_and_the_row_says_what_it_may(staff, account):
    out, err = create(scope=["cards.view", "cards.issue_card"], expires_days=30, ip=["10.0.0.0/8"], account=["main"])
    key = ApiKey.objects.get()
    assert key.is_valid(out.strip())
    assert err == ""
    assert key.scopes == [
        "cards.issue_card",
        "cards.view_bin",
        "cards.view_card",
        "cards.view_cardorder",
        "cards.view_holder",
    ]
    assert (key.owner, key.name, key.allowed_ips, key.allowed_accounts) == (staff, "ERP", ["10.0.0.0/8"], ["main"])
    assert timedelta(days=29, hours=23) < key.expiry_date - timezone.now() <= timedelta(days=30)
    entry = JournalEntry.objects.get(verb="people.create_api_key")
    assert entry.detail == {"name": "ERP", "owner": "operator", "scopes": key.scopes}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"owner": "ghost"}, "There is no person 'ghost'."),
        (
            {"scope": ["cards.view", "cards.isue_card"]},
            "There is no scope 'cards.isue_card'. Known: accounts.view, cards.view,",
        ),
        ({"scope": ["people.add_apikey"]}, "There is no scope 'people.add_apikey'."),
        ({"scope": ["view"]}, "There is no scope 'view'."),
        ({"scope": []}, "A key needs at least one scope."),
        ({"name": " "}, "A key needs a name of 1 to 50 printable characters."),
        ({"name": "x" * 51}, "A key needs a name of 1 to 50 printable characters."),
        ({"name": "Browser"}, "The journal calls something else 'Browser': a key needs another name."),
        ({"expires_days": 0}, "A key expires in 1 to 3660 days."),
        ({"ip": ["10.0.0.1/8"]}, "'10.0.0.1/8' is no IP address or network."),
        ({"account": ["other"]}, "There is no account 'other'. Known: main."),
    ],
)
def test_what_is_wrong_is_one_clear_error_and_no_key(staff, account, options, message):
    with pytest.raises(CommandError) as refused:
        create(**options)
    assert str(refused.value).startswith(message)
    assert ApiKey.objects.count() == 0


def test_scopes_beyond_the_owners_roles_are_told(person, account):
    person("viewer")
    _out, err = create(owner="viewer", scope=["cards.issue_card"])
    assert err == "viewer lacks these now, so the key cannot use them: cards.issue_card\n"
