"""manage.py accounts: what it shows, what it asks, and how it ends."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from backoffice.accounts import registry
from tests.settings import KEY, TOKEN


def run(*arguments):
    out = StringIO()
    call_command("accounts", *arguments, stdout=out, no_color=True)
    return out.getvalue()


@pytest.fixture
def file(settings, tmp_path):
    """Write an accounts file and make it the one in use."""

    def write(text):
        path = tmp_path / "accounts.toml"
        path.write_text(text)
        settings.ACCOUNTS_FILE = path
        registry.forget()
        return path

    return write


def test_it_shows_the_account_asks_for_wallets_and_prints_the_callback_address(account, world, settings):
    settings.PUBLIC_URL = "https://office.example.com/"
    shown = run()
    assert shown == (
        "main: Main company (test)\n"
        "  provider  openapi, customer_id 10001001, app_id 100001\n"
        "  address   https://provider.test/open-api/v1\n"
        "  times     UTC\n"
        "  pace      0 calls and 0 writes a second\n"
        f"  callback  https://office.example.com/webhooks/openapi/{TOKEN}/\n"
        "  callers   any address\n"
        "  answer    good\n"
    )
    assert [request.path for request in world.requests] == ["/open-api/v1/wallet/list"]
    assert KEY not in shown


def test_without_asking_nothing_is_sent(account, world, settings):
    settings.PUBLIC_URL = ""
    shown = run("--no-ask")
    assert f"  callback  /webhooks/openapi/{TOKEN}/\n" in shown
    assert shown.endswith("PUBLIC_URL is not set, so that callback addresses are shown without their host.\n")
    assert world.requests == []


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ("refuse_connection", "NotSent: not connected: NewConnectionError"),
        ("status_502", "OutcomeUnknown: answered 502 (code http_502)"),
        ("1002", "Misconfigured: authorization failed (code 1002)"),
    ],
)
def test_an_account_that_gets_no_good_answer_ends_it_with_an_error(account, world, fault, answer, capsys):
    world.fail_next(fault)
    with pytest.raises(CommandError, match="^no good answer for: main$"):
        call_command("accounts", no_color=True)
    shown = capsys.readouterr().out
    assert f"  answer    {answer}\n" in shown
    assert KEY not in shown


def test_a_paused_account_says_why(account):
    account.paused_at, account.paused_why = account.created_at, "the key was refused"
    account.save()
    assert "  paused    the key was refused\n" in run()


def test_a_faulty_file_is_one_clear_line(file):
    path = file('[main]\nprovider = "openapi"\ntitle = "Main"\n')
    with pytest.raises(CommandError) as caught:
        run("--no-ask")
    assert str(caught.value) == f"{path}: main: live: missing"


def test_an_account_that_is_not_there_is_one_clear_line(account, settings):
    with pytest.raises(CommandError) as caught:
        run("other")
    assert str(caught.value) == f"{settings.ACCOUNTS_FILE}: no account other"


def test_an_empty_file_is_no_error(file, settings):
    settings.PUBLIC_URL = "https://office.example.com"
    path = file("# nothing yet\n")
    assert run("--no-ask") == f"{path} has no account.\n"


ENTRY = """
provider = "openapi"
title = "One"
live = true
base_url = "https://provider.test/open-api/v1"
customer_id = 1000001
app_id = 100001
key = "0123456789abcdef"
callback_token = "{}"
allowed_ips = ["203.0.113.7"]
"""


@pytest.mark.parametrize("above", ["", "accounts."])
def test_accounts_may_stand_together_under_one_name(file, settings, above):
    settings.PUBLIC_URL = "https://office.example.com"
    file("".join(f"[{above}{name}]{ENTRY.format(name * 24)}" for name in "ab"))
    shown = run("--no-ask")
    assert [line for line in shown.splitlines() if not line.startswith(" ")] == ["a: One (live)", "b: One (live)"]
    assert shown.count("  callers   203.0.113.7/32\n") == 2


def test_two_accounts_never_share_a_callback_address(file):
    path = file("".join(f"[{name}]{ENTRY.format('t' * 24)}" for name in "ab"))
    with pytest.raises(CommandError) as caught:
        run("--no-ask")
    assert str(caught.value) == f"{path}: a: callback_token: another account has the same"
