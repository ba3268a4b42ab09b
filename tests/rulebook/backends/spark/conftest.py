"""One small Spark for all tests of a worker: starting it takes longer than most of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: Nobody's defaults: what a caller has set must not show in an answer.
AWKWARD = {
    "spark.sql.ansi.enabled": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
    "spark.sql.session.timeZone": "Pacific/Apia",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.parser.escapedStringLiterals": "true",
    "spark.sql.parser.quotedRegexColumnNames": "true",
}


@pytest.fixture(scope="session")
def spark(
    require: Callable[[str], object], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SparkSession]:
    """A Spark of two threads in this process, with awkward settings."""
    require("spark")
    from pyspark.sql import SparkSession

    settings = {
        **AWKWARD,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
    }
    builder = SparkSession.builder.master("local[2]").appName("tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")  # what fails is asked for, and told by us
    yield session
    session.stop()
