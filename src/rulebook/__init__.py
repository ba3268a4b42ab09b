"""The rule engine: program and facts in; tiers, gaps, reasons out. No clock, no web, no printing.

The door: `read_program` reads a document, `load_folder` a folder of data, `open_run` both,
ready to level; what can be done with a `Run` stands in `standing` (level, what-if, history)
and `explain`. What takes time to import (DuckDB, Arrow) is imported by the functions that
need it, so that checking a program is quick.
"""

from rulebook.errors import DataError, MeasureError, Problem, ProgramError, RulebookError
from rulebook.opening import check_program, check_text, load_folder, open_run, run_on
from rulebook.reading import json_schema, read_program
from rulebook.standing.run import Run

__all__ = [
    "DataError",
    "MeasureError",
    "Problem",
    "ProgramError",
    "RulebookError",
    "Run",
    "check_program",
    "check_text",
    "json_schema",
    "load_folder",
    "open_run",
    "read_program",
    "run_on",
]
