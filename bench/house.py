"""Servers and programs of our own for one run of the bench, and the databases it measures on."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from base64 import urlsafe_b64encode
from contextlib import contextmanager
from pathlib import Path

from backoffice.probe import wait_for
from tools.servers import Postgres, Redis, free_port

ROOT = Path(__file__).resolve().parent.parent
TOKEN, KEY = "bench" * 8, secrets.token_hex(16)
ACCOUNTS = """
[main]
provider = "openapi"
title = "Bench"
live = false
base_url = "http://127.0.0.1:{port}/open-api/v1"
customer_id = 10001001
app_id = 100001
key = "{key}"
callback_token = "{token}"
timezone = "UTC"
timeout_s = [1, 5]
calls_per_s = 0
writes_per_s = 0
"""


class House:
    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bench-"))
        self.postgres, self.redis = Postgres(options="-c shared_buffers=512MB"), Redis()
        self.emulator_port = free_port()
        accounts = self.folder / "accounts.toml"
        accounts.write_text(ACCOUNTS.format(port=self.emulator_port, key=KEY, token=TOKEN))
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "DJANGO_SETTINGS_MODULE": "backoffice.settings",
            "SECRET_KEY": secrets.token_hex(32),
            "SEAL_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "HTTPS": "0",
            "ALLOWED_HOSTS": "127.0.0.1",
            "REDIS_URL": self.redis.url,
            "ACCOUNTS_FILE": str(accounts),
            "VAR_DIR": str(self.folder / "var"),
            "LOG_LEVEL": "WARNING",
            "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        }

    def __enter__(self) -> "House":
        self.postgres.start()
        self.redis.start()
        return self

    def __exit__(self, *_) -> None:
        self.redis.remove()
        self.postgres.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def on(self, database: str) -> dict[str, str]:
        return {**self.environment, "DATABASE_URL": f"{self.postgres.url.rpartition('/')[0]}/{database}"}

    def make(self, database: str, *arguments: str) -> str:
        """Create, migrate and fill a database; what `bench.prepare` printed."""
        self.sql("postgres", f"CREATE DATABASE {database}")
        return self.run(database, "bench.prepare", *arguments)

    def run(self, database: str, module: str, *arguments: str) -> str:
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.on(database), capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{module}: {done.stderr}")
        return done.stdout.strip()

    def sql(self, database: str, statement: str) -> None:
        command = ["psql", "-q", "-h", "127.0.0.1", "-p", str(self.postgres.port), "-U", "postgres", "-d", database]
        subprocess.run([*command, "-v", "ON_ERROR_STOP=1", "-c", statement], check=True)

    def value(self, database: str, query: str) -> str:
        """The one value that a query gives."""
        command = ["psql", "-qAt", "-h", "127.0.0.1", "-p", str(self.postgres.port), "-U", "postgres", "-d", database]
        done = subprocess.run(
            [*command, "-v", "ON_ERROR_STOP=1", "-c", query], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    @contextmanager
    def program(self, *command: str, database: str = "bench", **extra: str):
        """Run a program for as long as the block lasts."""
        with (self.folder / "programs.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**self.on(database), **extra},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    @contextmanager
    def web(self, application: str, path: str, *, database: str = "bench", processes: int = 2):
        """gunicorn with the product's own settings; where it listens."""
        bind = f"127.0.0.1:{free_port()}"
        command = [sys.executable, "-m", "gunicorn", "-c", "python:backoffice.gunicorn", application]
        extra = {"WEB_BIND": bind, "WEB_PROCESSES": str(processes), "WEB_THREADS": "8"}
        if application == "bench.floor":
            extra["DJANGO_SETTINGS_MODULE"] = "bench.floor_settings"
        with self.program(*command, database=database, **extra) as process:
            if path and not wait_for(path, bind=bind, seconds=60):
                raise SystemExit(f"{application} did not start:\n{(self.folder / 'programs.log').read_text()[-3000:]}")
            yield f"http://{bind}", process
