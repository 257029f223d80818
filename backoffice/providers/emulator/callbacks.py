"""Callbacks: kept until acknowledged, sent again by the contract's table, twice, late, shuffled or never by switch."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import requests

from backoffice.providers.emulator import exact
from backoffice.providers.emulator.clock import stamp

if TYPE_CHECKING:
    from backoffice.providers.emulator.rows import App
    from backoffice.providers.emulator.world import World

RETRY_AFTER = (60, 300, 1200, 3600, 21600, 86400)  # seconds, each from the send before
PATIENCE = 10  # seconds for the receiver to acknowledge
HEADERS = {"Content-Type": "application/json", "User-Agent": "open-api-notify/1.0"}

Deliver = Callable[[str, bytes, dict[str, str]], tuple[int, bytes | str]]


@dataclass(kw_only=True)
class Letter:
    """One event on its way; `state` is waiting, leaving, acknowledged, given_up, dropped or without_address."""

    notify_id: str
    url: str
    event: str
    body: str
    due: datetime | None
    tries: int = 0
    state: str = "waiting"


@dataclass(kw_only=True)
class Sent:
    """One callback that left, and what came back; status 0 means that nothing did."""

    notify_id: str
    event: str
    url: str
    body: str
    at: str
    status: int
    answer: str
    acknowledged: bool

    @property
    def data(self) -> dict[str, Any]:
        """The event's content, decoded."""
        data = exact.loads(self.body)["event_data"]
        return exact.loads(data) if isinstance(data, str) else data


def write(world: "World", app: "App", tag: str, data: dict[str, Any]) -> None:
    """Put an event into the queue as the switches want it; the caller holds the world's lock."""
    first = _letter(world, app, tag, data)
    world.letters.append(first)
    if world.switches.drop:
        world.switches.drop -= 1 if world.switches.drop > 0 else 0
        first.state = "dropped"
        return
    world.letters.extend(_letter(world, app, tag, data) for _ in range(world.switches.renewed))
    if world.switches.unknown_tag:
        world.letters.append(_letter(world, app, world.tables.events["unknown"], {"about": tag, "app_id": app.app_id}))


def send_due(world: "World") -> int:
    """Send every letter whose time has come, without the lock, and plan the next try of those not acknowledged."""
    with world.lock:
        due = [letter for letter in world.letters if _is_due(letter, world.now())]
        if world.switches.shuffle:
            world.ids.random.shuffle(due)
        for letter in due:
            letter.state = "leaving"
    for letter in due:
        _send_and_plan(world, letter)
    return len(due)


def send_again(world: "World", notify_id: str) -> None:
    """Send a letter once more now, under the same id, whatever became of it; KeyError when there is none."""
    letter = next((one for one in world.letters if one.notify_id == notify_id), None)
    if letter is None:
        raise KeyError(notify_id)
    _send(world, letter)


def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """Deliver over a real connection; status 0 when none came about or nothing came back in time."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            reply = session.post(url, data=body, headers=headers, timeout=PATIENCE, allow_redirects=False)
        except requests.RequestException as exc:
            return 0, type(exc).__name__.encode()
    return reply.status_code, reply.content[:10_000]


def _is_due(letter: Letter, now: datetime) -> bool:
    return letter.state == "waiting" and letter.due is not None and letter.due <= now


def _letter(world: "World", app: "App", tag: str, data: dict[str, Any]) -> Letter:
    notify_id = world.ids.notify_id()
    content = data if world.switches.object_data else exact.dumps(data)
    body = {"notify_id": notify_id, "customer_id": app.customer_id, "event": tag, "event_data": content}
    return Letter(
        notify_id=notify_id,
        url=app.callback_url,
        event=tag,
        body=exact.dumps(body),
        due=world.now() + timedelta(seconds=float(world.switches.delay)),
        state="waiting" if app.callback_url or world.deliver is not None else "without_address",
    )


def _send_and_plan(world: "World", letter: Letter) -> None:
    acknowledged = False
    try:
        acknowledged = _send(world, letter)
        for _ in range(world.switches.duplicates):
            _send(world, letter)
    finally:
        with world.lock:
            _plan(world, letter, acknowledged=acknowledged)


def _plan(world: "World", letter: Letter, *, acknowledged: bool) -> None:
    letter.tries += 1
    if acknowledged:
        letter.state, letter.due = "acknowledged", None
    elif letter.tries > len(RETRY_AFTER):
        letter.state, letter.due = "given_up", None
    else:
        wait = timedelta(seconds=RETRY_AFTER[letter.tries - 1])
        letter.state, letter.due = "waiting", world.now() + wait


def _send(world: "World", letter: Letter) -> bool:
    at = stamp(world.now())
    deliver = post if world.deliver is None else world.deliver
    status, answer = deliver(letter.url, letter.body.encode(), dict(HEADERS))
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    with world.lock:
        acknowledged = status == 200 and _says_zero(text)
        if acknowledged and world.switches.ignore_acks:
            world.switches.ignore_acks -= 1 if world.switches.ignore_acks > 0 else 0
            acknowledged = False
        world.callbacks.append(
            Sent(
                notify_id=letter.notify_id,
                event=letter.event,
                url=letter.url,
                body=letter.body,
                at=at,
                status=status,
                answer=text,
                acknowledged=acknowledged,
            )
        )
    return acknowledged


def _says_zero(text: str) -> bool:
    try:
        answer = exact.loads(text)
    except ValueError:
        return False
    return isinstance(answer, dict) and type(answer.get("code")) is int and answer["code"] == 0
