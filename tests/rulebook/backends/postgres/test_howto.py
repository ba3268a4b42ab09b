"""The how-to's code is run as it stands, over tables as it names them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from rulebook import load_folder, read_program, run_on
from tests.rulebook.backends.postgres.filling import fill

ROOT = Path(__file__).parents[4]
CHANNEL = ROOT / "examples" / "channel"


def test_the_code_of_the_how_to_runs(connection: Any):
    text = (ROOT / "docs" / "howto" / "postgresql.md").read_text()
    connecting, *blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert "READ ONLY" in connecting  # the tables of a test are not yet anyone else's
    program, document = read_program(CHANNEL / "reseller.yaml")
    folder = load_folder(CHANNEL, program)
    fill(connection, folder, schema="channel")
    connection.execute(
        "CREATE SCHEMA crm; ALTER TABLE channel.fact_sales SET SCHEMA crm; "
        "ALTER TABLE crm.fact_sales RENAME TO sales_line; "
        "ALTER TABLE crm.sales_line RENAME partner_id TO reseller; "
        "ALTER TABLE crm.sales_line RENAME order_date TO sold_on; "
        "DELETE FROM crm.sales_line WHERE _aside IS NOT NULL; "
        "ALTER TABLE crm.sales_line DROP _aside, DROP _file, DROP _line, "
        "ADD id bigint GENERATED ALWAYS AS IDENTITY"
    )
    given = {
        "connection": connection, "program": program, "document": document,
        "spec": folder.spec, "partners": folder.partners, "parents": folder.parents,
        "references": folder.references, "rates": folder.rates,
    }  # fmt: skip
    for block in blocks:
        exec(re.sub(r"^   ", "", block, flags=re.MULTILINE), given)
    expected = {
        each.partner: each.metrics["revenue"]
        for each in run_on(program, document, folder).level(given["date"](2026, 6, 30)).partners
    }
    found = {each.partner: each.metrics["revenue"] for each in given["standings"]}
    assert found == expected
