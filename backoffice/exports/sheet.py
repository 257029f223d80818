"""The rows of an export as an XLSX workbook, written as they come: nothing of it is held in memory."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from xlsxwriter import Workbook

from backoffice.exports.cells import Cell, Rows
from backoffice.exports.reading import Told, batches, selected
from backoffice.exports.sealing import SealedFile

SHEET_ROWS = 1_048_575  # beside the heading
LONGEST = 32_767  # letters in a cell
WIDTH, WIDE = 16, 24
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_xlsx(
    own: BaseDatabaseWrapper,
    queryset: QuerySet,
    rows: Rows,
    file: SealedFile,
    told: Told,
    *,
    most: int,
    name: str,
    near: Path,
    rest: Told,
) -> int:
    """`rest` is told once all rows are there: packing them takes a while."""
    seen = 0
    with _beside(near) as place, Workbook(file, OPTIONS | {"tmpdir": str(place)}) as book:
        heading, formats = book.add_format({"bold": True}), _Formats(book)
        sheet = book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 0)
        for column, text in enumerate(rows.headings):
            sheet.set_column(column, column, WIDE if len(text) > WIDTH else WIDTH)
            sheet.write_string(0, column, text, heading)
        places = list(zip(range(len(rows.cells)), rows.cells, rows.spans, strict=True))
        for batch in batches(own, selected(queryset, rows, most)):
            for values in batch:
                seen += 1
                for column, cell, span in places:
                    _put(sheet, seen, column, cell, values[span], formats)
            told(seen)
        rest(seen)
    return seen


def _put(sheet, row: int, column: int, cell: Cell, values: tuple, formats: "_Formats") -> None:
    """A number where a spreadsheet keeps it exactly, else the very text that CSV has; nothing for nothing."""
    number = cell.number(*values)
    if number is not None:
        sheet.write_number(row, column, number, formats.of(number))
    elif text := cell.text(*values):
        sheet.write_string(row, column, text[:LONGEST])


class _Formats:
    """How many decimals a number shows: one format each."""

    def __init__(self, book: Workbook):
        self._book = book
        self._known: dict[int, Any] = {}

    def of(self, number: Decimal | int) -> Any:
        places = max(-int(Decimal(number).as_tuple().exponent), 0)
        if places not in self._known:
            self._known[places] = self._book.add_format({"num_format": f"0.{'0' * places}" if places else "0"})
        return self._known[places]


@contextmanager
def _beside(near: Path) -> Iterator[Path]:
    """A folder for the sheet until it is packed: nobody else reads it, and it is gone with the work."""
    place = near.with_name(f"{near.name}.sheet")
    place.mkdir(mode=0o700)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
