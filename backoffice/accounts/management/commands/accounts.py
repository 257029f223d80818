"""The accounts of the accounts file: whether their provider answers them, and which callback address to register."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from backoffice.accounts.models import Account
from backoffice.accounts.registry import callback_path, client_for, configs, write_account_rows
from backoffice.providers.config import AccountConfig, ConfigError
from backoffice.providers.errors import ProviderError

IDS = ("customer_id", "app_id")


class Command(BaseCommand):
    help = "List our accounts at the providers, ask each for its wallets, and print the callback address to register."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="ACCOUNT", help="only these; all without")
        parser.add_argument("--no-ask", action="store_true", help="only read the file; ask no provider")

    def handle(self, *, slugs: list[str], no_ask: bool, **_options) -> None:
        try:
            found = configs()
        except ConfigError as exc:
            raise CommandError(str(exc)) from None
        if strange := [slug for slug in slugs if slug not in found]:
            raise CommandError(f"{settings.ACCOUNTS_FILE}: no account {', '.join(strange)}")
        shown = [config for slug, config in found.items() if not slugs or slug in slugs]
        rows = {} if no_ask else {row.slug: row for row in write_account_rows()}
        failed = [config.slug for config in shown if not self._show(config, rows.get(config.slug))]
        if not shown:
            self.stdout.write(f"{settings.ACCOUNTS_FILE} has no account.")
        if not settings.PUBLIC_URL:
            self.stdout.write("PUBLIC_URL is not set, so that callback addresses are shown without their host.")
        if failed:
            raise CommandError(f"no good answer for: {', '.join(failed)}")

    def _show(self, config: AccountConfig, row: Account | None) -> bool:
        """Print one account; whether its provider answered, where it was asked."""
        problem = _ask(row) if row else ""
        ids = ", ".join(
            f"{name} {config.options[name]}" for name in ("customer_id", "app_id") if name in config.options
        )
        senders = ", ".join(map(str, config.allowed_ips)) or "any address"
        facts = {
            "provider": f"{config.provider}, {ids}" if ids else config.provider,
            "address": config.base_url,
            "times": config.timezone,
            "pace": f"{config.calls_per_s:g} calls and {config.writes_per_s:g} writes a second",
            "callback": settings.PUBLIC_URL.rstrip("/") + callback_path(config),
            "callers": senders,
        }
        if row and row.is_paused:
            facts["paused"] = row.paused_why or "yes"
        if row:
            facts["answer"] = self.style.ERROR(problem) if problem else self.style.SUCCESS("good")
        self.stdout.write(self.style.MIGRATE_HEADING(f"{config.slug}: {config.title} ({_kind(config)})"))
        for name, text in facts.items():
            self.stdout.write(f"  {name:<9} {text}")
        return not problem


def _kind(config: AccountConfig) -> str:
    return "live" if config.live else "test"


def _ask(row: Account) -> str:
    """Ask for something harmless; what went wrong, or nothing."""
    try:
        client_for(row).wallets(page=1, page_size=1)
    except ProviderError as exc:
        return f"{type(exc).__name__}: {exc}" + (f" (code {exc.code})" if exc.code else "")
    return ""
