"""The session in which our queries run: the caller's Spark, but settings on which answers hang.

A session of its own, because those settings are the caller's to choose for the caller's queries.
It shares the cluster, its tables and its cache, and nobody else sees what is put into it.
"""

from __future__ import annotations

from pyspark.sql import SparkSession

#: Each of these changes an answer when it is set otherwise, or refuses a query that has one.
SETTINGS = {
    # A number that doesn't fit is an error and never null: its plan is walked fact by fact.
    "spark.sql.ansi.enabled": "true",
    # Exact products and sums; else digits after the point are given up to make room before it.
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    # The same where two numbers are compared, or one of several is taken.
    "spark.sql.legacy.decimal.retainFractionDigitsOnTruncate": "true",
    # A text with ${…} or a backslash in it is that text.
    "spark.sql.variable.substitute": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    # A name in quotes is a name, not a pattern of names; a number to group by is no column's place.
    "spark.sql.parser.quotedRegexColumnNames": "false",
    "spark.sql.groupByOrdinal": "false",
    # We have days and no times of day; should one come in on the way, no clock moves it.
    "spark.sql.session.timeZone": "UTC",
    # Little data goes into few partitions, however many the cluster is set up for.
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.adaptive.coalescePartitions.enabled": "true",
}
#: What the caller has set about speed holds for our queries too.
KEPT = ("spark.sql.shuffle.partitions", "spark.sql.autoBroadcastJoinThreshold")


def own_session(session: SparkSession) -> SparkSession:
    """Return a session of ours beside the caller's, which stays as it is."""
    own = session.newSession()
    for name in KEPT:
        value = session.conf.get(name)
        if value is not None:
            own.conf.set(name, value)
    for name, value in SETTINGS.items():
        own.conf.set(name, value)
    return own
