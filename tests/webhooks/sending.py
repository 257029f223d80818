"""Callbacks as a provider, or somebody else, would post them."""

import json
from pathlib import Path

from django.test import Client

from tests.settings import TOKEN

ADDRESS = f"/webhooks/openapi/{TOKEN}/"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "openapi"
ACKNOWLEDGED = '{"code":0,"message":"success"}'


def post(body: bytes | str, address: str = ADDRESS, **environ):
    return Client(raise_request_exception=False).post(address, data=body, content_type="application/json", **environ)


def envelope(event: str, notify_id: str = "7eb79b3ca3508a3d1c453cef3", customer_id: int = 10001001, **data) -> str:
    return json.dumps(
        {"notify_id": notify_id, "customer_id": customer_id, "event": event, "event_data": json.dumps(data)}
    )


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def code(answer) -> int:
    return json.loads(answer.content)["code"]
