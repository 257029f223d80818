"""How a walk through a provider's list is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.core.parts import Badge
from backoffice.mirror.models import SyncRun

LISTS: dict[str, Promise] = {
    "wallets.wallet": gettext_lazy("Wallets"),
    "cards.bin": gettext_lazy("BINs"),
    "cards.holder": gettext_lazy("Card holders"),
    "cards.card": gettext_lazy("Cards"),
    "cards.order": gettext_lazy("Card orders"),
}
BADGES = {
    SyncRun.State.RUNNING: ("busy", "loader"),
    SyncRun.State.FINISHED: ("good", "circle-check"),
    SyncRun.State.FAILED: ("bad", "circle-x"),
}


@dataclass(frozen=True)
class ShownSync:
    run: SyncRun

    @property
    def title(self) -> str:
        return str(LISTS.get(self.run.kind, self.run.kind))

    @property
    def badge(self) -> Badge:
        state = SyncRun.State(self.run.state)
        tone, icon = BADGES[state]
        return Badge(tone=tone, icon=icon, label=str(state.label), title=self.run.problem)

    @property
    def is_running(self) -> bool:
        return self.run.state == SyncRun.State.RUNNING

    @property
    def has_failed(self) -> bool:
        return self.run.state == SyncRun.State.FAILED

    @property
    def told(self) -> str:
        """How far it is, or what it brought."""
        run = self.run
        if run.problem:
            return capfirst(run.problem)
        if run.ended_at:
            told = _("%(seen)s seen, %(changed)s new or changed") % {
                "seen": f"{run.seen:,}",
                "changed": f"{run.changed:,}",
            }
            missing = ngettext("%(missing)s missing", "%(missing)s missing", run.missing) % {"missing": run.missing}
            return f"{told}, {missing}" if run.missing else told
        if run.total is None:
            return _("Waits for a worker")
        return _("%(seen)s of %(total)s") % {"seen": f"{run.seen:,}", "total": f"{run.total:,}"}

    @property
    def pace(self) -> str:
        """How it goes while it goes: pages, rows a second since it began, since when."""
        run = self.run
        if not self.is_running or run.next_page == 1:
            return ""
        pages = run.next_page - 1
        told = ngettext("%(pages)s page, %(rate)s rows/s", "%(pages)s pages, %(rate)s rows/s", pages)
        rate = run.rate
        return told % {"pages": f"{pages:,}", "rate": f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"}

    @property
    def at(self) -> datetime:
        return self.run.ended_at or self.run.created_at


def shown_syncs(runs: Iterable[SyncRun]) -> list[ShownSync]:
    return [ShownSync(run) for run in runs]
