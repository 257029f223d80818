"""The one settings module: reads the environment and nothing else. Defaults are the safe ones."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def secret(name: str, **kwargs) -> str:
    """A secret from NAME, or from the file that NAME_FILE names."""
    path = env.str(f"{name}_FILE", default="")
    return Path(path).read_text().strip() if path else env.str(name, **kwargs)


# --- what differs between places --------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)  # how many proxies of ours stand in front
HTTPS = env.bool("HTTPS", default=True)
MERCHANT_NAME = env.str("MERCHANT_NAME", default="Back office")
PUBLIC_URL = env.str("PUBLIC_URL", default="")  # the address that providers call, for printing callback addresses
ACCOUNTS_FILE = Path(env.str("ACCOUNTS_FILE", default=str(BASE_DIR / "accounts.toml")))
SEAL_KEYS = [key for key in secret("SEAL_KEYS", default="").split(",") if key]  # newest first; Fernet keys
DATABASE_URL = secret("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'backoffice.sqlite3'}")
REDIS_URL = secret("REDIS_URL", default="")
LOG_FORMAT = env.str("LOG_FORMAT", default="json")  # json | console
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
REVEALS_A_DAY = env.int("REVEALS_A_DAY", default=20)  # card numbers that one person may see within a day
METRICS_TOKEN = secret("METRICS_TOKEN", default="")  # what Prometheus must bring to /metrics; empty: there is none
SENTRY_DSN = secret("SENTRY_DSN", default="")  # this and the next need the extra `observability`
OTEL_ENDPOINT = env.str("OTEL_ENDPOINT", default="")  # http://collector:4318/v1/traces
TIME_ZONE = env.str("TIME_ZONE", default="UTC")

# --- the application --------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "backoffice.core",
    "backoffice.journal",
    "backoffice.accounts",
    "backoffice.people",
    "backoffice.exports",
    "backoffice.mirror",
    "backoffice.outbox",
    "wallets",
    "payees",
    "cards",
    "payments",
    "webhooks",
    "backoffice",
    "backoffice.admin_config.BackofficeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lucide",
    "rest_framework",
    "rest_framework_api_key",
]

MIDDLEWARE = [
    "webhooks.receipt.CallbackMiddleware",  # callbacks go past all others
    "backoffice.core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "backoffice.urls"
WSGI_APPLICATION = "backoffice.wsgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "backoffice.context.frame",
            ],
            "builtins": ["django.templatetags.i18n", "backoffice.core.templatetags.ui"],
        },
    }
]

# --- database: SQLite for a first look and for tests, PostgreSQL for everything that matters --------------------------

DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            f"PRAGMA journal_mode=WAL;PRAGMA synchronous={env.str('SQLITE_SYNCHRONOUS', default='FULL')};"
            "PRAGMA temp_store=MEMORY;PRAGMA mmap_size=134217728;"
        ),
    }
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"] |= {
        "CONN_MAX_AGE": 0,  # a pool needs it
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=12), "timeout": 4},
            "connect_timeout": 3,
            "options": "-c lock_timeout=3000 -c statement_timeout=15000 -c idle_in_transaction_session_timeout=30000",
        },
    }

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(VAR_DIR / "cache")}
}

# --- Celery wakes; rows promise ---------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL or "localfs://localhost//"
CELERY_TASK_DEFAULT_QUEUE = "ingest"
CELERY_TASK_ROUTES = {
    "backoffice.outbox.tasks.*": {"queue": "money"},
    "backoffice.outbox.tasks.work_batches": {"queue": "sync"},
    "webhooks.tasks.continue_replays": {"queue": "sync"},  # asks the provider about much: not before what comes in
    "webhooks.tasks.*": {"queue": "ingest"},
    "backoffice.mirror.tasks.drain_watches": {"queue": "ingest"},
    "backoffice.mirror.tasks.*": {"queue": "sync"},
    "wallets.tasks.*": {"queue": "sync"},
    "backoffice.exports.tasks.*": {"queue": "export"},
}
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_EAGER_RESULT = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 25
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 600,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "global_keyprefix": env.str("REDIS_PREFIX", default="backoffice:"),
    }
else:
    QUEUE_DIR = VAR_DIR / "queue"
    for folder in ("data", "processed", "control"):
        (QUEUE_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR / "data"),
        "data_folder_out": str(QUEUE_DIR / "data"),
        "processed_folder": str(QUEUE_DIR / "processed"),
        "control_folder": str(QUEUE_DIR / "control"),
        "store_processed": False,
    }

CELERY_BEAT_SCHEDULE = {
    "drain-outbox": {"task": "backoffice.outbox.tasks.drain_outbox", "schedule": timedelta(seconds=10)},
    "work-batches": {"task": "backoffice.outbox.tasks.work_batches", "schedule": timedelta(seconds=15)},
    "process-deliveries": {"task": "webhooks.tasks.process_deliveries", "schedule": timedelta(seconds=10)},
    "drain-watches": {"task": "backoffice.mirror.tasks.drain_watches", "schedule": timedelta(seconds=5)},
    "continue-syncs": {"task": "backoffice.mirror.tasks.continue_syncs", "schedule": timedelta(seconds=15)},
    "start-nightly-syncs": {"task": "backoffice.mirror.tasks.start_due_syncs", "schedule": timedelta(minutes=10)},
    "refresh-wallets": {"task": "wallets.tasks.refresh_wallets", "schedule": timedelta(minutes=5)},
    "continue-replays": {"task": "webhooks.tasks.continue_replays", "schedule": timedelta(seconds=30)},
    "forget-old-refusals": {"task": "webhooks.tasks.forget_old_refusals", "schedule": timedelta(hours=6)},
    "work-exports": {"task": "backoffice.exports.tasks.work_exports", "schedule": timedelta(seconds=15)},
    "sweep-exports": {"task": "backoffice.exports.tasks.sweep_exports", "schedule": timedelta(minutes=10)},
    "beat-canary": {"task": "backoffice.mirror.tasks.canary", "schedule": timedelta(seconds=30)},
}

# --- people and sessions ----------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "backoffice.people.adapter.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
USERSESSIONS_TRACK_ACTIVITY = False

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "backoffice.views.csrf_failure"
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- headers ----------------------------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^webhooks/", r"^livez$", r"^readyz$", r"^healthz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# --- language, static files -------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env.str("STATICFILES_STORAGE", default="whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}
WHITENOISE_USE_FINDERS = env.bool("WHITENOISE_USE_FINDERS", default=False)

# --- REST -------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "backoffice.people.api.ApiKeyAuthentication",
        "backoffice.people.api.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["backoffice.people.api.CommandPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["backoffice.core.api.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "backoffice.core.api.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["backoffice.people.api.ReadThrottle", "backoffice.people.api.WriteThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "read": env.str("API_READ_RATE", default="600/min"),
        "write": env.str("API_WRITE_RATE", default="120/min"),
    },
    "EXCEPTION_HANDLER": "backoffice.core.api.problem",
    "COERCE_DECIMAL_TO_STRING": True,
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",
    "DEFAULT_FILTER_BACKENDS": [],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FIELD_NAME": "url",
}
SPECTACULAR_SETTINGS = {
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "backoffice.core.api.describing.ids_are_no_words",
    ],
    "TITLE": "Merchant back-office API",
    "DESCRIPTION": (
        "Reads are ordinary. A write is a command: it needs an `Idempotency-Key`, answers 202 with the object and the"
        " call to watch, and does nothing that a person could not do. Money is decimal text with a currency beside it;"
        " times are in UTC. Errors are problem documents; `/api/errors` lists their codes."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "BinState": "cards.states.BinState",
        "CardState": "cards.states.CardState",
        "CardOrderState": "cards.states.OrderState",
        "HolderState": "cards.states.HolderState",
        "CardKind": "cards.models.CardKind",
        "CardMode": "cards.models.CardMode",
        "CardOrderKind": "cards.models.CardOrder.Kind",
        "WalletState": "wallets.states.WalletState",
        "CallState": "backoffice.outbox.models.Call.State",
        "DeliveryState": "webhooks.models.Delivery.State",
        "Source": "backoffice.journal.models.Source",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False},
}

# --- logs -------------------------------------------------------------------------------------------------------------

LOGGING_CONFIG = None  # structlog is set up by backoffice.core.apps
SILENCED_SYSTEM_CHECKS: list[str] = []
