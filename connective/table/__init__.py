"""A person's table: rows of named columns, and the words that a network takes for them."""

from connective.table.open import TableFile, has_columns, open_table
from connective.table.rows import Rows
from connective.table.samples import open_rows
from connective.table.schema import CategoryColumn, Column, NumberColumn, Table, table_of

__all__ = [
    "CategoryColumn",
    "Column",
    "NumberColumn",
    "Rows",
    "Table",
    "TableFile",
    "has_columns",
    "open_rows",
    "open_table",
    "table_of",
]
