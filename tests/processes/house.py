"""The product as it really runs: gunicorn, worker and beat as processes that a test may kill, and what they leave."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
import redis
import requests
from celery import Celery

from backoffice.core.workers import BEAT, worker
from tests.settings import TOKEN
from tools.servers import Postgres, Redis, free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
# what a test leaves behind; accounts, people, wallets, BINs and finished syncs stay
LEFT = (
    "outbox_ask, outbox_batch, outbox_call, outbox_exchange, cards_card, cards_cardorder, webhooks_delivery, "
    "webhooks_refusal, journal_journalentry, mirror_watch, mirror_beat"
)


class Program:
    """One process group, its output in a file."""

    def __init__(self, command: list[str], *, environment: dict[str, str], log: Path):
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Signal 9 to all of it, at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class House:
    """Web, worker and beat over one database and one Redis, and the ways in and out that a test may use."""

    def __init__(self, folder: Path, *, postgres: Postgres, redis_server: Redis, environment: dict[str, str]):
        self.folder, self.postgres, self.redis, self.environment = folder, postgres, redis_server, environment
        self.web_port = free_port()
        self.ways_in: dict[str, str] = {}
        self.programs: list[Program] = []

    # --- programs

    def web(self, *, crash_at: str = "", processes: int = 1, port: int = 0) -> Program:
        """A web server that is ready, on the house's own port or on another one."""
        port = port or self.web_port
        bind = {"WEB_BIND": f"127.0.0.1:{port}", "WEB_PROCESSES": str(processes)}
        command = [sys.executable, "-m", "gunicorn", "-c", "python:backoffice.gunicorn", "backoffice.wsgi"]
        program = self._start("web", command, crash_at, **bind)
        eventually(lambda: self.status("/readyz", port=port) == 200, "web to be ready", log=program.log)
        return program

    def worker(self, *, crash_at: str = "", processes: int = 1) -> Program:
        """A worker that is ready: it has done the canary's work."""
        self.execute("TRUNCATE mirror_beat")
        program = self._start("worker", [*worker(f"w{len(self.programs)}", processes=processes)], crash_at)
        eventually(lambda: self.rows("SELECT 1 FROM mirror_beat"), "the worker to be ready", log=program.log)
        return program

    def beat(self) -> Program:
        return self._start("beat", [*BEAT, "-s", str(self.folder / f"beat-{len(self.programs)}")], "")

    def marker(self, point: str) -> Path:
        """The file that appears when a program died at this point."""
        return self.folder / f"crashed-{point}"

    def stop(self, *, keep: tuple[Program, ...] = ()) -> None:
        for program in self.programs:
            if program not in keep:
                program.kill()
        self.programs = [program for program in self.programs if program in keep]

    # --- in

    def ask_for_a_card(self, *, key: str, amount: str = "100.00", port: int = 0, **details: Any) -> requests.Response:
        return self.post("/api/v1/card-orders", self.order_body(amount=amount, **details), key=key, port=port)

    def order_body(self, **details: Any) -> dict[str, Any]:
        bin_id, wallet_id = self.rows("SELECT b.public_id, w.public_id FROM cards_bin b, wallets_wallet w")[0]
        return {"bin_id": bin_id, "wallet_id": wallet_id, "currency": "USD", **details}

    def post(self, path: str, body: Any, *, key: str, port: int = 0) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.ways_in['api_key']}", "Idempotency-Key": key}
        url = f"http://127.0.0.1:{port or self.web_port}"
        return requests.post(f"{url}{path}", json=body, headers=headers, timeout=PATIENCE)

    def press(self, path: str, **fields: str) -> requests.Response:
        """A form of the signed-in person, sent off."""
        token = secrets.token_hex(16)
        cookies = {"session": self.ways_in["session"], "csrf": token}
        form = {"csrfmiddlewaretoken": token, **fields}
        answer = requests.post(f"{self.url}{path}", data=form, cookies=cookies, timeout=PATIENCE, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer

    def callback(self, notify_id: str, *, order: str, port: int = 0) -> requests.Response:
        """News of an order, as the provider sends it."""
        data = json.dumps({"order_id": "", "out_order_id": order, "app_id": 100001, "status": 2})
        body = {"notify_id": notify_id, "customer_id": 10001001, "event": "card.order.success", "event_data": data}
        address = f"http://127.0.0.1:{port or self.web_port}/webhooks/openapi/{TOKEN}/"
        return requests.post(address, json=body, timeout=10)

    def sweep(self, task: str = "backoffice.outbox.tasks.drain_outbox", queue: str = "money") -> None:
        """What beat does every few seconds."""
        with Celery(broker=self.redis.url, broker_transport_options={"global_keyprefix": "backoffice:"}) as app:
            app.send_task(task, queue=queue)

    def make_due(self) -> None:
        """Move the waiting rows' times to now, as if their pauses and leases had passed."""
        self.execute("UPDATE outbox_call SET due_at = now() WHERE state IN ('queued', 'uncertain')")
        self.execute("UPDATE outbox_call SET leased_until = now() - interval '1 s' WHERE state = 'claimed'")
        self.execute(
            "UPDATE mirror_watch SET due_at = CASE WHEN due_at IS NULL THEN NULL ELSE now() END,"
            " leased_until = CASE WHEN leased_until IS NULL THEN NULL ELSE now() - interval '1 s' END"
        )
        self.execute("UPDATE webhooks_delivery SET leased_until = now() - interval '1 s' WHERE state = 'processing'")

    # --- out

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    def rows(self, query: str, *values: Any) -> list[tuple]:
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
            return connection.execute(query, values).fetchall()

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(statement)

    @contextlib.contextmanager
    def locked(self, table: str):
        """Hold the rows of a table as another transaction would."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            connection.execute(f"SELECT 1 FROM {table} FOR UPDATE")  # noqa: S608
            yield
            connection.rollback()

    def calls(self) -> list[str]:
        return [state for (state,) in self.rows("SELECT state FROM outbox_call ORDER BY id")]

    def wait_for_card(self) -> None:
        """Until there is one, and it is active; looks that pause are made due."""
        eventually(lambda: self.cards() == ["active"] or self._hurry(), "the card")

    def wait_for_call(self, state: str) -> None:
        eventually(lambda: self.calls() == [state], f"a call that is {state}, not {self.calls}")

    def orders(self) -> list[tuple[str, str]]:
        return self.rows("SELECT merchant_ref, state FROM cards_cardorder ORDER BY id")

    def cards(self) -> list[str]:
        return [state for (state,) in self.rows("SELECT state FROM cards_card ORDER BY id")]

    def clean(self) -> None:
        self.execute(f"TRUNCATE {LEFT} CASCADE")
        with redis.Redis(port=self.redis.port) as client:
            client.flushall()
        for file in self.folder.glob("crashed-*"):
            file.unlink()

    def _hurry(self) -> None:
        self.execute("UPDATE mirror_watch SET due_at = now() WHERE due_at > now() AND leased_until IS NULL")
        self.sweep("backoffice.mirror.tasks.drain_watches", "ingest")
        sleep(0.5)

    def _start(self, name: str, command: list[str], crash_at: str, **extra: str) -> Program:
        crash = {"CRASH_AT": f"{crash_at}:{self.marker(crash_at)}"} if crash_at else {}
        environment = {**self.environment, "BACKOFFICE_PROCESS": name, **crash, **extra}
        log = self.folder / f"{name}-{len(self.programs)}.log"
        self.programs.append(Program(command, environment=environment, log=log))
        return self.programs[-1]

    def status(self, path: str, *, port: int = 0) -> int:
        """What a page answers with; 0 when nobody does."""
        try:
            return requests.get(f"http://127.0.0.1:{port or self.web_port}{path}", timeout=6).status_code
        except requests.RequestException:
            return 0


def eventually(condition, what: str, *, seconds: float = PATIENCE, log: Path | None = None):
    """Wait for it, looking often; what it came to."""
    give_up = monotonic() + seconds
    while not (found := condition()):
        if monotonic() > give_up:
            said = f"\n{log.read_text()[-4000:]}" if log else ""
            raise AssertionError(f"waited {seconds:.0f} s for {what}{said}")
        sleep(0.05)
    return found
