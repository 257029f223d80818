"""The project's database and server, and nothing else of it."""

from backoffice.settings import DATABASES, SECRET_KEY  # noqa: F401

ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.floor_urls"
USE_TZ = True
LOGGING_CONFIG = None
