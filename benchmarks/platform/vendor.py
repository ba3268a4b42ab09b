"""The vendor that is measured: the engine's own channel, loaded through the platform's doors.

Companies, kinds of facts, rates and the program come in as people would bring them; sales are
loaded by what is timed. Only enrollments are put in as rows: one by one they would take minutes.
"""

from __future__ import annotations

import csv
import io
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as parquet
from ruamel.yaml import YAML

from benchmarks.generator.folder import make_folder
from benchmarks.platform.data import enrolled, program_text, rows
from benchmarks.sizes import AS_OF, Size
from echelon.foundation.access import Role, system
from echelon.foundation.accounts.models import User
from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.states import State
from echelon.records.facts.models import Batch
from echelon.records.facts.services import batches, imports, rates, types
from echelon.records.partners import selectors
from echelon.records.partners.models import Person
from echelon.records.partners.services import loading
from echelon.records.programs.services import versions

SLUG = "bench"
BEGIN = datetime(2020, 1, 1, 12, tzinfo=UTC)
NOW = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 12, tzinfo=UTC)
BOSS = system("bench")


class Vendor:
    """The vendor in the database: its program, its partners, who signs in."""

    def __init__(self, size: Size) -> None:
        """Make everything but sales and certificates."""
        self.size, self.folder = size, make_folder(size)
        self.manager = User.objects.create_user(
            "mona@vendor.test", name="Mona Manager", role=Role.PROGRAM_MANAGER
        )
        self._companies()
        self._tables()
        self.program = self._program()
        self._enrollments()
        first = self.partners["P000000"]
        self.person = User.objects.create_user(
            "ada@partner.test", name="Ada Partner", role=Role.PARTNER_ADMIN
        )
        Person.objects.create(
            partner_id=first, user=self.person, name="Ada Partner", email=self.person.email
        )

    def _companies(self) -> None:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(("key", "name", "parent", "kind", "country", "region"))
        for number, row in enumerate(rows(self.folder / "partners.csv")):
            key = row["partner_id"]
            where = (("DE", "EMEA"), ("US", "AMER"), ("JP", "APAC"))[number % 3]
            writer.writerow((key, f"Company {number}", row["parent_id"], "reseller", *where))
        content = text.getvalue().encode()
        loading.refuse(loading.load(BOSS, name="partners.csv", content=content, at=BEGIN))
        self.partners: dict[str, UUID] = {
            key: identity for identity, key in selectors.all_keys().items()
        }

    def _tables(self) -> None:
        said = YAML(typ="safe").load((self.folder / "dataset.yaml").read_text("utf-8"))
        for slug, spec in said["facts"].items():
            spec.pop("file")
            types.define_type(BOSS, slug=slug, label=slug.title(), spec=spec, at=BEGIN)
        given = {
            (date.fromisoformat(row["date"]), row["currency"]): row["per_eur"]
            for row in rows(self.folder / "rates.csv")
        }
        rates.add(BOSS, rates=given, at=BEGIN)

    def _program(self) -> UUID:
        made = versions.create(BOSS, slug=SLUG, name="Bench", text=program_text(), at=BEGIN)
        versions.publish(BOSS, version=made.pk, effective=BEGIN.date(), at=BEGIN)
        return made.program_id

    def _enrollments(self) -> None:
        made = []
        for row in enrolled(self.folder):
            end = date.fromisoformat(row["end"]) if row["end"] else None
            ended = end is not None and end < AS_OF
            made.append(
                Enrollment(
                    partner_id=self.partners[row["partner"]], program_id=self.program, end=end,
                    state=State.EXPIRED if ended else State.ACTIVE, tier=row["tier"],
                    start=date.fromisoformat(row["start"]), made_at=BEGIN, changed_at=BEGIN,
                )
            )  # fmt: skip
        Enrollment.objects.bulk_create(made, batch_size=500)

    # -- facts ------------------------------------------------------------------------------

    def certificates(self) -> None:
        """Load all certificates."""
        content = io.BytesIO()
        pyarrow.csv.write_csv(parquet.read_table(self.folder / "certificates.parquet"), content)
        content.seek(0)
        imported("certificates", "certificates.csv", content)

    def sales(self) -> Path:
        """Return all sales as one CSV file, as a vendor would bring it."""
        path = self.size.folder / "sales.csv"
        if not path.is_file():
            draft = path.with_suffix(f".{os.getpid()}")
            with draft.open("wb") as file:
                for number, each in enumerate(sorted((self.folder / "sales").iterdir())):
                    options = pyarrow.csv.WriteOptions(include_header=not number)
                    pyarrow.csv.write_csv(_texts(parquet.read_table(each)), file, options)
            draft.replace(path)
        return path


def _texts(table: pa.Table) -> pa.Table:
    return table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))


def imported(slug: str, name: str, content: Any) -> Batch:
    """Bring a file of facts from its upload to its commit."""
    batch = imports.upload(BOSS, type=slug, name=name, stream=content, at=NOW)
    imports.map_columns(BOSS, batch=batch.pk, columns=batch.mapping, at=NOW)
    imports.check(batch.pk, at=NOW)
    return batches.commit(BOSS, batch=batch.pk, at=NOW)
