"""From a folder of CSV and Parquet files to typed data, or to everything that is wrong with it.

Read in this order: `layout` (what `dataset.yaml` asks of each table), `files` and the two readers
(cells as text), `typing_sql` and `tables` (text to typed columns in DuckDB), then what holds
between tables: `keys`, `families`, `standings`, `rates`, `facts`, `digest`. `folder` is the door.
"""

from rulebook.loading.folder import Folder, check_folder, load_folder

__all__ = ["Folder", "check_folder", "load_folder"]
