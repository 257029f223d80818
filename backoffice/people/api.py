"""Who calls the API, what they may do, and how often."""

import ipaddress
from datetime import timedelta
from time import time
from typing import cast

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from redis.exceptions import RedisError
from rest_framework import authentication, exceptions, permissions, throttling
from rest_framework.request import Request

from backoffice.core.addresses import client_ip
from backoffice.core.api import Refused
from backoffice.journal.record import Actor
from backoffice.people.models import ApiKey

NOTE_USE_EVERY = timedelta(minutes=1)


class ApiKeyAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <key>`: the key's owner, with the key as `request.auth`."""

    def authenticate(self, request: Request):
        words = request.headers.get("Authorization", "").split()
        if not words or words[0].lower() != "bearer":
            return None
        if len(words) != 2 or not words[1].isascii() or len(words[1]) > 100:
            raise exceptions.AuthenticationFailed(_("This is not an API key."))
        key = self._key(words[1])
        if key.revoked or key.has_expired:
            raise Refused(
                "key_expired",
                _("This API key has expired or was revoked."),
                auth_header=self.authenticate_header(request),
            )
        if not key.owner.is_active:
            raise exceptions.AuthenticationFailed(_("The owner of this API key is not active."))
        if not address_allowed(client_ip(request._request), key.allowed_ips):
            raise Refused("address_not_allowed", _("This API key may not be used from this address."))
        self._note_use(key)
        return key.owner, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    def _key(self, text: str) -> ApiKey:
        key = ApiKey.objects.select_related("owner").filter(prefix=text.partition(".")[0]).first()
        if key is None or not key.is_valid(text):
            raise exceptions.AuthenticationFailed(_("This API key is not known."))
        return key

    def _note_use(self, key: ApiKey) -> None:
        now = timezone.now()
        if key.last_used_at is None or key.last_used_at < now - NOTE_USE_EVERY:
            unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTE_USE_EVERY)
            ApiKey.objects.filter(unnoted, pk=key.pk).update(last_used_at=now)


class SessionAuthentication(authentication.SessionAuthentication):
    """A signed-in person who tries calls on the documentation's pages; writes need the CSRF token."""


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "backoffice.people.api.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "An API key; `manage.py create_api_key` makes one."}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "backoffice.people.api.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema):
        return {"type": "apiKey", "in": "cookie", "name": "session", "description": "A signed-in browser."}


def address_allowed(address: str, allowed: list[str]) -> bool:
    """Whether an address is one of these, or in one of these networks; an empty list allows every one."""
    if not allowed:
        return True
    try:
        caller = ipaddress.ip_address(address)
    except ValueError:
        return False
    caller = getattr(caller, "ipv4_mapped", None) or caller
    return any(caller in ipaddress.ip_network(network) for network in allowed)


def actor_of(request: Request) -> Actor:
    """Who asks, and for idempotency keys: at which address."""
    user = cast(User, request.user)  # the permission let nobody else through
    if isinstance(request.auth, ApiKey):
        return Actor(user, via=request.auth.name, api_key=request.auth.pk, path=request.path)
    return Actor(user, via="api docs", path=request.path)


def may(request: Request, permission: str) -> bool:
    """Both have to agree: the owner's roles, and the key's scopes where there is a key."""
    in_scope = not isinstance(request.auth, ApiKey) or permission in request.auth.scopes
    return in_scope and bool(request.user.is_active and request.user.has_perm(permission))


class CommandPermission(permissions.BasePermission):
    """The permission that the endpoint names for the method; what names none is closed."""

    def has_permission(self, request: Request, view) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        method = "GET" if request.method == "HEAD" else str(request.method)
        if hasattr(view, "knows") and not view.knows(method):
            return True  # the answer will be 405
        wanted = getattr(view, "permissions", {}).get(method, "")
        return bool(wanted) and may(request, wanted)


class _Throttle(throttling.BaseThrottle):
    """So many requests in each minute of the clock, counted for a key or a person; tells how many are left."""

    scope = ""
    methods: frozenset[str] = frozenset()
    window = 60

    def allow_request(self, request: Request, view) -> bool:
        if request.method not in self.methods:
            return True
        who = f"key:{request.auth.pk}" if isinstance(request.auth, ApiKey) else f"user:{request.user.pk}"
        limit = self._limit()
        now = time()
        self.left_s = self.window - now % self.window
        used = self._count(f"api-rate:{self.scope}:{who}:{int(now // self.window)}")
        request.rate_headers = {  # type: ignore[attr-defined]
            "RateLimit-Policy": f'"{self.scope}";q={limit};w={self.window}',
            "RateLimit": f'"{self.scope}";r={max(0, limit - used)};t={int(self.left_s) + 1}',
        }
        return used <= limit

    def wait(self) -> float:
        return self.left_s

    def _limit(self) -> int:
        rate = throttling.SimpleRateThrottle.THROTTLE_RATES[self.scope] or ""
        return int(rate.partition("/")[0])

    def _count(self, name: str) -> int:
        try:
            if cache.add(name, 1, self.window + 5):
                return 1
            return cache.incr(name)
        except (RedisError, ValueError):  # no cache, or the window ended in between: rather serve than refuse
            return 1


class ReadThrottle(_Throttle):
    scope = "read"
    methods = frozenset({"GET", "HEAD"})


class WriteThrottle(_Throttle):
    scope = "write"
    methods = frozenset({"POST", "PUT", "PATCH", "DELETE"})
