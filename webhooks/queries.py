"""Reads: callbacks by what became of them, and what was turned away."""

from django.db.models import BinaryField, Count, F, Func, IntegerField, Q, QuerySet, Value

from backoffice.accounts.models import Account
from backoffice.journal.models import JournalEntry
from webhooks.models import Delivery, Replay, ReplayItem

MOST_READ = 5_000  # bodies that a search for text reads


def deliveries() -> QuerySet[Delivery]:
    """Without bodies and traces: a list shows neither."""
    return Delivery.objects.select_related("account").defer("body", "traceback", "headers")


def find_deliveries(rows: QuerySet[Delivery], text: str) -> QuerySet[Delivery]:
    """Exactly this id, the provider's id of the message, or the number it is about; each is found in an index."""
    accounts = list(Account.objects.values_list("pk", flat=True))
    return rows.filter(Q(public_id=text) | Q(object_id=text) | Q(account__in=accounts, delivery_id=text))


class InBytes(Func):
    """Where some bytes begin in others; 0 where they do not occur."""

    function = "instr"
    arity = 2
    output_field = IntegerField()

    def as_postgresql(self, compiler, connection, **extra):
        whole, part = self.get_source_expressions()
        turned = self.copy()
        turned.set_source_expressions([part, whole])
        return turned.as_sql(compiler, connection, template="position(%(expressions)s)", arg_joiner=" in ", **extra)


def with_text(rows: QuerySet[Delivery], text: str) -> QuerySet[Delivery]:
    """Those of the newest whose kept body has these very letters in it."""
    newest = rows.order_by("-created_at", "-id").values("pk")[:MOST_READ]
    found = InBytes(F("body"), Value(text.encode(), output_field=BinaryField()))
    return deliveries().filter(pk__in=newest).annotate(text_at=found).filter(text_at__gt=0)


def latest_replays(most: int = 10) -> list[Replay]:
    rows = Replay.objects.select_related("actor", "released_by").annotate(deliveries=Count("items"))
    return list(rows.order_by("-created_at", "-id")[:most])


def progress_of(replay: Replay) -> dict[str, int]:
    """How many deliveries of it are in each state."""
    return dict(replay.items.order_by().values_list("state").annotate(Count("pk")))


def results_of(replay: Replay) -> dict[str, int]:
    """What the news would become, and of how many deliveries."""
    told = replay.items.exclude(applied="").order_by().values_list("applied").annotate(Count("pk"))
    return dict(told)


def items_of(replay: Replay, most: int = 200) -> list[ReplayItem]:
    return list(replay.items.select_related("delivery__account").defer("delivery__body").order_by("id")[:most])


def effects_of(delivery: Delivery, most: int = 50) -> list[JournalEntry]:
    """What was written down because of it, oldest first."""
    refs = [name for name in {delivery.ref, delivery.own_ref} if name]
    named = JournalEntry.objects.filter(ref__in=refs, delivery=delivery.public_id)
    return list(named.select_related("actor").order_by("created_at", "id")[:most])
