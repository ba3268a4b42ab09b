"""DuckDB in bulk: a plan becomes one query, built as a syntax tree."""

from rulebook.backends.duckdb.bulk import Bulk

__all__ = ["Bulk"]
