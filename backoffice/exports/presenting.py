"""How an export is shown: how far it is, what is in it, how long it is kept."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.core.parts import Badge, Fact
from backoffice.core.templatetags.ui import duration
from backoffice.exports.lists import exportable_of
from backoffice.exports.models import Export

State = Export.State
LOOKS = {
    State.QUEUED: ("busy", "clock"),
    State.RUNNING: ("busy", "loader"),
    State.DONE: ("good", "circle-check"),
    State.FAILED: ("bad", "circle-x"),
    State.EXPIRED: ("quiet", "history"),
}


@dataclass(frozen=True)
class ShownExport:
    export: Export

    @property
    def badge(self) -> Badge:
        export = self.export
        state = State.EXPIRED if export.state == State.DONE and not export.is_ready else State(export.state)
        tone, icon = LOOKS[state]
        return Badge(tone=tone, icon=icon, label=state.label, title=export.problem)

    @property
    def title(self) -> str:
        exportable = exportable_of(self.export.listing)
        return str(exportable.label) if exportable else self.export.listing

    @property
    def person(self) -> str:
        return self.export.person.get_full_name() or self.export.person.get_username()

    @property
    def filter(self) -> str:
        return filter_words(self.export.query)

    @property
    def told(self) -> str:
        """How far it is, or what came of it."""
        export = self.export
        if export.problem:
            return export.problem
        if export.state == State.QUEUED:
            return _("Waits for a worker")
        if export.state == State.RUNNING:
            return _("%(rows)s of about %(total)s rows") % {"rows": f"{export.rows:,}", "total": f"{export.total:,}"}
        return row_words(export.rows)

    @property
    def size(self) -> str:
        return filesizeformat(self.export.bytes) if self.export.bytes else ""

    @property
    def facts(self) -> list[Fact]:
        export = self.export
        took = export.ended_at - export.started_at if export.ended_at and export.started_at else None
        return [
            Fact(label=_("List"), value=self.title),
            Fact(label=_("Filter"), value=self.filter),
            Fact(label=_("Format"), value=export.get_format_display()),
            Fact(label=_("Asked for by"), value=self.person),
            Fact(label=_("Asked for"), at=export.created_at),
            *([Fact(label=_("Started again"), value=_("once, after an interruption"))] if export.attempts > 1 else []),
            *([Fact(label=_("Took"), value=duration(took))] if took is not None else []),
            *([Fact(label=_("Size"), value=self.size)] if self.size else []),
            *([Fact(label=_("Kept until"), at=export.expires_at)] if export.expires_at else []),
            Fact(label=_("Downloads"), value=str(export.downloads)),
            Fact(label=_("Export"), id=export.public_id),
        ]


def shown_exports(exports: Iterable[Export]) -> list[ShownExport]:
    return [ShownExport(export) for export in exports]


def row_words(rows: int) -> str:
    return ngettext("%(rows)s row", "%(rows)s rows", rows) % {"rows": f"{rows:,}"}


def filter_words(query: str) -> str:
    """The filter by its parameters: "state: active, frozen; view: stuck"."""
    params = QueryDict(query)
    told = [f"{name}: {', '.join(values)}" for name, values in sorted(params.lists()) if any(values)]
    return "; ".join(told) or _("none: the whole list")
