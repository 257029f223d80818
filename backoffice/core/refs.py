"""How the outbox, the journal and the timeline name a row: "cards.card:12"."""

from collections import defaultdict
from collections.abc import Iterable

from django.apps import apps
from django.db.models import Model


def ref(row: Model) -> str:
    return f"{row._meta.label_lower}:{row.pk}"


def ref_pk(name: str) -> int:
    return int(name.rpartition(":")[2])


def ref_row(name: str) -> Model | None:
    """The row of that name, or None where it is gone."""
    label, _, pk = name.rpartition(":")
    return apps.get_model(label)._default_manager.filter(pk=pk).first()


def ref_rows(names: Iterable[str]) -> dict[str, Model]:
    """The rows of those names, with one query a model; what is gone is left out."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for name in names:
        if name:
            wanted[name.rpartition(":")[0]].add(ref_pk(name))
    return {
        ref(row): row
        for label, keys in wanted.items()
        for row in apps.get_model(label)._default_manager.filter(pk__in=keys).select_related()
    }


def public_ids(names: Iterable[str]) -> dict[str, str]:
    """What outsiders call the rows of these names, where they call them anything; one query for each such model."""
    by_label: dict[str, list[int]] = {}
    for name in set(names):
        by_label.setdefault(name.rpartition(":")[0], []).append(ref_pk(name))
    found: dict[str, str] = {}
    for label, pks in by_label.items():
        model = apps.get_model(label)
        if word := next((name for name in ("public_id", "slug") if hasattr(model, name)), ""):
            rows = model._default_manager.filter(pk__in=pks).values_list("pk", word)
            found |= {f"{label}:{pk}": public_id for pk, public_id in rows}
    return found


def ref_of(public_id: str) -> str:
    """The name of the row that outsiders call so; "" where there is none."""
    prefix = public_id.partition("_")[0]
    for model in apps.get_models():
        if getattr(getattr(model, "public_id", None), "field", None) and _prefix(model) == prefix:
            pk = model._default_manager.filter(public_id=public_id).values_list("pk", flat=True).first()
            return f"{model._meta.label_lower}:{pk}" if pk else ""
    return ""


def _prefix(model: type[Model]) -> str:
    return getattr(model._meta.get_field("public_id"), "prefix", "")
