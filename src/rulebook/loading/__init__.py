"""From a folder of CSV and Parquet files to typed data, or to everything that is wrong with it.

Read in this order: `layout` (what `dataset.yaml` asks of each table), `files` and the two readers
(blocks of cells), `plain`, `typing_sql` and `typed_rows` (cells to typed columns in DuckDB), then
what holds between rows, files and tables: `settling`, `keys`, `families`, `standings`, `rates`,
`facts`, `digest`. `folder` is the door.
"""

from rulebook.loading.folder import Folder, check_folder, load_folder
from rulebook.loading.tables import Progress

__all__ = ["Folder", "Progress", "check_folder", "load_folder"]
