from collections.abc import Sequence
from time import monotonic, sleep

from django.core.management.base import BaseCommand, CommandError

from backoffice.accounts.models import Account
from backoffice.mirror.models import SyncRun
from backoffice.mirror.syncs import continue_syncs, kinds, start_sync

EVERY = 2.0  # seconds between two lines of progress


class Command(BaseCommand):
    help = "Walk through the providers' lists. Without --wait the workers do it; with it, this command does too."

    def add_arguments(self, parser):
        parser.add_argument("--account", action="append", metavar="SLUG", help="this account alone; may be repeated")
        parser.add_argument("--kind", action="append", choices=kinds(), help="this list alone; may be repeated")
        parser.add_argument("--wait", action="store_true", help="work until all have ended, and say how they did")

    def handle(self, *, account: list[str] | None, kind: list[str] | None, wait: bool, **_options) -> None:
        runs = [
            start_sync(account=each, kind=one)
            for each in self._accounts(account)
            for one in kinds()
            if not kind or one in kind
        ]
        if not wait:
            for run in runs:
                self.stdout.write(f"{self._name(run)}: {self._how_far(run)}")
            return
        self._work(runs)
        failed = [run for run in runs if run.state != SyncRun.State.FINISHED]
        if failed:
            raise CommandError("; ".join(f"{self._name(run)}: {run.problem}" for run in failed))

    def _accounts(self, slugs: list[str] | None) -> list[Account]:
        accounts = {account.slug: account for account in Account.objects.filter(listed=True)}
        if unknown := set(slugs or ()) - set(accounts):
            raise CommandError(f"no account in the accounts file is called {', '.join(sorted(unknown))}")
        return [account for slug, account in accounts.items() if not slugs or slug in slugs]

    def _work(self, runs: Sequence[SyncRun]) -> None:
        told: dict[int, str] = {}
        while any(run.state == SyncRun.State.RUNNING for run in runs):
            started = monotonic()
            if not continue_syncs(EVERY, only=runs):
                sleep(max(0.0, EVERY / 4 - (monotonic() - started)))  # a worker has the page, or its pause is not over
            for run in runs:
                run.refresh_from_db()
                line = f"{self._name(run)}: {self._how_far(run)}"
                if run.started_at and told.get(run.pk) != line:
                    self.stdout.write(line)
                    told[run.pk] = line

    def _name(self, run: SyncRun) -> str:
        return f"{run.account.slug} {run.kind}"

    def _how_far(self, run: SyncRun) -> str:
        total = "?" if run.total is None else f"{run.total:,}"
        line = f"{run.state}, {run.seen:,} of {total} seen, {run.changed:,} new or changed, {run.missing:,} missing"
        rate = f", {run.rate:,.0f} rows/s" if run.seen else ""
        return f"{line}{rate}" + (f" ({run.problem})" if run.problem else "")
