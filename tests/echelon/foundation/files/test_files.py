"""A file is what its bytes are, kept once, and taken only by those whom its purpose lets."""

import io
import resource
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from django.db import transaction

from echelon.foundation.access import RIGHTS, Actor, Hidden, Role, Scope
from echelon.foundation.files.errors import Refused
from echelon.foundation.files.models import StoredFile
from echelon.foundation.files.selectors import file, files
from echelon.foundation.files.services import keep, path_of, sweep
from echelon.foundation.files.serving import answer

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
OURS, THEIRS = uuid4(), uuid4()
CSV = b"reseller,amount\nP1,3.50\n"


def somebody(role: Role, *own: object) -> Scope:
    return Scope(Actor("person", str(uuid4()), str(role)), RIGHTS[role], frozenset(own))


MANAGER = somebody(Role.PROGRAM_MANAGER)
ADMIN = somebody(Role.PARTNER_ADMIN, OURS)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings) -> Path:
    settings.FILES_FOLDER = tmp_path
    return tmp_path


def contents(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*/*/*"))


def png() -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = part(b"IHDR", head) + part(b"IDAT", zlib.compress(bytes(4))) + part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def xlsx() -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet().write(0, 0, "reseller")
    return made.getvalue()


def parquet() -> bytes:
    made = io.BytesIO()
    pq.write_table(pa.table({"reseller": ["P1"]}), made)
    return made.getvalue()


def kept(content=CSV, name="sales.csv", purpose="facts.upload", scope=MANAGER, partner=None):
    return keep(scope, name=name, content=content, purpose=purpose, partner=partner, at=NOW)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("sales.csv", CSV, "csv"),
        ("sales.txt", "größe;1".encode("cp1252"), "csv"),
        ("sales.csv", "größe;1".encode("utf-16"), "csv"),
        ("sales.xlsx", xlsx(), "xlsx"),
        ("sales.parquet", parquet(), "parquet"),
        ("no ending", CSV, "csv"),
    ],
)
def test_what_it_is_is_told_by_its_bytes(name: str, content: bytes, kind: str):
    found = kept(content, name)
    assert (found.kind, found.size, found.name) == (kind, len(content), name)
    assert path_of(found).read_bytes() == content


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("sales.csv", b"", "sales.csv is empty."),
        ("sales.csv", b"MZ\x90\x00\x03" + bytes(100), "is no file that can be used here"),
        ("sales.csv", b"<html><script>alert(1)</script>", "is no file that can be used here"),
        ("sales.csv", png(), "These can: .csv, .parquet, .tsv, .txt, .xlsx."),
        ("sales.csv", xlsx(), "is called csv, but what it holds is xlsx."),
        ("sales.xlsx", CSV, "is called xlsx, but what it holds is csv."),
        ("sales.zip", b"PK\x05\x06" + bytes(18), "is no file that can be used here"),
    ],
)
def test_what_it_is_not_is_refused_and_nothing_stays(folder, name: str, content: bytes, said: str):
    with pytest.raises(Refused) as refused:
        kept(content, name)
    assert said in refused.value.problems[0]
    assert not StoredFile.objects.exists()
    assert contents(folder) == []
    assert list((folder / "incoming").iterdir()) == []


def test_too_large_is_refused_while_it_arrives():
    given = 0

    def endless() -> Iterator[bytes]:
        nonlocal given
        while True:
            given += 1
            yield bytes(2**20)

    with pytest.raises(Refused, match="larger than 1 MiB"):
        kept(endless(), "gold.png", "programs.badge")
    assert given == 2


def test_two_hundred_mebibytes_pass_in_few():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    line = b"P1,2026-01-01,3.50\n" * 55_000
    found = kept(line for _ in range(200))
    assert found.size == 200 * len(line)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # KiB


def test_the_same_bytes_are_kept_once(folder: Path):
    first, second = kept(name="a.csv"), kept(io.BytesIO(CSV), name="b.csv")
    assert first.digest == second.digest
    assert contents(folder) == [first.digest]
    assert StoredFile.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\ann\\sales.csv", "sales.csv"),
        ("gol\u202evsc.exe\n.csv", "golvsc.exe.csv"),
        (" .. ", "file"),
        ("x" * 300 + ".csv", "x" * 180 + ".csv"),
    ],
)
def test_a_name_has_no_folders_and_hides_nothing(given: str, name: str):
    assert kept(name=given).name == name


def test_a_file_of_a_company_is_taken_by_those_who_see_it():
    found = kept(scope=ADMIN, partner=OURS)
    assert file(ADMIN, str(found.id)) == found
    assert file(MANAGER, str(found.id)) == found
    for scope in (somebody(Role.PARTNER_ADMIN, THEIRS), somebody(Role.PARTNER_MEMBER, OURS)):
        with pytest.raises(Hidden):
            file(scope, str(found.id))
    with pytest.raises(Hidden):
        kept(scope=ADMIN, partner=THEIRS)


def test_what_the_vendor_loads_for_all_is_nobody_elses():
    found = kept()
    assert list(files(MANAGER, "facts.upload")) == [found]
    assert list(files(ADMIN, "facts.upload")) == []


def test_a_badge_is_for_everybody_who_reads_programs():
    found = kept(png(), "gold.png", "programs.badge")
    for scope in (ADMIN, MANAGER):
        assert file(scope, str(found.id)) == found
    with pytest.raises(Hidden):
        file(somebody(Role.APPLICANT), str(found.id))


def test_an_export_is_taken_by_who_made_it():
    who = somebody(Role.ACCOUNT_MANAGER, OURS)
    found = kept(name="partners.csv", purpose="export", scope=who)
    assert file(who, str(found.id)) == found
    for scope in (MANAGER, somebody(Role.ACCOUNT_MANAGER, OURS)):
        with pytest.raises(Hidden):
            file(scope, str(found.id))


@pytest.mark.parametrize("which", ["", "1", "1e8ae064-53d5-425b-b082-8d42e31fed43"])
def test_what_is_not_there_is_hidden(which: str):
    with pytest.raises(Hidden):
        answer(MANAGER, which)


def test_it_is_served_so_that_nothing_in_it_runs():
    served = answer(MANAGER, str(kept(name='größe "x".csv').id))
    assert b"".join(served.streaming_content) == CSV
    assert served["Content-Type"] == "text/csv; charset=utf-8"
    assert served["Content-Disposition"].startswith("attachment; filename")
    assert served["X-Content-Type-Options"] == "nosniff"
    assert served["Content-Security-Policy"] == "default-src 'none'; sandbox"
    badge = answer(MANAGER, str(kept(png(), "gold.png", "programs.badge").id))
    assert badge["Content-Disposition"].startswith("inline")


def test_content_without_a_row_goes_after_a_day_and_with_one_stays(folder: Path):
    stays = kept()
    with pytest.raises(ZeroDivisionError):
        _keep_and_fail()
    (folder / "incoming" / "tmpleft").write_bytes(CSV)
    now = datetime.now(UTC)
    assert len(contents(folder)) == 2
    assert sweep(now) == 0
    assert sweep(now + timedelta(days=2)) == 2
    assert contents(folder) == [stays.digest]
    assert list((folder / "incoming").iterdir()) == []


@transaction.atomic
def _keep_and_fail():
    kept(b"rolled,back\n")
    raise ZeroDivisionError
