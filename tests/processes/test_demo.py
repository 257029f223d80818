"""`make demo`, as a new user starts it: on SQLite and the embedded broker, with the emulated provider beside it."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest
import requests

from tests.processes.house import ROOT, eventually
from tools.servers import free_port, listens

READY_WITHIN = 30  # seconds; twice what is promised, as the rest of the suite runs beside it


@pytest.fixture
def demo(tmp_path):
    """Start the demo; answers its process, with the lines that it writes in a file."""
    started = []

    def start(port: int, emulator_port: int, *, under: tuple[str, ...] = ()) -> subprocess.Popen:
        ports = ["--port", str(port), "--emulator-port", str(emulator_port)]
        command = [*under, sys.executable, "-m", "backoffice.start", "demo", *ports]
        environment = {"PATH": os.environ["PATH"], "DEMO_DIR": str(tmp_path / "demo"), "PYTHONUNBUFFERED": "1"}
        log = tmp_path / f"demo-{len(started)}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )
        process.log = log
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def ready(process) -> None:
    eventually(lambda: "READY in" in process.log.read_text(), "the demo to be ready", log=process.log)


def left_behind(tmp_path) -> list[str]:
    """The command lines of processes that still work on this demo's data."""
    mark = f"DEMO_DIR={tmp_path}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes() and "Z" not in (process / "stat").read_text().split()[2]:
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_it_is_ready_soon_seeds_through_the_real_flows_ends_cleanly_and_keeps_its_data(demo, tmp_path):
    ports = free_port(), free_port()
    since = monotonic()
    process = demo(*ports)
    ready(process)
    assert monotonic() - since < READY_WITHIN
    assert requests.get(f"http://127.0.0.1:{ports[0]}/", timeout=5).status_code == 200

    database = tmp_path / "demo" / "backoffice.sqlite3"
    outcomes = "SELECT state, count(*) FROM outbox_call GROUP BY 1 ORDER BY 1"
    seeded = [("done", 6), ("rejected", 1), ("uncertain", 1)]
    eventually(lambda: _rows(database, outcomes) == seeded, "the seeds", seconds=60, log=process.log)
    states = {state for (state,) in _rows(database, "SELECT DISTINCT state FROM cards_card")}
    assert states == {"pending", "active", "frozen", "closing", "closed", "lost", "replaced"}

    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert process.log.read_text().rstrip().endswith("Stopped.")
    assert left_behind(tmp_path) == []

    again = demo(*ports)
    ready(again)
    assert sum(count for _state, count in _rows(database, outcomes)) == 8
    again.terminate()
    assert again.wait(30) == 0
    assert left_behind(tmp_path) == []


def test_it_ends_when_the_program_that_started_it_is_killed(demo, tmp_path):
    ports = free_port(), free_port()
    process = demo(*ports, under=("/bin/sh", "-c", '"$@"; exit $?', "sh"))
    ready(process)
    process.kill()
    process.wait()
    eventually(lambda: left_behind(tmp_path) == [], "everything to end")
    assert [listens(port) for port in ports] == [False, False]


@pytest.mark.parametrize(("taken", "name"), [(0, "PORT"), (1, "EMULATOR_PORT")])
def test_a_port_in_use_is_one_clear_line(demo, taken, name):
    ports = free_port(), free_port()
    with socket.create_server(("127.0.0.1", ports[taken])):
        process = demo(*ports)
        assert process.wait(30) == 1
    said = f"CommandError: Port {ports[taken]} cannot be used (Address already in use). {name}= chooses another one.\n"
    assert process.log.read_text() == said


def _rows(database, query):
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return connection.execute(query).fetchall()
