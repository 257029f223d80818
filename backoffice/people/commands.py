"""What people may do with the views of a list: keep, name anew, forget, share with everybody."""

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from backoffice.people.listings import LONGEST_QUERY, MOST_VIEWS, Listing
from backoffice.people.models import SavedView


@transaction.atomic
def save_view(*, actor: Actor, listing: Listing, name: str, query: str) -> SavedView:
    """Keep a filter under a name; the same name again keeps the newer filter."""
    clean = listing.clean(QueryDict(query))
    if len(clean) > LONGEST_QUERY:
        raise DomainError(_("This filter is too long to be kept."), code="too_long", field="name")
    own = SavedView.objects.filter(person=actor.user.pk, listing=listing.slug)
    if own.exclude(name=name).count() >= MOST_VIEWS:
        raise DomainError(
            _("%(most)d views of a list are the most. Delete one first.") % {"most": MOST_VIEWS}, field="name"
        )
    view, _made = own.update_or_create(
        name=name,
        defaults={"query": clean},
        create_defaults={"query": clean, "person_id": actor.user.pk, "listing": listing.slug},
    )
    return view


@transaction.atomic
def rename_view(*, actor: Actor, view: SavedView, name: str) -> SavedView:
    if SavedView.objects.filter(person=view.person_id, listing=view.listing, name=name).exclude(pk=view.pk).exists():
        raise DomainError(_("There is another view of this name."), code="name_taken", field="name")
    if view.is_shared:
        record(view, "people.rename_view", source=Source.COMMAND, actor=actor, old=view.name, new=name)
    view.name = name
    view.save(update_fields=["name"])
    return view


@transaction.atomic
def delete_view(*, actor: Actor, view: SavedView) -> None:
    if view.is_shared:
        record(view, "people.delete_view", source=Source.COMMAND, actor=actor, old=view.name)
    view.delete()


@transaction.atomic
def share_view(*, actor: Actor, view: SavedView, shared: bool) -> SavedView:
    """Show a view to everybody who sees the list, or to its owner alone again."""
    if view.is_shared != shared:
        view.is_shared = shared
        view.save(update_fields=["is_shared"])
        record(view, "people.share_view", source=Source.COMMAND, actor=actor, name=view.name, shared=shared)
    return view
