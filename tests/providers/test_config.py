"""One entry of the accounts file: what it gives, and the one clear line for everything that is wrong with it."""

import tomllib
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backoffice.providers import config, registry
from backoffice.providers.config import ConfigError, parse_account
from backoffice.providers.openapi.tables import Tables

KEY, TOKEN = "5f0c8e1c2b6d4f37a9d1e64bb0c7a2de", "Zk3vQ8rT1yNc5LxW9sHd2fJg7bMp4aVe"
ENTRY = {
    "provider": "openapi",
    "title": "Main company",
    "live": True,
    "base_url": "https://api.provider.test/open-api/v1",
    "customer_id": 10001001,
    "app_id": 100001,
    "key": KEY,
    "callback_token": TOKEN,
}
EXAMPLE = Path(__file__).parents[2] / "accounts.example.toml"


def parse(**changes):
    table = {name: value for name, value in (ENTRY | changes).items() if value is not None}
    return parse_account("main-cards", table, where="accounts.toml")


def problem(**changes):
    with pytest.raises(ConfigError) as caught:
        parse(**changes)
    error = caught.value
    assert (error.file, error.account) == ("accounts.toml", "main-cards")
    assert str(error) == ": ".join(part for part in ("accounts.toml", "main-cards", error.field, error.problem) if part)
    return error.field, error.problem


def test_a_short_entry_takes_the_usual_values():
    found = parse()
    assert (found.slug, found.provider, found.title, found.live) == ("main-cards", "openapi", "Main company", True)
    assert found.base_url == "https://api.provider.test/open-api/v1"
    assert (found.timezone, found.zone, found.timeout_s) == ("UTC", ZoneInfo("UTC"), (3, 20))
    assert (found.calls_per_s, found.writes_per_s, found.allowed_ips) == (10, 1, ())
    assert (found.callback_token, dict(found.secrets)) == (TOKEN, {"key": KEY})
    assert (found.options["customer_id"], found.options["app_id"]) == (10001001, 100001)
    assert found.options["tables"] == Tables.of()


def test_every_field_can_be_said():
    found = parse(
        base_url="http://127.0.0.1:9100/open-api/v1/",
        timezone="Asia/Shanghai",
        timeout_s=[1.5, 10],
        calls_per_s=0,
        writes_per_s=0.5,
        allowed_ips=["203.0.113.7", "198.51.100.0/24", "2001:db8::/32"],
        customer_id="10001001",
    )
    assert found.base_url == "http://127.0.0.1:9100/open-api/v1"
    assert (found.zone, found.timeout_s) == (ZoneInfo("Asia/Shanghai"), (1.5, 10))
    assert (found.calls_per_s, found.writes_per_s) == (0, 0.5)
    assert found.allowed_ips == (
        ip_network("203.0.113.7/32"),
        ip_network("198.51.100.0/24"),
        ip_network("2001:db8::/32"),
    )
    assert found.options["customer_id"] == 10001001


def test_secrets_come_from_the_environment_and_from_files(monkeypatch, tmp_path):
    monkeypatch.setenv("MAIN_CARDS_KEY", f" {KEY}\n")
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    found = parse(key="env:MAIN_CARDS_KEY", callback_token=f"file:{file}")
    assert (dict(found.secrets), found.callback_token) == ({"key": KEY}, TOKEN)


def test_secrets_have_no_repr():
    assert KEY not in repr(parse())
    assert TOKEN not in repr(parse())


@pytest.mark.parametrize(
    "field", ["provider", "title", "live", "base_url", "customer_id", "app_id", "key", "callback_token"]
)
def test_a_missing_field_is_named(field):
    assert problem(**{field: None}) == (field, "missing")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("provider", "opnapi", "not a provider that is known here (openapi)"),
        ("provider", "wasabicard", "not a provider that is known here (openapi)"),
        ("title", " ", "a line of text of at most 80 characters"),
        ("title", "two\nlines", "a line of text of at most 80 characters"),
        ("live", "yes", "true or false, without quotes"),
        ("customer_id", "abc", "a whole number above zero"),
        ("customer_id", True, "a whole number above zero"),
        ("app_id", 0, "a whole number above zero"),
        ("app_id", "１００００１", "a whole number above zero"),
        ("key", 5, "text, or where it stands: env:NAME or file:/path"),
        ("key", "short", "8 to 512 characters without spaces"),
        ("key", "with a space in it", "8 to 512 characters without spaces"),
        ("key", " ", "empty"),
        ("key", "env:NOT_SET_ANYWHERE", "the environment has no NOT_SET_ANYWHERE, or an empty one"),
        ("key", f"env:{KEY}", "env: is followed by the name of an environment variable, in capitals"),
        ("key", "file:/nowhere/key", "cannot read /nowhere/key: No such file or directory"),
        ("key", "file:relative", "file: is followed by a whole path, from / on"),
        ("callback_token", "short", "24 to 128 letters, digits, - and _, so that nobody guesses the callback address"),
        ("timezone", "Mars/Olympus", "not a time zone such as UTC or Asia/Shanghai"),
        ("timezone", "../../etc/passwd", "not a time zone such as UTC or Asia/Shanghai"),
        ("timezone", 8, "not a time zone such as UTC or Asia/Shanghai"),
        ("timeout_s", 20, "two numbers of seconds: [connect, read]"),
        ("timeout_s", [3, "20"], "two numbers of seconds: [connect, read]"),
        ("timeout_s", [3, float("inf")], "two numbers of seconds: [connect, read]"),
        ("timeout_s", [0, 20], "each above 0 and at most 60 seconds"),
        ("timeout_s", [3, 61], "each above 0 and at most 60 seconds"),
        ("calls_per_s", -1, "a number from 0.01 to 1000, or 0 for no pace of our own"),
        ("writes_per_s", float("nan"), "a number from 0.01 to 1000, or 0 for no pace of our own"),
        ("writes_per_s", 0.0001, "a number from 0.01 to 1000, or 0 for no pace of our own"),
        ("allowed_ips", "10.0.0.1", 'a list of addresses or networks, such as ["203.0.113.7", "198.51.100.0/24"]'),
        ("allowed_ips", ["10.0.0.1/8"], "10.0.0.1/8 has host bits set"),
        ("tables", [], "a table"),
        ("tables", {"path": {}}, "path is not known; did you mean paths?"),
        ("tables", {"paths": {"open_crad": "x"}}, "paths.open_crad is not known; did you mean paths.open_card?"),
        ("tables", {"paths": {"open_card": 5}}, "paths.open_card is text"),
        ("tables", {"paths": {"open_card": ""}}, "paths.open_card is text"),
        ("tables", {"codes": {"throttled": True}}, "codes.throttled is a whole number"),
        ("tables", {"codes": {"throttled": 1004}}, "codes has 1004 twice"),
        ("tables", {"constants": {"card_status": 5}}, "constants.card_status is a table"),
        ("tables", {"constants": {"card_status": {"frozen": 2}}}, "constants.card_status has 2 twice"),
    ],
)
def test_a_malformed_field_is_named_and_explained(field, value, said):
    assert problem(**{field: value}) == (field, said)


EXAMPLE_ADDRESS = "https://api.example.com/open-api/v1"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (5, f"an address such as {EXAMPLE_ADDRESS}"),
        ("https://api.provider.test/open api", f"an address such as {EXAMPLE_ADDRESS}"),
        ("https://api.provider.test:port/v1", f"not an address such as {EXAMPLE_ADDRESS}"),
        ("ftp://api.provider.test/v1", f"begins with https:// (or http://) and a host, such as {EXAMPLE_ADDRESS}"),
        ("api.provider.test/v1", f"begins with https:// (or http://) and a host, such as {EXAMPLE_ADDRESS}"),
        ("https:///v1", f"begins with https:// (or http://) and a host, such as {EXAMPLE_ADDRESS}"),
        ("https://me:secret@api.provider.test/v1", "has no user, password, query or fragment"),
        ("https://api.provider.test/v1?key=secret", "has no user, password, query or fragment"),
        ("https://api.provider.test/v1#part", "has no user, password, query or fragment"),
        ("https://api.provider.test/", f"lacks its path; give the base address in full, such as {EXAMPLE_ADDRESS}"),
    ],
)
def test_a_base_address_is_whole_and_carries_nothing_else(value, said):
    assert problem(base_url=value) == ("base_url", said)


def test_an_unknown_field_is_refused_with_the_one_that_was_meant():
    assert problem(calback_token=TOKEN) == ("calback_token", "no such field; did you mean callback_token?")
    assert problem(colour="red") == ("colour", "no such field")


@pytest.mark.parametrize("slug", ["", "Main", "main cards", "-main", "a" * 41, "main/../etc"])
def test_a_name_that_cannot_stand_in_an_address_is_refused(slug):
    with pytest.raises(ConfigError, match="an account's name: at most 40 small letters"):
        parse_account(slug, ENTRY, where="accounts.toml")


def test_what_is_no_table_is_refused():
    with pytest.raises(ConfigError) as caught:
        parse_account("provider", "openapi", where="accounts.toml")
    assert str(caught.value) == (
        "accounts.toml: provider: not a table; an account begins with a line like [main-cards]"
    )


@pytest.mark.parametrize("field", ["key", "callback_token"])
@pytest.mark.parametrize("written", ["{} and more", "env:{}", "file:{}", "file:/{}", "{}\x00"])
def test_no_error_repeats_a_secret(field, written):
    secret = "5F0C8E1C 2B6D4F37A9D1E64BB0C7A2DE"
    with pytest.raises(ConfigError) as caught:
        parse(**{field: written.format(secret)})
    assert "5F0C8E1C" not in str(caught.value) or written == "file:/{}"


def test_every_provider_that_is_known_has_a_client_and_a_receiver():
    assert config.PROVIDERS.keys() == registry.CLIENTS.keys() == registry.RECEIVERS.keys() == {"openapi"}


def test_the_example_file_is_a_good_one(monkeypatch):
    monkeypatch.setenv("MAIN_CARDS_KEY", KEY)
    tables = tomllib.loads(EXAMPLE.read_text())
    assert list(tables) == ["main-cards"]
    found = parse_account("main-cards", tables["main-cards"] | {"callback_token": TOKEN}, where=EXAMPLE.name)
    usual = parse(title="Main company, cards", live=False, base_url=EXAMPLE_ADDRESS)
    assert found == usual


def test_what_the_example_file_has_commented_out_is_the_usual_too(monkeypatch):
    monkeypatch.setenv("MAIN_CARDS_KEY", KEY)
    lines = EXAMPLE.read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("# [main-cards.tables"))
    whole = "\n".join([*lines[:start], *(line.removeprefix("# ") for line in lines[start:])])
    table = tomllib.loads(whole)["main-cards"] | {"callback_token": TOKEN}
    assert parse_account("main-cards", table, where=EXAMPLE.name).options["tables"] == Tables.of()
