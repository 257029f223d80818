"""What a person chose for themselves, read once a request."""

from typing import Any

from django.http import HttpRequest

from backoffice.people.models import Preference

SINGLE_KEYS = "single keys"


def preferences_of(request: HttpRequest) -> dict[str, Any]:
    """All that the person who asks has chosen, by name; one query a request."""
    known = getattr(request, "_preferences", None)
    if known is None:
        user = getattr(request, "user", None)
        kept = (
            Preference.objects.filter(person=user.pk) if user and user.is_authenticated else Preference.objects.none()
        )
        known = dict(kept.values_list("name", "value"))
        request._preferences = known  # type: ignore[attr-defined]
    return known


def has_single_keys(request: HttpRequest) -> bool:
    """Whether one letter alone does something; on unless it was switched off."""
    return preferences_of(request).get(SINGLE_KEYS) is not False


def picked_names(request: HttpRequest, slug: str) -> list[str]:
    """The columns that were picked for a list; none where it is as it comes."""
    names = preferences_of(request).get(f"columns {slug}")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def prefer(person: Any, name: str, value: Any) -> None:
    Preference.objects.update_or_create(person_id=person.pk, name=name, defaults={"value": value})


def prefer_columns(person: Any, slug: str, names: list[str]) -> None:
    """Keep these columns for a list; none puts it back to what it comes with."""
    if names:
        prefer(person, f"columns {slug}", names)
    else:
        Preference.objects.filter(person_id=person.pk, name=f"columns {slug}").delete()
