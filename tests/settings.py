"""The project's settings with values for tests: SQLite unless DATABASE_URL says otherwise, cheap password hashes."""

import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.setdefault("VAR_DIR", str(ROOT / "var" / "test")))
if beside := os.environ.get("PYTEST_XDIST_WORKER", ""):  # tests run beside each other, each with a cache of its own
    VAR = VAR / beside
    os.environ["VAR_DIR"] = str(VAR)
    if address := os.environ.get("REDIS_URL"):
        parts = urlsplit(address)
        number = int(parts.path.strip("/") or 0) + int(beside.removeprefix("gw"))
        os.environ["REDIS_URL"] = parts._replace(path=f"/{number}").geturl()
(VAR / "static").mkdir(parents=True, exist_ok=True)

TOKEN = "t" * 40
KEY = "ae9ae3f5ad284ef4836de18aa3d41c47"  # the key of the contract's printed example; no provider knows it
ACCOUNTS = f"""
[main]
provider = "openapi"
title = "Main company"
live = false
base_url = "https://provider.test/open-api/v1"
customer_id = 10001001
app_id = 100001
key = "{KEY}"
callback_token = "{TOKEN}"
timezone = "UTC"
timeout_s = [1, 1]
calls_per_s = 0
writes_per_s = 0
"""
if "ACCOUNTS_FILE" not in os.environ:
    handle, name = tempfile.mkstemp(suffix=".toml", dir=VAR)
    os.write(handle, ACCOUNTS.encode())
    os.close(handle)
    os.environ["ACCOUNTS_FILE"] = name

os.environ.setdefault("SECRET_KEY", secrets.token_hex(32))
os.environ.setdefault("SEAL_KEYS", Fernet.generate_key().decode())
os.environ.setdefault("HTTPS", "0")
os.environ.setdefault("SQLITE_SYNCHRONOUS", "OFF")  # a test database need not outlive the machine
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("LOG_LEVEL", "INFO")
os.environ.setdefault("MERCHANT_NAME", "Northwind Travel")
os.environ.setdefault("STATICFILES_STORAGE", "django.contrib.staticfiles.storage.StaticFilesStorage")
os.environ.setdefault("WHITENOISE_USE_FINDERS", "1")
os.environ.setdefault("API_READ_RATE", "100000/min")
os.environ.setdefault("API_WRITE_RATE", "100000/min")

from backoffice.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
