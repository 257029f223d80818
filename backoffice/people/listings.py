"""The lists of the back office: each says its columns and the parameters that a saved view of it may hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import Promise

from backoffice.core.columns import Column, picked
from backoffice.core.parts import View
from backoffice.people.models import SavedView
from backoffice.people.preferences import picked_names

LONGEST_QUERY = SavedView._meta.get_field("query").max_length or 0
MOST_VIEWS = 30  # of one person for one list


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One list. `params` are the names of its filter; nothing else gets into a saved view."""

    slug: str
    label: str | Promise
    view: str
    permission: str
    columns: Sequence[Column]
    params: frozenset[str]

    @property
    def url(self) -> str:
        return reverse(self.view)

    def clean(self, params: QueryDict) -> str:
        """What of an address is a filter of this list, in one order, so that the same filter is the same text."""
        kept = QueryDict(mutable=True)
        for name in sorted(self.params & params.keys()):
            kept.setlist(name, [value for value in params.getlist(name) if value and "\x00" not in value])
        return kept.urlencode()


_listings: dict[str, Listing] = {}


def add_listing(listing: Listing) -> Listing:
    """Make a list known, so that its columns and views can be kept."""
    _listings[listing.slug] = listing
    return listing


def listing_of(slug: str) -> Listing | None:
    return _listings.get(slug)


def listings_for(user: Any) -> list[Listing]:
    """The lists that a person may see."""
    return [listing for listing in _listings.values() if user.has_perm(listing.permission)]


# --- one list for one person ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """One line of the column picker."""

    column: Column
    is_shown: bool


@dataclass(frozen=True, kw_only=True)
class ShownListing:
    """A list as one person has it: its columns, the tabs over it, what can be picked and kept."""

    listing: Listing
    columns: Sequence[Column]
    views: Sequence[View]
    is_picked: bool
    query: str  # the filter that is on, as a view would keep it
    is_kept: bool  # whether a tab shows just this filter
    address: str

    @property
    def choices(self) -> list[Choice]:
        """Every column: the shown ones in their order, then the others."""
        names = [column.name for column in self.columns]
        rest = [column for column in self.listing.columns if column.name not in names]
        return [*(Choice(column, True) for column in self.columns), *(Choice(column, False) for column in rest)]


def shown_listing(request: HttpRequest, listing: Listing, tabs: Iterable[View]) -> ShownListing:
    """Two queries, and the first of them is the request's own for all that a person prefers."""
    names = picked_names(request, listing.slug)
    query = listing.clean(request.GET)
    saved = [
        View(label=view.name, url=f"{listing.url}?{view.query}", current=view.query == query)
        for view in views_for(request.user, listing)
    ]
    taken = any(view.current for view in saved)
    tabs = [replace(tab, current=tab.current and not taken) for tab in tabs]
    bare = query in {"", *(view.url.partition("?")[2] for view in tabs)}
    return ShownListing(
        listing=listing,
        columns=picked(listing.columns, names),
        views=[*tabs, *saved],
        is_picked=bool(names),
        query=query,
        is_kept=taken or bare,
        address=request.get_full_path(),
    )


def views_for(user: Any, listing: Listing) -> list[SavedView]:
    """A person's own views of a list, then those that others share."""
    rows = SavedView.objects.filter(Q(person=user.pk) | Q(is_shared=True), listing=listing.slug)
    return sorted(rows.select_related("person")[:200], key=lambda view: (view.person_id != user.pk, view.created_at))
