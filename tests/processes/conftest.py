"""A house of real processes over PostgreSQL and Redis of our own; without these programs its tests are skipped."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from backoffice.providers.emulator import small_world
from backoffice.providers.emulator.server import Emulator
from tests.processes.house import ROOT, House
from tests.settings import KEY, TOKEN
from tools.servers import Missing, Postgres, Redis, free_port, postgres_program

ACCOUNTS = f"""
[main]
provider = "openapi"
title = "Main company"
live = false
base_url = "http://127.0.0.1:{{port}}/open-api/v1"
customer_id = 10001001
app_id = 100001
key = "{KEY}"
callback_token = "{TOKEN}"
timezone = "UTC"
timeout_s = [1, 2]
calls_per_s = 0
writes_per_s = 0
"""


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.processes)
            item.add_marker(pytest.mark.xdist_group("processes"))
            item.add_marker(pytest.mark.timeout(240))


@pytest.fixture(autouse=True)
def _clean_process():
    """In place of the one above: the product runs in other processes, and this one has no database."""


@pytest.fixture(scope="session")
def servers():
    """PostgreSQL and Redis that nobody else uses, so that they may be killed."""
    try:
        postgres_program("initdb")
        postgres, redis_server = Postgres().start(), Redis().start()
    except Missing as exc:
        if os.environ.get("REQUIRE_SERVERS"):
            raise
        pytest.skip(f"{exc} is not on this machine; the process tests need PostgreSQL and Redis")
    yield postgres, redis_server
    redis_server.remove()
    postgres.remove()


@pytest.fixture(scope="session")
def provider_port():
    return free_port()


@pytest.fixture(scope="session")
def the_house(servers, provider_port):
    """Migrated and mirrored once; the tests below clean it."""
    postgres, redis_server = servers
    folder = Path(tempfile.mkdtemp(prefix="house-"))
    accounts = folder / "accounts.toml"
    accounts.write_text(ACCOUNTS.format(port=provider_port))
    inherited = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}}
    environment = {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "backoffice.settings",
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": secrets.token_hex(32),
        "SEAL_KEYS": Fernet.generate_key().decode(),
        "HTTPS": "0",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": postgres.url,
        "REDIS_URL": redis_server.url,
        "ACCOUNTS_FILE": str(accounts),
        "VAR_DIR": str(folder / "var"),
        "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        "API_WRITE_RATE": "100000/min",
    }
    house = House(folder, postgres=postgres, redis_server=redis_server, environment=environment)
    with Emulator(small_world(seed=7), port=provider_port):
        house.ways_in = prepared(environment)
    yield house
    house.stop()
    shutil.rmtree(folder)


def prepared(environment: dict[str, str]) -> dict[str, str]:
    """Fill the database; the API key and the session that came out of it."""
    command = [sys.executable, "-m", "tests.processes.prepare"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def steady(the_house):
    """The programs that no test kills."""
    return the_house.web(processes=2), the_house.beat()


@pytest.fixture
def house(the_house, steady):
    """Web and beat run; a test starts workers as it likes."""
    the_house.clean()
    yield the_house
    the_house.stop(keep=steady)


@pytest.fixture
def world(provider_port, the_house):
    """The provider: settles at once, and calls back."""
    world = small_world(seed=7, callback_url=f"{the_house.url}/webhooks/openapi/{TOKEN}/")
    world.switches.settle_after = Decimal("0.2")
    with Emulator(world, port=provider_port):
        yield world


@pytest.fixture
def opened(world):
    """The references of the openings that the provider accepted."""
    return lambda: list(world.orders)


@pytest.fixture
def asked(world):
    """How often the provider was asked to open a card."""
    return lambda: sum(request.call == "open_card" for request in world.requests)
