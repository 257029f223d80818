"""Exports: asking for one from a list, its page while it is written, and the file."""

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.core.errors import DomainError
from backoffice.core.filters import MOST, counted, page_or_first
from backoffice.core.htmx import render_page
from backoffice.core.parts import Action, Fact, View
from backoffice.exports import commands
from backoffice.exports.forms import ExportForm
from backoffice.exports.lists import Exportable, exportable_of, rows_of, shown_names, written
from backoffice.exports.models import Export
from backoffice.exports.presenting import ShownExport, filter_words, row_words, shown_exports
from backoffice.journal.record import Actor

NO_FILTER = ("cursor", "limit", "mark")  # of an address: which page of the list it shows, not which rows
LONGEST_QUERY = Export._meta.get_field("query").max_length or 0
TYPES = {
    Export.Format.CSV: "text/csv; charset=utf-8",
    Export.Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
def export_list(request: HttpRequest) -> HttpResponse:
    """One's own exports; everybody's for who may see them."""
    rows = _seen(request)
    page = page_or_first(request, rows)
    found, is_all = counted(rows)
    words = ngettext("%(count)s export", "%(count)s exports", found) if is_all else _("More than %(count)s exports")
    context = {
        "page": page,
        "rows": shown_exports(page),
        "is_moving": any(export.is_open for export in page),
        "count": words % {"count": f"{min(found, MOST):,}"},
        "as_of": timezone.now(),
    }
    return render_page(request, "exports/exports.html", context, partial="exports/_exports.html")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """GET tells what would be in it, POST has it written; the same form again is the same export."""
    exportable = _exportable(request, slug)
    params = request.GET.copy()
    for name in NO_FILTER:
        params.pop(name, None)
    query, names = params.urlencode(), shown_names(request, exportable)
    form = ExportForm(request.POST if request.method == "POST" else None, initial={"key": uuid4()})
    try:
        if len(query) > LONGEST_QUERY:
            raise DomainError(_("This filter is too long to be exported."))
        if form.is_valid():
            export = commands.start_export(
                actor=Actor.of(request),
                key=str(form.cleaned_data["key"]),
                exportable=exportable,
                query=query,
                columns=names,
                format=form.cleaned_data["format"],
            )
            return redirect(export)
    except DomainError as exc:
        messages.error(request, exc.message)
    rows = written(exportable, names)
    context = {
        "title": _("Export %(list)s") % {"list": exportable.label},
        "crumbs": [View(label=str(exportable.label), url=reverse(exportable.view)), View(label=_("Export"), url="")],
        "facts": [
            Fact(label=_("Filter"), value=filter_words(query)),
            Fact(label=_("Rows"), value=_count(request, exportable, query)),
            Fact(label=_("Columns"), value=", ".join(rows.headings)),
        ],
        "form": form,
        "back": f"{reverse(exportable.view)}?{query}",
    }
    return render(request, "exports/new.html", context, status=422 if request.method == "POST" else 200)


@require_safe
def export(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _export(request, public_id)
    context = {
        "shown": ShownExport(found),
        "export": found,
        "crumbs": [View(label=_("Exports"), url=reverse("exports:exports")), View(label=str(found), url="")],
        "actions": _actions(found),
        "as_of": timezone.now(),
    }
    return render_page(request, "exports/export.html", context, partial="exports/_export.html")


@require_POST
@never_cache
def download(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The file as a stream. Not a link, as each download is written down."""
    found = _export(request, public_id)
    try:
        blocks = commands.download_export(actor=Actor.of(request), export=found)
    except DomainError as exc:
        messages.error(request, exc.message)
        return redirect(found)
    headers = {
        "Content-Disposition": f'attachment; filename="{found.file_name}"',
        "Content-Length": str(found.bytes),
    }
    return StreamingHttpResponse(blocks, content_type=TYPES[Export.Format(found.format)], headers=headers)


def _seen(request: HttpRequest) -> QuerySet[Export]:
    rows = Export.objects.select_related("person")
    return rows if request.user.has_perm("exports.view_export") else rows.filter(person=request.user.pk)


def _exportable(request: HttpRequest, slug: str) -> Exportable:
    exportable = exportable_of(slug)
    if exportable is None:
        raise Http404
    if not request.user.has_perm(exportable.permission):
        raise PermissionDenied
    return exportable


def _export(request: HttpRequest, public_id: str) -> Export:
    """One's own, or another's for who may see those; of a list that one may see today."""
    found = get_object_or_404(Export.objects.select_related("person"), public_id=public_id)
    if found.person_id != request.user.pk and not request.user.has_perm("exports.view_export"):
        raise PermissionDenied
    _exportable(request, found.listing)
    return found


def _actions(found: Export) -> list[Action]:
    if not found.is_ready:
        return []
    url = reverse("exports:download", args=[found.public_id])
    return [Action(label=_("Download"), url=url, icon="download", main=True, post=True)]


def _count(request: HttpRequest, exportable: Exportable, query: str) -> str:
    total = rows_of(exportable, query, request.user).order_by()[: commands.MOST_ROWS + 1].count()  # type: ignore[arg-type]
    return row_words(total) if total <= commands.MOST_ROWS else commands.too_many(commands.MOST_ROWS)
