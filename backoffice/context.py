"""The frame around every page: who, where, in which mode. Lazy: a part for htmx or an API answer asks none of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from backoffice.people.preferences import has_single_keys
from backoffice.theme import theme_of


@dataclass(frozen=True)
class Item:
    """A place in the navigation; left out where its address does not exist or its permission is missing."""

    label: str | Promise
    icon: str
    view: str
    permission: str = ""
    key: str = ""  # the letter after `g`
    url: str = ""
    current: bool = False
    count: int = 0
    asks_me: bool = False  # the count is of what this person can act on


@dataclass(frozen=True)
class Section:
    label: str | Promise
    items: tuple[Item, ...]


NAV = (
    Section("", (Item(_("Home"), "house", "home", key="h"),)),
    Section(
        _("Cards"),
        (
            Item(_("Cards"), "credit-card", "cards:cards", "cards.view_card", key="c"),
            Item(_("Orders"), "repeat", "cards:orders", "cards.view_cardorder", key="o"),
            Item(_("Holders"), "id-card", "cards:holders", "cards.view_holder", key="d"),
        ),
    ),
    Section(_("Money"), (Item(_("Wallets"), "wallet", "wallets:wallets", "wallets.view_wallet", key="w"),)),
    Section(
        _("Watch"),
        (
            Item(_("Callbacks"), "webhook", "webhooks:deliveries", "webhooks.view_delivery", key="e"),
            Item(_("Provider calls"), "arrow-down-up", "outbox:calls", "outbox.view_call"),
            Item(_("Provider health"), "activity", "provider_health", "accounts.view_account"),
            Item(_("Exports"), "download", "exports:exports"),
            Item(_("Accounts"), "plug", "mirror:accounts", "accounts.view_account"),
        ),
    ),
)

# What the frame asks of apps above it; whoever wires the project fills these in.
Counter = Callable[[HttpRequest], int]
counters: dict[str, Counter] = {}  # view name → how many wait there for this person
mode_source: list[Callable[[], str]] = []  # one function: "live", "test" or "mixed"
warning_source: list[Callable[[HttpRequest], list[str]]] = []  # one function: what is slow or down, since when


def frame(request: HttpRequest) -> dict:
    return {"frame": Frame(request)}


class Frame:
    def __init__(self, request: HttpRequest):
        self.request = request

    @property
    def merchant_name(self) -> str:
        return settings.MERCHANT_NAME

    @property
    def theme(self) -> str:
        return theme_of(self.request)

    @property
    def has_single_keys(self) -> bool:
        return has_single_keys(self.request)

    @property
    def user(self):
        return getattr(self.request, "user", None)

    @property
    def is_signed_in(self) -> bool:
        return bool(self.user and self.user.is_authenticated)

    @cached_property
    def mode(self) -> str:
        return mode_source[0]() if mode_source else "live"

    @cached_property
    def warnings(self) -> list[str]:
        return warning_source[0](self.request) if warning_source and self.is_signed_in else []

    @cached_property
    def nav(self) -> list[Section]:
        if not self.is_signed_in:
            return []
        sections = [replace(section, items=tuple(self._items(section))) for section in NAV]
        here = max((item.url for section in sections for item in section.items if item.current), key=len, default="")
        sections = [
            replace(one, items=tuple(replace(item, current=item.url == here) for item in one.items)) for one in sections
        ]
        return [section for section in sections if section.items]

    @cached_property
    def person(self) -> dict:
        user = self.user
        name = user.get_full_name() or user.get_username()
        return {"name": name, "roles": [group.name for group in user.groups.all()], "is_staff": user.is_staff}

    @property
    def address(self) -> str:
        """This page's own address, to come back to after a change of language or theme."""
        return self.request.get_full_path() if self.request.method == "GET" else "/"

    def _items(self, section: Section):
        for item in section.items:
            url = address_of(item.view)
            if url and (not item.permission or self.user.has_perm(item.permission)):
                current = self.request.path == url or (len(url) > 1 and self.request.path.startswith(url))
                counter = counters.get(item.view)
                count = counter(self.request) if counter else 0
                yield replace(item, url=url, current=current, count=count, asks_me=bool(count))


def address_of(view: str) -> str:
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""
