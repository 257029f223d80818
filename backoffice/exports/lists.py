"""The lists that can be written out: each registers its rows and, for each column of its screen, what is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise

from backoffice.core.columns import picked
from backoffice.exports.cells import Cell, Columns, Rows
from backoffice.people.listings import listing_of
from backoffice.people.preferences import picked_names


@dataclass(frozen=True, kw_only=True)
class Exportable:
    """One list. `rows` reads its filter from an address as the screen does; `columns` has the cells of each column."""

    slug: str
    label: str | Promise
    view: str
    permission: str
    rows: Callable[[HttpRequest], QuerySet]
    columns: Callable[[], Columns]


_exportables: dict[str, Exportable] = {}


def add_exportable(exportable: Exportable) -> Exportable:
    _exportables[exportable.slug] = exportable
    return exportable


def exportable_of(slug: str) -> Exportable | None:
    return _exportables.get(slug)


def exportables() -> list[Exportable]:
    return list(_exportables.values())


def shown_names(request: HttpRequest, exportable: Exportable) -> list[str]:
    """The columns that this person's screen shows, in its order."""
    listing = listing_of(exportable.slug)
    if listing is None:
        return list(exportable.columns())
    return [column.name for column in picked(listing.columns, picked_names(request, listing.slug))]


def rows_of(exportable: Exportable, query: str, person: AbstractBaseUser) -> QuerySet:
    """The rows of the screen at this address, in its order."""
    request = HttpRequest()
    request.method, request.GET, request.user = "GET", QueryDict(query), person  # type: ignore[assignment]
    return exportable.rows(request).select_related(None).order_by("-created_at", "-id")


def written(exportable: Exportable, names: Sequence[str]) -> Rows:
    """The cells of these columns; one that would only repeat what stands there already is left out."""
    columns = exportable.columns()
    cells: list[Cell] = []
    for name in names:
        cells += [cell for cell in columns.get(name, ()) if repr(cell) not in map(repr, cells)]
    return Rows(cells)
