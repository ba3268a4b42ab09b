"""From a folder of CSV and Parquet files to typed data, or to everything that is wrong with it.

Read in this order: `layout` (what `dataset.yaml` asks of each table), `files` and the two readers
(blocks of cells), `plain`, `typing_sql` and `typed_rows` (cells to typed columns in DuckDB), then
what holds between rows, files and tables: `settling`, `keys`, `families`, `standings`, `rates`,
`facts`, `digest`. `folder` is the door; `amending` brings an open folder up to rows that came and
went.

What ten million lines of CSV cost, in parts of the processor's time: a fourth for taking rows and
cells apart, a fourth for the digest (an md5 of each row's text), a fifth for storing typed rows, a
tenth each for reading numbers and dates and for comparing keys; the rest looks at faults and
partners. The digest is the largest part that a reader without these promises doesn't pay; DuckDB's
quicker `hash` may change with its version, so it can't take the place of md5.
"""

from rulebook.loading.amending import amend
from rulebook.loading.folder import Folder, check_folder, load_folder
from rulebook.loading.tables import Progress

__all__ = ["Folder", "Progress", "amend", "check_folder", "load_folder"]
