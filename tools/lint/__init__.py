"""House lints: what review keeps having to say, said by the build instead.

One file a lint. Each tells its story in its docstring, yields findings from ``check``, and carries
a sample tree that fails and one that passes, which a test runs. A new lint is a file and its line
in ``LINTS``.
"""

from types import ModuleType

from tools.lint import (
    dead_links,
    file_names,
    file_size,
    foreign_paths,
    function_length,
    listed_once,
    module_docstring,
    no_clock,
    no_floats,
    no_print,
)
from tools.lint.tree import Finding, Tree

LINTS: tuple[ModuleType, ...] = (
    module_docstring,
    file_names,
    file_size,
    function_length,
    foreign_paths,
    dead_links,
    no_floats,
    no_clock,
    no_print,
    listed_once,
)

__all__ = ["LINTS", "Finding", "Tree"]
