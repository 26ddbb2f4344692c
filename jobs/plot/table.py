"""Aligned text tables."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    title: str
    corner: str  # what the rows and the columns are
    columns: list[str]
    rows: list[str]
    cells: list[list[str]]  # [row][column]
    note: str = ""


def text_table(table: Table) -> str:
    grid = [[table.corner, *table.columns]] + [[row, *cells] for row, cells in zip(table.rows, table.cells)]
    widths = [max(map(len, column)) for column in zip(*grid)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths)) for line in grid]
    return "\n".join(filter(None, [table.title, *("  " + line for line in lines), table.note]))
