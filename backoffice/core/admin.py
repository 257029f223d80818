"""What the admin pages of all rooms share: nothing is written there, and no list reads a whole table."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import connections, models
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

LONGEST_SEARCH = 64


class BoundedPaginator(Paginator):
    """Counts as far as somebody would turn pages; of a larger table, unfiltered, it takes PostgreSQL's own estimate."""

    limit = 10_000

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        counted = rows.order_by()[: self.limit + 1].count()
        return counted if counted <= self.limit else max(self._estimate(rows), self.limit)

    def _estimate(self, rows: QuerySet) -> int:
        connection = connections[rows.db]
        if rows.query.where or connection.vendor != "postgresql":
            return 0
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [rows.model._meta.db_table]
            )
            return cursor.fetchone()[0]


class ReadOnlyAdmin(admin.ModelAdmin):
    """A list and a page to look at. `found_by` are columns that the search box compares whole, each of them indexed."""

    found_by: tuple[str, ...] = ()
    newest_first = "created_at"
    staff_view = ""  # the screen where people work with such a row, by its public id

    actions: Any = None
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0
    sortable_by: ClassVar[tuple[str, ...]] = ()

    def has_add_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return (f"-{self.newest_first}", "-id")  # as the lists' index has it

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        related = [field.name for field in self.model._meta.fields if field.is_relation]
        rows = super().get_queryset(request)
        return rows.select_related(*related) if related else rows

    def get_fields(self, request: HttpRequest, obj=None) -> Any:
        return [field.name for field in self.model._meta.fields if not isinstance(field, models.BinaryField)]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return [f"{name}__exact" for name in self.found_by]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        text = search_term.strip()[:LONGEST_SEARCH]
        if not text:
            return queryset, False
        return queryset.filter(self._found(text)), False

    def get_view_on_site_url(self, obj=None) -> str | None:
        if obj is None or not self.staff_view:
            return None
        return reverse(self.staff_view, args=[obj.public_id])

    def _found(self, text: str) -> Q:
        """A public id says by its prefix what it is, so it alone is compared."""
        wanted = [self.model._meta.get_field(name) for name in self.found_by]
        own = [field.name for field in wanted if text.startswith(f"{getattr(field, 'prefix', '') or '?'}_")]
        return Q(*((name, text) for name in own or self.found_by), _connector=Q.OR)
