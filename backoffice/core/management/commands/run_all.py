"""Web, worker and beat under one roof, on one machine: what `make demo` and `make run` start."""

import fcntl
import os
import shlex
import socket
import sys
import threading
import time
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections

from backoffice.core.management.commands import demo_people
from backoffice.core.processes import Programs
from backoffice.core.workers import BEAT, worker
from backoffice.probe import own_host, wait_for

HOST = "127.0.0.1"
READY_WITHIN = 60


class Command(BaseCommand):
    help = "Run web, worker and beat on this machine; --demo adds an emulated provider, people and a merchant."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--demo", action="store_true")
        parser.add_argument("--emulator-port", type=int, default=9100)
        parser.add_argument("--parent", type=int, help="stop when this process, which started us, is gone")

    def handle(self, *, port: int, demo: bool, emulator_port: int, parent: int | None, **_options) -> None:
        self.started = time.monotonic()
        for number in (port, emulator_port) if demo else (port,):
            require_free(number, "EMULATOR_PORT" if number == emulator_port else "PORT")
        lock = only_one(settings.VAR_DIR / "running")
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it does not exist
        self.stdout.write("Preparing the database ...")
        call_command("migrate_once", verbosity=0)
        people = demo_people.make_people() if demo else {}
        connections.close_all()
        programs = _programs(port=port, emulator_port=emulator_port, demo=demo)
        threading.Thread(
            target=self._announce, args=(programs, port, emulator_port if demo else 0, people), daemon=True
        ).start()
        status = programs.run(parent=parent)
        lock.close()
        self.stdout.write("Stopped.")
        sys.exit(status)

    def _announce(self, programs: Programs, port: int, emulator_port: int, people: dict[str, dict[str, str]]) -> None:
        """Wait until all of it answers, then say so once."""
        bind = f"{HOST}:{port}"
        ready = wait_for("/readyz", bind=bind, host=own_host() or _first_host(), seconds=READY_WITHIN)
        ready = ready and (
            not emulator_port or wait_for("/_emu/", bind=f"{HOST}:{emulator_port}", seconds=READY_WITHIN)
        )
        if not ready:
            self.stderr.write(f"Not ready within {READY_WITHIN} s: stopping.")
            programs.give_up()
            return
        lines = [f"READY in {time.monotonic() - self.started:.1f} s", "", f"  Back office   http://{bind}/"]
        if emulator_port:
            lines += [f"  Emulator      http://{HOST}:{emulator_port}/_emu/", "", "  Sign in as      password"]
            lines += [f"  {name:<14}  {person['password']:<28}  {person['about']}" for name, person in people.items()]
        elif settings.HTTPS:
            lines += [
                "",
                "  HTTPS is on: sign in at your proxy's https address; HTTPS=0 is for a look on this machine.",
            ]
        lines += ["", "  Ctrl-C stops everything; the data stays in " + _shown(settings.VAR_DIR)]
        rule = "=" * 88
        sys.stdout.write("\n".join(["", rule, *lines, rule, "", ""]))
        sys.stdout.flush()


def _programs(*, port: int, emulator_port: int, demo: bool) -> Programs:
    programs = Programs()
    if demo:
        emulator = ["--port", str(emulator_port), "--state", str(settings.VAR_DIR / "emulator.json"), "--merchant"]
        places = ["--accounts", str(settings.ACCOUNTS_FILE), "--callback-base", f"http://{HOST}:{port}"]
        command = [sys.executable, "-m", "backoffice.providers.emulator", *emulator, *places]
        programs.add_shell("emulator", f"exec {shlex.join(command)} >/dev/null")
    programs.add("web", sys.executable, "-m", "gunicorn", "-c", "python:backoffice.gunicorn", "backoffice.wsgi")
    programs.add("worker", *worker("worker", processes=2))
    programs.add("beat", *BEAT)
    if demo:
        seed = ["seed_demo", "--emulator", f"http://{HOST}:{emulator_port}"]
        programs.add("seed", sys.executable, "manage.py", *seed, may_end=True)
    return programs


def require_free(port: int, name: str) -> None:
    """Fail in one line before anything starts."""
    try:
        socket.create_server((HOST, port)).close()
    except OSError as exc:
        why = os.strerror(exc.errno or 0)
        raise CommandError(f"Port {port} cannot be used ({why}). {name}= chooses another one.") from None


def only_one(file: Path) -> IO[str]:
    """Hold a lock on this data for as long as the file stays open."""
    held = file.open("a+")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise CommandError(f"It already runs on the data in {_shown(file.parent)}.") from None
    os.set_inheritable(held.fileno(), False)
    return held


def _first_host() -> str:
    return settings.ALLOWED_HOSTS[0].lstrip(".") if settings.ALLOWED_HOSTS else ""


def _shown(folder: Path) -> str:
    """Relative where that is shorter to read."""
    folder = folder.resolve()
    return str(folder.relative_to(settings.BASE_DIR)) if folder.is_relative_to(settings.BASE_DIR) else str(folder)
