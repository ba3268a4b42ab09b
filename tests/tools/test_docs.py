"""The commands that a page shows are found where they stand."""

from tools.docs import commands

PAGE = """# Level

```console
$ make demo
$ echelon check program.yaml
fine
$ echelon level program.yaml \\
    --data .
```

```text
$ echelon check wrong.yaml
```
"""


def test_only_what_a_console_block_types_is_a_command() -> None:
    assert list(commands(PAGE)) == [
        (5, "echelon check program.yaml"),
        (7, "echelon level program.yaml \\\n    --data ."),
    ]
