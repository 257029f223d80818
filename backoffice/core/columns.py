"""A list's columns: which there are, which are shown and in what order, which give way where it is narrow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from django.utils.functional import Promise, cached_property
from django.utils.html import format_html
from django.utils.safestring import mark_safe

NEVER = 4
STEP, WIDEST = 4, 160  # rem between the widths of a list that `needs-48` and its like of list.css ask for
ROOM = {  # rem that a column takes, by the class that says so in table.css
    "w-kind": 5.5,
    "w-word": 6.5,
    "w-fee": 6.5,
    "w-number": 4.5,
    "w-key": 8.0,
    "w-sum": 8.0,
    "w-state": 8.25,
    "w-when": 8.75,
    "w-words": 9.0,
    "w-amount": 9.0,
    "w-id": 9.5,
    "w-terms": 12.0,
    "w-states": 15.5,
}
REST = 12.0  # what the column without a width wants at least
EDGES = 6.0  # the box to tick, and the list's own edges


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. `area` is its place in a narrow window's two lines; without one it is left out there."""

    name: str
    label: str | Promise
    width: str = ""  # a class of table.css; none takes what is left
    look: str = ""  # classes of the cell
    end: bool = False  # amounts and times stand at the end edge
    area: str = ""
    key: bool = False  # the row's header with its link: it cannot be left out
    gives_way: int = NEVER  # 0 to 3: hidden first to last as the list narrows
    needs: int = 0  # rem of the list's width below which it is hidden, where a person picked the columns
    spare: bool = False  # shown only to who picks it
    sorted: bool = False

    @property
    def classes(self) -> str:
        """What head and cells have in common."""
        gives = f"needs-{self.needs}" if self.needs else f"drop-{self.gives_way}" if self.gives_way < NEVER else ""
        return " ".join(name for name in ("table__amount" if self.end else "", gives) if name)

    @cached_property
    def opening(self) -> str:
        """The tag that begins its cells."""
        place = format_html(' data-area="{}"', self.area) if self.area else mark_safe(" data-wide")  # nosec B308 B703: a constant
        classes = " ".join(name for name in (self.look, self.classes) if name)
        look = format_html(' class="{}"', classes) if classes else ""
        if self.key:
            return format_html('<th role="rowheader" scope="row"{}{}>', look, place)
        return format_html('<td role="cell"{}{}>', look, place)

    @property
    def closing(self) -> str:
        return "</th>" if self.key else "</td>"


def picked(columns: Sequence[Column], names: Sequence[str]) -> list[Column]:
    """The columns of these names in their order; with no names the usual ones. What is unknown is left out."""
    known = {column.name: column for column in columns}
    chosen = [known[name] for name in dict.fromkeys(names) if name in known]
    if not chosen:
        return [column for column in columns if not column.spare]
    missing = [column for column in columns if column.key and column not in chosen]
    return _giving_way([*missing, *chosen])


def _giving_way(columns: list[Column]) -> list[Column]:
    """Who picks columns gets them from the first on: the last ones give way first, a key column never."""
    taken = EDGES + sum(_room(column) for column in columns if column.key)
    shown = []
    for column in columns:
        if not column.key:
            taken += _room(column)
        needs = 0 if column.key else min(ceil(taken / STEP) * STEP, WIDEST)
        shown.append(replace(column, gives_way=NEVER, needs=needs))
    return shown


def _room(column: Column) -> float:
    return ROOM.get(column.width, REST)
