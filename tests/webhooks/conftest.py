import pytest

from backoffice.accounts import registry
from backoffice.providers.emulator.acts import tell_card
from backoffice.providers.emulator.story import add_card
from webhooks.refusals import counter


@pytest.fixture(autouse=True)
def _nothing_counted():
    counter.forget()


@pytest.fixture
def app(world):
    return next(iter(world.apps.values()))


@pytest.fixture
def card(world, app):
    """A card at the provider that we have never heard of."""
    return add_card(world, app, next(iter(world.bins.values())), balance=25, limit=25)


@pytest.fixture
def turn(world):
    """Let the provider change a card on its side and say so: `turn(card, "frozen")`."""

    def run(card, status: str) -> None:
        card.status = status
        tell_card(world, card, f"card_{status}")
        world.tick()

    return run


@pytest.fixture
def accounts_file(settings, tmp_path):
    """Change our one account: `accounts_file(allowed_ips='["203.0.113.0/24"]')`; without fields the account is gone."""
    old = settings.ACCOUNTS_FILE
    text = old.read_text()

    def write(**fields: str) -> None:
        settings.ACCOUNTS_FILE = tmp_path / "accounts.toml"
        more = "".join(f"{name} = {value}\n" for name, value in fields.items())
        settings.ACCOUNTS_FILE.write_text(text + more if fields else text.replace("[main]", "[other]"))
        registry.configs.cache_clear()
        registry._receiver.cache_clear()

    yield write
    settings.ACCOUNTS_FILE = old
    registry.forget()
