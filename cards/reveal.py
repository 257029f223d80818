"""A card's number and code, fetched on the spot for one pair of eyes and stored nowhere: the one synchronous read."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.accounts.registry import client_for
from backoffice.core.errors import DomainError
from backoffice.journal.about import about
from backoffice.journal.models import JournalEntry, Source
from backoffice.journal.record import Actor, record
from backoffice.providers.errors import ProviderError
from backoffice.providers.snapshots import CardSecrets
from cards.models import Card

SECONDS_ON_SCREEN = 30


def reveal_card(*, actor: Actor, card: Card, purpose: str) -> CardSecrets:
    """Fetch the secrets of a card. Written down before it is asked for, so that no look goes unseen.

    DomainError without a purpose, beyond the day's budget of this person, or where the provider does not answer.
    """
    if not purpose.strip():
        raise DomainError(_("Say what you need the card's number for."), code="purpose_missing", field="purpose")
    _take_one_of_the_days(actor, card, purpose.strip())
    try:
        with about(card.ref, Source.COMMAND):
            return client_for(card.account).reveal_card(card.provider_id)
    except ProviderError as exc:
        record(card, "reveal_failed", source=Source.REPLY, actor=actor, problem=exc.message)
        raise DomainError(_("The provider did not give the card's number: %(why)s") % {"why": exc.message}) from exc


def left_today(actor: Actor) -> int:
    """How many more cards this person may look at within a day of now."""
    since = timezone.now() - timedelta(days=1)
    seen = JournalEntry.objects.filter(actor=actor.user, verb="cards.reveal_card", created_at__gt=since).count()
    return max(settings.REVEALS_A_DAY - seen, 0)


@transaction.atomic
def _take_one_of_the_days(actor: Actor, card: Card, purpose: str) -> None:
    get_user_model().objects.select_for_update().get(pk=actor.user.pk)  # two tabs share one budget
    if not left_today(actor):
        raise DomainError(
            _("You have looked at %(most)d cards within a day; that is the most.") % {"most": settings.REVEALS_A_DAY},
            code="reveal_budget_spent",
        )
    record(card, "cards.reveal_card", source=Source.COMMAND, actor=actor, purpose=purpose[:200])
