"""Ways for the tests to ask the emulator."""

from datetime import UTC, datetime
from pathlib import Path

import requests

from backoffice.providers.emulator import InProcess, exact, wsgi_app
from backoffice.providers.emulator.story import APP_ID, CUSTOMER_ID, KEY

BASE = "https://provider.test/open-api/v1/"
FIXTURES = Path(__file__).parents[2] / "fixtures" / "openapi"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WHO = {"customer_id": CUSTOMER_ID, "app_id": APP_ID, "key": KEY}


class Received(list):
    """Callbacks that arrived, decoded; answers what `answer` says."""

    answer = (200, '{"code":0,"message":"success"}')

    def __call__(self, url, body, headers):
        envelope = exact.loads(body)
        self.append({**envelope, "url": url, "event_data": exact.loads(envelope["event_data"])})
        return self.answer

    @property
    def tags(self):
        return [envelope["event"] for envelope in self]


def session_into(world):
    session = requests.Session()
    session.mount("https://", InProcess(wsgi_app(world)))
    return session


def calling(session, base, **options):
    """`call(path, **fields)`: the decoded envelope; `who` replaces the credentials."""

    def call(path, *, who=WHO, **given):
        body = exact.dumps({**who, **given}).encode()
        return exact.loads(session.post(base + path, data=body, timeout=(1, 1), **options).content)

    return call
