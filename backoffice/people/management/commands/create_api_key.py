"""Make an API key for a person and print it, once."""

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError

from backoffice.core.errors import DomainError
from backoffice.people.keys import create_api_key


class Command(BaseCommand):
    help = "Make an API key and print it once. It may do what its scopes say, and never more than its owner may."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--owner", required=True, help="the username of the person who answers for it")
        parser.add_argument("--name", required=True, help="what the key is for; the journal shows it")
        parser.add_argument(
            "--scope", action="append", default=[], help="cards.view, cards.issue_card, ...; may be repeated"
        )
        parser.add_argument("--expires-days", type=int)
        parser.add_argument(
            "--ip", action="append", default=[], help="an address or network it may be used from; may be repeated"
        )
        parser.add_argument(
            "--account", action="append", default=[], help="the slug of an account it is bound to; may be repeated"
        )

    def handle(
        self,
        *,
        owner: str,
        name: str,
        scope: list[str],
        expires_days: int | None,
        ip: list[str],
        account: list[str],
        **_options,
    ) -> None:
        person = get_user_model().objects.filter(username=owner).first()
        if person is None:
            raise CommandError(f"There is no person {owner!r}.")
        try:
            key, secret = create_api_key(
                actor=None, owner=person, name=name, scopes=scope, expires_days=expires_days, ips=ip, accounts=account
            )
        except DomainError as exc:
            raise CommandError(exc.message) from None
        if beyond := [permission for permission in key.scopes if not person.has_perm(permission)]:
            self.stderr.write(f"{owner} lacks these now, so the key cannot use them: {', '.join(beyond)}")
        self.stdout.write(secret)
