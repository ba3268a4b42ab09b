"""Changes to a document's text that leave the rest as its author wrote it.

`texts` begins, dates and changes a text; `rewriting` writes other content into it; `ladders`,
`grid`, `benefits` and `movement` say what a form shows of a content and what it makes of it.
"""

from echelon.records.programs.editing.rewriting import Unwritable, rekeyed, rewritten
from echelon.records.programs.editing.texts import SLUG, begun, changed, redated

__all__ = ["SLUG", "Unwritable", "begun", "changed", "redated", "rekeyed", "rewritten"]
