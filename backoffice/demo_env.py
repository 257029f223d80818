"""The demo's environment: keys and an accounts file made on first start, kept in var/demo. Standard library only."""

import json
import os
import secrets
import sys
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEMO = Path(os.environ.get("DEMO_DIR", ROOT / "var" / "demo")).resolve()
COMPOSE = ROOT / "var" / "compose"
MADE_UP = ("SECRET_KEY", "SEAL_KEYS", "DEMO_KEY", "DEMO_CALLBACK_TOKEN")
ACCOUNT = """\
# Made by `make demo` for the emulated provider. accounts.example.toml explains the fields.
[demo]
provider = "openapi"
title = "Demo merchant"
live = false
base_url = "{base_url}"
customer_id = 10001001
app_id = 100001
key = "env:DEMO_KEY"
callback_token = "env:DEMO_CALLBACK_TOKEN"
timezone = "UTC"
timeout_s = [3, 20]
calls_per_s = 10
writes_per_s = 1
"""


def demo_environment(*, port: int, emulator_port: int, outside: Mapping[str, str]) -> dict[str, str]:
    """All that settings read, so that neither .env nor the shell leads the demo to a real database or account."""
    folder = private_folder(DEMO)
    accounts = folder / "accounts.toml"
    accounts.write_text(ACCOUNT.format(base_url=f"http://127.0.0.1:{emulator_port}/open-api/v1"))
    return {
        **kept_secrets(folder / "env"),
        **{f"{name}_FILE": "" for name in ("SECRET_KEY", "SEAL_KEYS", "DATABASE_URL", "REDIS_URL")},
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'backoffice.sqlite3'}",
        "REDIS_URL": "",
        "ACCOUNTS_FILE": str(accounts),
        "DEBUG": "0",
        "HTTPS": "0",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "CSRF_TRUSTED_ORIGINS": "",
        "TRUSTED_PROXIES": "0",
        "MERCHANT_NAME": outside.get("MERCHANT_NAME", "Demo merchant"),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "LOG_FORMAT": outside.get("LOG_FORMAT", "console"),
        "LOG_LEVEL": outside.get("LOG_LEVEL", "WARNING"),
        "TIME_ZONE": outside.get("TIME_ZONE", "UTC"),
        "EMULATOR_PORT": str(emulator_port),
        **local_server(port),
    }


def local_server(port: int) -> dict[str, str]:
    """One web process on this machine that serves the style sheets from where they lie."""
    return {
        "WEB_BIND": f"127.0.0.1:{port}",
        "WEB_PROCESSES": "1",
        "WEB_THREADS": "8",
        "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        "WHITENOISE_USE_FINDERS": "1",
    }


def kept_secrets(file: Path) -> dict[str, str]:
    """The secrets of a file of NAME=value lines; what is missing is made and added."""
    lines = file.read_text().splitlines() if file.exists() else []
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    missing = {name: make_secret(name) for name in MADE_UP if name not in found}
    if missing:
        found |= missing
        write_private(file, "".join(f"{name}={value}\n" for name, value in found.items()))
    return found


def make_secret(name: str) -> str:
    if name == "SEAL_KEYS":
        return urlsafe_b64encode(secrets.token_bytes(32)).decode()  # the form of a Fernet key
    return secrets.token_hex(16) if name == "DEMO_KEY" else secrets.token_urlsafe(48)


def write_compose_secrets() -> None:
    """The files that docker-compose.yml mounts as secrets; those that exist stay as they are."""
    folder = private_folder(COMPOSE)
    password = secrets.token_urlsafe(32)
    made = {
        "secret_key": make_secret("SECRET_KEY"),
        "seal_keys": make_secret("SEAL_KEYS"),
        "db_password": password,
        "database_url": f"postgresql://backoffice:{password}@db:5432/backoffice",
        "accounts.toml": ACCOUNT.format(base_url="http://emulator:9100/open-api/v1")
        .replace("env:DEMO_KEY", make_secret("DEMO_KEY"))
        .replace("env:DEMO_CALLBACK_TOKEN", make_secret("DEMO_CALLBACK_TOKEN")),
    }
    for name, text in made.items():
        if not (folder / name).exists():
            # Readable inside the containers, whose users differ from ours; the folder keeps other people out.
            write_private(folder / name, text, mode=0o644)
    print(f"Secrets for docker compose are in {folder.relative_to(ROOT)}/.")


def people_file() -> Path:
    return DEMO / "people.json"


def read_people(file: Path) -> dict[str, dict[str, str]]:
    return json.loads(file.read_text()) if file.exists() else {}


def private_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def write_private(file: Path, text: str, *, mode: int = 0o600) -> None:
    """Write whole or not at all, never readable by others in between."""
    aside = file.with_name(f".{file.name}.tmp")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as out:
        out.write(text)
    aside.chmod(mode)
    aside.rename(file)


if __name__ == "__main__":
    write_compose_secrets()
    sys.exit(0)
